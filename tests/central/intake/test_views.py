"""The three doors over Flask: what each problem looks like from outside."""

from __future__ import annotations

from datetime import datetime

import pytest
from cryptography.hazmat.primitives.asymmetric.ed25519 import Ed25519PrivateKey
from flask import Flask
from flask.testing import FlaskClient
from sqlalchemy.exc import OperationalError

from central.intake.figures import FiguresDesk
from central.intake.service import Intake
from central.intake.status import StatusDesk
from central.intake.views import make_blueprint
from tests.central.intake_rig import ARRIVAL, IntakeRig
from tests.fakes.terminal import FakeTerminal
from wire.batch import BATCH_LIMIT, Outcome, open_answer
from wire.failpoints import Failpoint
from wire.figures import FIGURES_LIMIT, FiguresQuery, open_figures, write_figures_query
from wire.identifiers import milliseconds
from wire.status import STATUS_LIMIT


def app_over(rig: IntakeRig, intake: Intake) -> FlaskClient:
    app = Flask(__name__)
    desk = StatusDesk(rig.engine, rig.keys, shards=1)
    app.register_blueprint(make_blueprint(intake, desk, FiguresDesk(rig.engine, rig.keys), clock=lambda: ARRIVAL))
    return app.test_client()


@pytest.fixture
def client(rig: IntakeRig) -> FlaskClient:
    return app_over(rig, rig.intake)


def code(client: FlaskClient, path: str, body: bytes) -> tuple[int, str]:
    answer = client.post(path, data=body)
    assert answer.content_type == "application/problem+json"
    return answer.status_code, answer.get_json()["code"]


def test_a_batch_is_answered_with_a_signed_document(rig: IntakeRig, client: FlaskClient) -> None:
    terminal = rig.terminal()
    terminal.enrol(1)
    body = terminal.batch()
    answer = client.post("/v1/batches", data=body)
    assert (answer.status_code, answer.content_type) == (200, "application/octet-stream")
    read = open_answer(answer.data, rig.keys.answer.public_key(), terminal=terminal.name, batch=body)
    assert [outcome.outcome for outcome in read.outcomes] == [Outcome.DURABLE_NEW]


def test_ten_megabytes_are_refused_before_they_are_read_to_the_end(client: FlaskClient) -> None:
    assert code(client, "/v1/batches", bytes(10_000_000)) == (413, "too_long")


def test_a_length_header_that_lies_helps_nobody(client: FlaskClient) -> None:
    answer = client.post("/v1/batches", data=bytes(BATCH_LIMIT + 1), headers={"Content-Length": str(BATCH_LIMIT + 1)})
    assert answer.status_code == 413


def test_rubbish_is_malformed(client: FlaskClient) -> None:
    assert code(client, "/v1/batches", b"rubbish") == (400, "malformed")
    assert code(client, "/v1/status", b"rubbish") == (400, "malformed")


def test_a_long_question_is_refused(client: FlaskClient) -> None:
    assert code(client, "/v1/status", bytes(STATUS_LIMIT + 1)) == (413, "too_long")


def test_an_unknown_terminal_is_told_so(rig: IntakeRig, client: FlaskClient) -> None:
    stranger = FakeTerminal("T-STRANGE-1", rig.keys.intake.public_key())
    stranger.enrol(1)
    assert code(client, "/v1/batches", stranger.batch()) == (403, "terminal_unknown")


def test_a_foreign_signature_is_told_so(rig: IntakeRig, client: FlaskClient) -> None:
    terminal = rig.terminal()
    terminal.enrol(1)
    assert code(client, "/v1/batches", terminal.batch(key=Ed25519PrivateKey.generate())) == (401, "signature")


def test_a_database_that_fails_asks_to_come_back_and_says_nothing_of_it(rig: IntakeRig) -> None:
    def fail(point: Failpoint) -> None:
        if point is Failpoint.INTAKE_BEFORE_COMMIT:
            raise OperationalError("INSERT INTO persons", {"nir": "secret"}, Exception("disk I/O error"))

    terminal = rig.terminal()
    terminal.enrol(1)
    rig.reach = fail
    answer = app_over(rig, rig.worker()).post("/v1/batches", data=terminal.batch())
    assert (answer.status_code, answer.get_json()["code"]) == (503, "busy")
    assert b"INSERT" not in answer.data


def test_central_keeps_its_own_time(rig: IntakeRig, client: FlaskClient) -> None:
    terminal = rig.terminal()
    terminal.enrol(1, at=datetime.fromisoformat("2030-01-01T00:00:00+00:00"))
    body = terminal.batch()
    read = open_answer(
        client.post("/v1/batches", data=body).data, rig.keys.answer.public_key(), terminal=terminal.name, batch=body
    )
    assert read.server_ms == int(ARRIVAL.timestamp() * 1000)


def test_an_office_asks_for_its_month_by_post(rig: IntakeRig, client: FlaskClient) -> None:
    terminal = rig.terminal()
    query = write_figures_query(FiguresQuery(terminal=terminal.name, asked_ms=milliseconds(ARRIVAL)), terminal.key)
    answer = client.post("/v1/office-figures", data=query)
    assert answer.status_code == 200
    told = open_figures(answer.data, rig.keys.answer.public_key(), query=query, terminal=terminal.name)
    assert (told.month, told.openings) == ("2018-11", 0)
    assert client.post("/v1/office-figures", data=b"x" * (FIGURES_LIMIT + 1)).status_code == 413
