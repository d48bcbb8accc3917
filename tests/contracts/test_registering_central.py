"""What central owes a new terminal: the fake in memory, and the real one behind HTTP and the shipped link."""

from __future__ import annotations

import contextlib
from collections.abc import Callable, Iterator
from dataclasses import dataclass
from datetime import timedelta
from pathlib import Path

import pytest
from cryptography.hazmat.primitives.asymmetric.ed25519 import Ed25519PrivateKey, Ed25519PublicKey

from provisioning.authority import Home, Programme, make_keys
from provisioning.bundle import read_document
from provisioning.central_link import CentralLink, HttpCentralLink
from provisioning.errors import CentralRefusedError
from provisioning.keys import load_public_root, load_signing_key
from provisioning.private_files import Owner
from tests.central.served import served
from tests.central.web_site import HALL, START, CentralSite, Clock
from tests.fakes.registering_central import Place, RegisteringCentral
from wire import homes
from wire.canonical import encode
from wire.configuration import open_configuration
from wire.identifiers import terminal_id
from wire.registration import (
    RegistrationRequest,
    Ticket,
    new_token,
    open_registration_answer,
    token_hash,
    write_request,
)
from wire.trust import KeyUse

TERMINAL = "HALL-75-01-A"


@dataclass(frozen=True)
class Side:
    """A central that waits for one terminal, the ticket for it, and the time it lives in."""

    link: CentralLink
    root: Ed25519PublicKey
    issue: Callable[[], Ticket]
    clock: Clock


@contextlib.contextmanager
def _in_memory(folder: Path) -> Iterator[Side]:
    owner, clock = Owner.current(), Clock()
    programme = Programme(*(Home(folder / name, owner) for name in ("root", "central", "vault")))
    bundle = make_keys(programme, now=START, days=365)
    answer_key = load_signing_key(programme.central.folder / homes.ANSWER_KEY, owner)
    root = load_public_root(programme.root.folder / homes.ROOT_PUBLIC, owner)
    central = RegisteringCentral(bundle.document, answer_key, clock)

    def issue() -> Ticket:
        token = new_token()
        central.places[token_hash(token)] = Place(TERMINAL, clock.now + timedelta(days=14))
        return Ticket("http://127.0.0.1", token, root.public_bytes_raw())

    yield Side(central, root, issue, clock)


@contextlib.contextmanager
def _over_http(folder: Path) -> Iterator[Side]:
    site = CentralSite(folder)
    site.fleet(HALL)
    try:
        with served(site.app) as url, contextlib.closing(HttpCentralLink(url)) as link:
            yield Side(link, site.root, lambda: site.ticket(TERMINAL), site.clock)
    finally:
        site.close()


@pytest.fixture(params=[_in_memory, _over_http], ids=["fake", "central over HTTP"])
def side(request: pytest.FixtureRequest, tmp_path: Path) -> Iterator[Side]:
    with request.param(tmp_path / "programme") as made:
        yield made


def test_everyone_is_shown_the_bundle_that_the_root_signed(side: Side) -> None:
    assert read_document(side.link.trust_bundle(), side.root).serial == 1


def test_a_registered_terminal_gets_name_bundle_and_a_configuration_of_its_own(side: Side) -> None:
    answer = open_registration_answer(
        side.link.register(write_request(side.issue().token, Ed25519PrivateKey.generate()))
    )
    bundle = read_document(answer.bundle, side.root)
    key = Ed25519PublicKey.from_public_bytes(bundle.keys[KeyUse.ANSWER])
    configuration = open_configuration(answer.configuration, key, terminal=terminal_id(answer.terminal))
    assert (answer.terminal, configuration.terminal) == (TERMINAL, TERMINAL)


def test_the_same_key_may_ask_again_for_the_answer_that_was_lost(side: Side) -> None:
    request = write_request(side.issue().token, Ed25519PrivateKey.generate())
    names = {open_registration_answer(side.link.register(request)).terminal for _ in range(2)}
    assert names == {TERMINAL}


def test_another_key_finds_the_ticket_used(side: Side) -> None:
    token = side.issue().token
    side.link.register(write_request(token, Ed25519PrivateKey.generate()))
    with pytest.raises(CentralRefusedError) as refusal:
        side.link.register(write_request(token, Ed25519PrivateKey.generate()))
    assert refusal.value.code == "token_used"


def test_a_token_never_issued_is_unknown(side: Side) -> None:
    side.issue()
    with pytest.raises(CentralRefusedError) as refusal:
        side.link.register(write_request(new_token(), Ed25519PrivateKey.generate()))
    assert refusal.value.code == "token_unknown"


def test_an_old_ticket_has_expired(side: Side) -> None:
    token = side.issue().token
    side.clock.pass_by(days=15)
    with pytest.raises(CentralRefusedError) as refusal:
        side.link.register(write_request(token, Ed25519PrivateKey.generate()))
    assert refusal.value.code == "token_expired"


def test_a_key_whose_private_half_the_asker_does_not_hold_is_refused_and_costs_no_token(side: Side) -> None:
    token, mine, anothers = side.issue().token, Ed25519PrivateKey.generate(), Ed25519PrivateKey.generate()
    proof = bytes([1]) + mine.sign(b"anything")
    forged = RegistrationRequest(token=token, device_public=anothers.public_key().public_bytes_raw(), proof=proof)
    with pytest.raises(CentralRefusedError):
        side.link.register(encode(forged))
    assert open_registration_answer(side.link.register(write_request(token, mine))).terminal == TERMINAL
