"""What every ``ContactProver`` owes the enrolment: the fake, the real one over a simulated central and a real one."""

from __future__ import annotations

import contextlib
from collections.abc import Callable, Iterator
from dataclasses import dataclass, replace
from pathlib import Path

import pytest
from sqlalchemy import update

from central.devices.models import devices
from central.engine import writing
from central.proofs.service import ProofDesk
from kiosk.enrolment.desks import ContactProver
from kiosk.sync.errors import LinkError
from kiosk.sync.prover import OnlineProver
from tests.central.intake_rig import IntakeRig, make_keys
from tests.fakes.central_simulator import CentralSimulator
from tests.fakes.messenger import FakeMessenger
from tests.fakes.programme import TERMINAL, Programme
from tests.fakes.prover import FakeContactProver
from tests.fakes.terminal_rig import HandClock, TerminalRig
from wire.proofs import ContactKind, ProofOutcome

EMAIL, MOBILE = "marie@exemple.fr", "+33612345678"
NOT_NOW, SENT, SPENT, WRONG = ProofOutcome.NOT_NOW, ProofOutcome.SENT, ProofOutcome.SPENT, ProofOutcome.WRONG


@dataclass(frozen=True)
class Outside:
    """``code`` is what the person reads; ``cut`` takes the line away, ``mute`` leaves central without a gateway."""

    prover: ContactProver
    code: Callable[[], str]
    forward: Callable[[float], None]
    cut: Callable[[], None]
    mute: Callable[[], None]


@contextlib.contextmanager
def _fake(_folder: Path) -> Iterator[Outside]:
    clock = HandClock()
    fake = FakeContactProver(clock.now)
    yield Outside(
        fake,
        code=lambda: fake.last_code,
        forward=clock.forward,
        cut=lambda: setattr(fake, "down", True),
        mute=lambda: setattr(fake.proofs, "can_send", False),
    )


@contextlib.contextmanager
def _over_a_simulated_central(folder: Path) -> Iterator[Outside]:
    programme = Programme()
    central = CentralSimulator(programme)
    rig = TerminalRig(programme.furnish(folder / "home"), programme, central)
    central.proofs.now = rig.clock.now
    yield Outside(
        OnlineProver(central, programme.device, rig.whereabouts, rig.server_time),
        code=lambda: central.proofs.sent[-1].code,
        forward=rig.clock.forward,
        cut=lambda: setattr(central, "down", True),
        mute=lambda: setattr(central.proofs, "can_send", False),
    )
    rig.close()


class DeskLink(CentralSimulator):
    """A line to central's real desk; everything else is simulated."""

    desk: ProofDesk

    def proof(self, request: bytes) -> bytes:
        if self.down:
            raise LinkError("the line is cut", code="unreachable")
        return self.desk.answer(request, now=self.now)


@contextlib.contextmanager
def _over_the_real_central(folder: Path) -> Iterator[Outside]:
    programme = Programme()
    link, messenger = DeskLink(programme), FakeMessenger()
    rig = TerminalRig(programme.furnish(folder / "home"), programme, link)
    central = IntakeRig(folder / "central", keys=replace(make_keys(), intake=programme.intake, answer=programme.answer))
    central.terminal(TERMINAL)
    with writing(central.engine) as connection:
        connection.execute(update(devices).values(public_key=programme.device.public))
    link.desk = ProofDesk(central.engine, central.keys, messenger, shards=1)

    def forward(seconds: float) -> None:
        rig.clock.forward(seconds)
        link.now = rig.clock.now()

    def mute() -> None:
        messenger.email = messenger.sms = False

    yield Outside(
        OnlineProver(link, programme.device, rig.whereabouts, rig.server_time),
        code=lambda: messenger.sent[-1].code,
        forward=forward,
        cut=lambda: setattr(link, "down", True),
        mute=mute,
    )
    rig.close()
    central.close()


_WAYS = [_fake, _over_a_simulated_central, _over_the_real_central]


@pytest.fixture(params=_WAYS, ids=["fake", "simulated-central", "real-central"])
def outside(request: pytest.FixtureRequest, tmp_path: Path) -> Iterator[Outside]:
    with request.param(tmp_path) as made:
        yield made


@pytest.mark.parametrize(("contact", "address"), [(ContactKind.EMAIL, EMAIL), (ContactKind.MOBILE, MOBILE)])
def test_the_code_a_person_read_proves_the_contact(outside: Outside, contact: ContactKind, address: str) -> None:
    sent = outside.prover.send(contact, address, "fr")
    assert (sent.outcome, sent.retry_s, sent.tries_left) == (SENT, 60, 3)
    assert sent.proof is not None
    proved = outside.prover.check(sent.proof, outside.code())
    assert (proved.outcome, proved.proof) == (ProofOutcome.PROVED, sent.proof)


def test_a_wrong_code_says_how_many_tries_are_left_and_the_third_spends_it(outside: Outside) -> None:
    proof = outside.prover.send(ContactKind.EMAIL, EMAIL, "fr").proof or b""
    wrong = f"{(int(outside.code()) + 1) % 1_000_000:06d}"
    words = [outside.prover.check(proof, wrong) for _ in range(3)]
    assert [(word.outcome, word.tries_left) for word in words] == [(WRONG, 2), (WRONG, 1), (SPENT, 0)]
    assert outside.prover.check(proof, outside.code()).outcome is SPENT


def test_a_code_works_once(outside: Outside) -> None:
    proof = outside.prover.send(ContactKind.EMAIL, EMAIL, "fr").proof or b""
    outside.prover.check(proof, outside.code())
    assert outside.prover.check(proof, outside.code()).outcome is SPENT


def test_a_code_of_ten_minutes_ago_is_spent(outside: Outside) -> None:
    proof = outside.prover.send(ContactKind.EMAIL, EMAIL, "fr").proof or b""
    outside.forward(600)
    assert outside.prover.check(proof, outside.code()).outcome is SPENT


def test_an_impatient_finger_is_told_how_long_to_wait(outside: Outside) -> None:
    first = outside.prover.send(ContactKind.EMAIL, EMAIL, "fr")
    outside.forward(25)
    again = outside.prover.send(ContactKind.EMAIL, EMAIL, "fr")
    assert (again.outcome, again.retry_s) == (ProofOutcome.TOO_SOON, 35)
    outside.forward(36)
    assert outside.prover.send(ContactKind.EMAIL, EMAIL, "fr").outcome is SENT
    assert outside.prover.check(first.proof or b"", outside.code()).outcome is SPENT


def test_without_a_line_it_is_not_now(outside: Outside) -> None:
    proof = outside.prover.send(ContactKind.EMAIL, EMAIL, "fr").proof or b""
    outside.cut()
    assert outside.prover.send(ContactKind.MOBILE, MOBILE, "fr").outcome is NOT_NOW
    assert outside.prover.check(proof, outside.code()).outcome is NOT_NOW


def test_without_a_gateway_it_is_not_now(outside: Outside) -> None:
    outside.mute()
    assert outside.prover.send(ContactKind.MOBILE, MOBILE, "fr").outcome is NOT_NOW


def test_a_proof_nobody_made_is_spent(outside: Outside) -> None:
    assert outside.prover.check(b"\0" * 16, "123456").outcome is SPENT
