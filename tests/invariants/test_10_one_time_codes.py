"""Invariant 10 for one-time codes: a terminal's own adapter, central, a mail server and a gateway as real processes."""

from __future__ import annotations

import time
from collections.abc import Iterator

import pytest

from kiosk.home import Home, open_home
from kiosk.settings import KioskSettings
from kiosk.sync.prover import OnlineProver
from tests.town.canaries import seen_in, spelled
from tests.town.town import HALL, Town
from wire.proofs import ContactKind, ProofOutcome

pytestmark = pytest.mark.processes
EMAIL, MOBILE = "canari.code@exemple.fr", "+33698765431"
WAIT_S = 5.0  # of a person at the terminal


@pytest.fixture(scope="module")
def home(town: Town) -> Iterator[Home]:
    """The hall terminal's folder, opened as its own program opens it; central and the mailbox run."""
    town.start(terminals=False)
    opened = open_home(KioskSettings(home=town.folder / HALL.folder))
    yield opened
    opened.close()


@pytest.fixture(scope="module")
def prover(home: Home) -> OnlineProver:
    return OnlineProver(home.link, home.key, home.whereabouts, home.server_time)


@pytest.fixture(scope="module")
def codes(town: Town, prover: OnlineProver) -> list[str]:
    """Codes that people received, typed in wrong and then right."""
    received = []
    for contact, address in ((ContactKind.EMAIL, EMAIL), (ContactKind.MOBILE, MOBILE)):
        sent = prover.send(contact, address, "ar")
        received.append(town.code_sent(address))
        wrong = f"{(int(received[-1]) + 1) % 1_000_000:06d}"
        assert sent.proof is not None
        assert prover.check(sent.proof, wrong).outcome is ProofOutcome.WRONG
        assert prover.check(sent.proof, received[-1]).outcome is ProofOutcome.PROVED
    return received


def test_invariant_10_a_code_is_on_no_disk_and_in_no_log(town: Town, codes: list[str]) -> None:
    words = {code.encode() for code in codes}
    assert seen_in(town.folder / "messages", words) != []  # they can be found where they are
    assert seen_in(town.folder / "logs", words) == []
    texts = [str(row) for row in town.at_central("SELECT * FROM contact_proofs")]
    assert not any(code in text for code in codes for text in texts)


@pytest.mark.usefixtures("codes")
def test_invariant_10_the_address_is_on_no_disk_either(town: Town) -> None:
    words = {word for text in (EMAIL, MOBILE) for word in spelled(text)}
    assert seen_in(town.folder, words, except_in=town.in_peoples_hands) == []


def test_with_the_mailbox_gone_the_terminal_goes_on_within_seconds(
    town: Town, prover: OnlineProver, codes: list[str]
) -> None:
    assert codes
    town.post.cut_now()
    began = time.monotonic()
    outcomes = [prover.send(ContactKind.EMAIL, "autre@exemple.fr", "fr").outcome]
    outcomes.append(prover.send(ContactKind.MOBILE, "+33698765432", "fr").outcome)
    assert outcomes == [ProofOutcome.NOT_NOW] * 2
    assert time.monotonic() - began < WAIT_S
    town.post.start()
    assert prover.send(ContactKind.EMAIL, "autre@exemple.fr", "fr").outcome is ProofOutcome.SENT
