"""POST /v1/proofs at the assembled central, with a registered terminal and a real mail server."""

from __future__ import annotations

from collections.abc import Iterator
from dataclasses import replace
from pathlib import Path

import pytest
from flask.testing import FlaskClient

from central.app import create_app
from central.messaging.settings import messaging_settings
from tests.central.web_site import HALL, CentralSite, Terminal
from tests.fakes.http_central import HttpCentral, reply, running
from tests.fakes.mail_server import MailServer, mail_server
from wire import homes
from wire.identifiers import RecordId, TerminalId
from wire.proofs import CheckCode, ContactKind, ProofAnswer, ProofOutcome, SendCode, open_proof_answer, write_request
from wire.trust import KeyUse, TrustBundle, open_bundle


class Door:
    """Central's door, the gateway, the mail server, and a terminal before it."""

    def __init__(self, site: CentralSite, mail: MailServer, gateway: HttpCentral) -> None:
        self.mail, self.gateway, self.site = mail, gateway, site
        site.fleet(HALL)
        self.terminal: Terminal = site.registered()
        given = {
            "V_SMTP_URL": f"smtp://127.0.0.1:{mail.port}",
            "V_MAIL_FROM": "ne-pas-repondre@dmp.example",
            "V_SMS_URL": f"{gateway.url}/sms",
            "V_MESSAGE_DEADLINE": "1",
        }
        app = create_app(replace(site.settings, messaging=messaging_settings(given, "V_")), clock=site.clock)
        self.engine = app.extensions["central"]
        self.client: FlaskClient = app.test_client()
        bundle = (site.home / homes.TRUST_BUNDLE).read_bytes()
        self.trust: TrustBundle = open_bundle(bundle, site.root, now=site.clock.now)

    def ask(self, asked: SendCode | CheckCode) -> ProofAnswer:
        nonce, name = RecordId.new(self.site.clock.now), TerminalId(self.terminal.name)
        intake = self.trust.sealing_key(KeyUse.INTAKE)
        body = write_request(asked, name, intake, self.terminal.key, at=self.site.clock.now, nonce=nonce)
        answer = self.client.post("/v1/proofs", data=body)
        assert answer.status_code == 200, answer.json
        return open_proof_answer(answer.data, self.trust.verifying_key(KeyUse.ANSWER), terminal=name, nonce=nonce)

    def send(self, contact: ContactKind, address: str) -> ProofAnswer:
        return self.ask(SendCode(contact=contact, address=address, language="fr"))


@pytest.fixture
def door(tmp_path: Path) -> Iterator[Door]:
    site = CentralSite(tmp_path / "programme")
    with mail_server() as mail, running() as gateway:
        made = Door(site, mail, gateway)
        yield made
        made.engine.dispose()
    site.close()


def test_a_code_by_e_mail_from_the_terminal_to_the_person_and_back(door: Door) -> None:
    sent = door.send(ContactKind.EMAIL, "marie@exemple.fr")
    [mail] = door.mail.taken
    code = next(word for word in mail.message.get_content().split() if word.isdigit() and len(word) == 6)
    assert door.ask(CheckCode(proof=sent.proof or b"", code=code)).outcome is ProofOutcome.PROVED


def test_a_code_by_sms_goes_to_the_gateway(door: Door) -> None:
    assert door.send(ContactKind.MOBILE, "+33612345678").outcome is ProofOutcome.SENT
    assert b"+33612345678" in door.gateway.seen[0].body


def test_a_gateway_in_trouble_is_not_now(door: Door) -> None:
    door.gateway.answer = reply(500)
    assert door.send(ContactKind.MOBILE, "+33612345678").outcome is ProofOutcome.NOT_NOW
    door.gateway.answer = lambda _handler: door.gateway.stopping.wait(10)
    assert door.send(ContactKind.MOBILE, "+33612345678").outcome is ProofOutcome.NOT_NOW


@pytest.mark.parametrize(("body", "status", "code"), [(b"rubbish", 400, "malformed"), (b"x" * 3000, 413, "too_long")])
def test_what_is_no_question_is_a_problem(door: Door, body: bytes, status: int, code: str) -> None:
    answer = door.client.post("/v1/proofs", data=body)
    assert (answer.status_code, (answer.json or {}).get("code")) == (status, code)


def test_a_replayed_question_is_a_conflict(door: Door) -> None:
    nonce, name = RecordId.new(door.site.clock.now), TerminalId(door.terminal.name)
    asked = SendCode(contact=ContactKind.EMAIL, address="marie@exemple.fr", language="fr")
    intake = door.trust.sealing_key(KeyUse.INTAKE)
    body = write_request(asked, name, intake, door.terminal.key, at=door.site.clock.now, nonce=nonce)
    answers = [door.client.post("/v1/proofs", data=body) for _ in range(2)]
    assert [answer.status_code for answer in answers] == [200, 409]
    assert len(door.mail.taken) == 1
