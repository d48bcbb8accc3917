"""A terminal's birth: once, by its ticket, with a key that never changes."""

from __future__ import annotations

import threading

import pytest
from cryptography.hazmat.primitives.asymmetric.ed25519 import Ed25519PrivateKey
from sqlalchemy import select

from central.devices.models import devices, tickets
from central.engine import reading
from central.errors import AlreadyThereError, NotFoundError
from tests.central.web_site import HALL, CentralSite, Terminal
from wire import homes
from wire.canonical import encode
from wire.configuration import open_configuration
from wire.identifiers import TerminalId
from wire.registration import Ticket, open_registration_answer, open_request, write_request
from wire.signing import SigningPurpose, sign
from wire.trust import KeyUse, open_bundle


@pytest.fixture(autouse=True)
def _fleet(site: CentralSite) -> None:
    site.fleet(HALL)


def new_key() -> Ed25519PrivateKey:
    return Ed25519PrivateKey.generate()


def test_a_ticket_gives_a_name_a_bundle_of_the_root_and_a_configuration_of_central(site: CentralSite) -> None:
    site.operator()
    ticket = Ticket.parse(site.ticket().text())
    answer = open_registration_answer(site.register(ticket, new_key()).data)
    assert answer.terminal == "HALL-75-01-A"
    bundle = open_bundle(answer.bundle, site.root, now=site.clock.now)
    told = open_configuration(
        answer.configuration, bundle.verifying_key(KeyUse.ANSWER), terminal=TerminalId(answer.terminal)
    )
    assert (told.office_name, told.channel.value, told.sub_channel.value) == (HALL.name, "desk", "hall_terminal")
    assert [entry.operator for entry in told.operators] == ["AGENT-1"]
    assert told.activation_url == site.settings.activation_url


def test_a_ticket_that_was_not_issued_here_is_unknown(site: CentralSite) -> None:
    ticket = site.ticket()
    other = Ticket(ticket.central, "A" * 32, ticket.root_public)
    answer = site.register(other, new_key())
    assert (answer.status_code, answer.json["code"]) == (403, "token_unknown")
    assert answer.content_type == "application/problem+json"


def test_a_ticket_works_once(site: CentralSite) -> None:
    ticket = site.ticket()
    site.register(ticket, new_key())
    answer = site.register(ticket, new_key())
    assert (answer.status_code, answer.json["code"]) == (403, "token_used")


def test_a_ticket_dies_of_age(site: CentralSite) -> None:
    ticket = site.ticket()
    site.clock.pass_by(days=14)
    answer = site.register(ticket, new_key())
    assert (answer.status_code, answer.json["code"]) == (403, "token_expired")


def test_the_same_machine_whose_answer_was_lost_gets_its_place_again(site: CentralSite) -> None:
    ticket, key = site.ticket(), new_key()
    first, second = site.register(ticket, key), site.register(ticket, key)
    assert [answer.status_code for answer in (first, second)] == [200, 200]
    assert open_registration_answer(second.data).terminal == "HALL-75-01-A"
    assert site.audit_tags().count("terminal:registered") == 1


def test_a_recorded_registration_tells_nothing_once_the_terminal_was_heard_of(site: CentralSite) -> None:
    ticket, key = site.ticket(), new_key()
    recorded = write_request(ticket.token, key)
    client = site.app.test_client()
    answer = open_registration_answer(client.post("/v1/registrations", data=recorded).data)
    assert Terminal(site, answer.terminal, key, answer).ask_configuration().status_code == 200
    assert client.post("/v1/registrations", data=recorded).json["code"] == "token_used"


def test_a_key_once_set_is_not_changed_by_a_new_ticket(site: CentralSite) -> None:
    terminal = site.registered()
    with pytest.raises(AlreadyThereError):
        site.ticket(terminal.name)
    with reading(site.engine) as connection:
        held = connection.execute(select(devices.c.public_key)).scalar_one()
    assert held == terminal.key.public_key().public_bytes_raw()


def test_a_newer_ticket_kills_the_older_one(site: CentralSite) -> None:
    lost, found = site.ticket(), site.ticket()
    assert site.register(lost, new_key()).json["code"] == "token_expired"
    assert site.register(found, new_key()).status_code == 200


def test_a_place_that_was_revoked_before_the_machine_came_is_not_taken(site: CentralSite) -> None:
    ticket = site.ticket()
    site.revoke("HALL-75-01-A")
    assert site.register(ticket, new_key()).json["code"] == "terminal_revoked"


def test_a_key_without_the_proof_of_its_private_half_is_refused(site: CentralSite) -> None:
    token, key, thief = site.ticket().token, new_key(), new_key()
    request = open_request(write_request(token, key))
    proof = sign(SigningPurpose.REGISTRATION, token.encode() + request.device_public, thief)
    forged = encode(type(request)(token=token, device_public=request.device_public, proof=proof))
    answer = site.app.test_client().post("/v1/registrations", data=forged)
    assert (answer.status_code, answer.json["code"]) == (401, "signature")


@pytest.mark.parametrize("body", [b"", b"rubbish", b"\xff" * 4000])
def test_rubbish_is_a_problem_not_an_error(site: CentralSite, body: bytes) -> None:
    answer = site.app.test_client().post("/v1/registrations", data=body)
    assert answer.status_code == 400
    assert answer.json["code"] in {"malformed", "too_long"}


def test_the_token_itself_is_stored_nowhere(site: CentralSite) -> None:
    ticket = site.ticket()
    site.register(ticket, new_key())
    with reading(site.engine) as connection:
        row = connection.execute(select(tickets)).one()
    assert ticket.token.encode() not in row.token_hash
    assert all(ticket.token.encode() not in path.read_bytes() for path in site.home.iterdir())


def test_two_machines_with_one_ticket_at_once_make_one_terminal(site: CentralSite) -> None:
    ticket = site.ticket()
    app = site.app
    answers: list[int] = []

    def register() -> None:
        request = write_request(ticket.token, new_key())
        answers.append(app.test_client().post("/v1/registrations", data=request).status_code)

    threads = [threading.Thread(target=register) for _ in range(6)]
    for thread in threads:
        thread.start()
    for thread in threads:
        thread.join()
    assert sorted(answers) == [200, 403, 403, 403, 403, 403]


def test_a_ticket_for_an_office_that_does_not_exist_is_not_made(site: CentralSite) -> None:
    with pytest.raises(NotFoundError):
        site.ticket("HALL-99-01-A", office=type(HALL.office)("CPAM-99-NULLE"))


def test_birth_and_revocation_are_audited_once_each(site: CentralSite) -> None:
    terminal = site.registered()
    site.revoke(terminal.name)
    site.revoke(terminal.name)
    tags = ["office:added", "terminal:ticket_issued", "terminal:registered", "terminal:revoked"]
    assert site.audit_tags() == tags


def test_the_bundle_is_checked_before_the_token_is_spent(site: CentralSite) -> None:
    ticket, app = site.ticket(), site.app
    (site.home / homes.TRUST_BUNDLE).write_bytes(b"damaged")
    answer = app.test_client().post("/v1/registrations", data=write_request(ticket.token, new_key()))
    assert (answer.status_code, answer.json["code"]) == (503, "trust_root")
