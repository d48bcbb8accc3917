from __future__ import annotations

import logging
import re

import pytest
from flask import Blueprint, Flask
from flask.testing import FlaskClient

from kiosk.app import CSRF_HEADER, create_app
from kiosk.enrolment.steps import JourneyKind, Step
from tests.fakes.enrolment_rig import EnrolmentRig
from tests.fakes.programme import Programme

PROGRAMME = Programme()


@pytest.fixture
def rig() -> EnrolmentRig:
    return EnrolmentRig(JourneyKind.HALL, PROGRAMME)


@pytest.fixture
def app(rig: EnrolmentRig) -> Flask:
    return create_app(rig.session, secret_key=b"tests")


@pytest.fixture
def client(app: Flask) -> FlaskClient:
    return app.test_client()


def token(client: FlaskClient) -> str:
    found = re.search(r'name="csrf-token" content="([^"]+)"', client.get("/").get_data(as_text=True))
    assert found
    return found[1]


def life(client: FlaskClient, csrf: str, **headers: str) -> int:
    named = {name.replace("_", "-"): value for name, value in headers.items()}
    return client.post("/activite", headers={CSRF_HEADER: csrf, **named}).status_code


@pytest.mark.parametrize("host", ["evil.example", "127.0.0.1.evil.example", "192.168.1.10:8200"])
def test_a_name_that_is_not_the_loopbacks_is_refused(client: FlaskClient, host: str) -> None:
    assert client.get("/", headers={"Host": host}).status_code == 400


@pytest.mark.parametrize("host", ["127.0.0.1:8200", "localhost:8200", "localhost"])
def test_the_loopbacks_names_are_served(client: FlaskClient, host: str) -> None:
    assert client.get("/", headers={"Host": host}).status_code == 200


def test_a_touch_without_the_token_is_refused(client: FlaskClient) -> None:
    token(client)
    assert client.post("/activite").status_code == 403
    assert life(client, "guessed") == 403


def test_the_token_of_another_browser_is_refused(app: Flask, client: FlaskClient) -> None:
    token(client)
    assert life(client, token(app.test_client())) == 403


def test_a_touch_from_another_site_is_refused_even_with_the_token(client: FlaskClient) -> None:
    csrf = token(client)
    assert life(client, csrf, Sec_Fetch_Site="cross-site") == 403
    assert life(client, csrf, Sec_Fetch_Site="same-site") == 403
    assert life(client, csrf, Origin="http://127.0.0.1:9999") == 403


def test_our_own_page_is_heard(client: FlaskClient) -> None:
    csrf = token(client)
    assert life(client, csrf, Sec_Fetch_Site="same-origin") == 204
    assert life(client, csrf, Origin="http://localhost") == 204


@pytest.mark.parametrize("path", ["/", "/etat", "/htmx.js", "/static/tokens.css", "/nowhere"])
def test_every_answer_carries_the_strict_policy(client: FlaskClient, path: str) -> None:
    with client.get(path) as answer:
        headers = answer.headers
    assert headers["Content-Security-Policy"].startswith("default-src 'self';")
    assert "unsafe" not in headers["Content-Security-Policy"]
    assert headers["X-Frame-Options"] == "DENY"
    assert headers["X-Content-Type-Options"] == "nosniff"


def test_screens_are_never_cached(client: FlaskClient) -> None:
    assert client.get("/").headers["Cache-Control"] == "no-store"
    assert client.get("/etat").headers["Cache-Control"] == "no-store"


def test_a_long_body_is_refused(client: FlaskClient) -> None:
    body = {"csrf": token(client), "email": "x" * 20_000}
    assert client.post("/touch/contact/contact", data=body).status_code == 413


def test_a_mistake_of_ours_shows_and_logs_nothing_of_a_person(
    rig: EnrolmentRig, caplog: pytest.LogCaptureFixture
) -> None:
    broken = Blueprint("broken", __name__)

    @broken.get("/broken")
    def fail() -> str:
        raise RuntimeError("CAMILLE SPÉCIMEN")

    client = create_app(rig.session, secret_key=b"tests", extra_blueprints=[broken]).test_client()
    with caplog.at_level(logging.DEBUG):
        answer = client.get("/broken")
    assert answer.status_code == 500
    assert "CAMILLE" not in answer.get_data(as_text=True) + caplog.text


def test_what_is_typed_never_reaches_a_log(
    rig: EnrolmentRig, client: FlaskClient, caplog: pytest.LogCaptureFixture
) -> None:
    rig.go(Step.CONTACT)
    body = {
        "csrf": token(client),
        "visit": str(rig.journey.visit),
        "email": "camille@exemple.fr",
        "mobile": "0612345678",
    }
    with caplog.at_level(logging.DEBUG):
        client.post("/touch/contact/contact", data=body)
        client.post("/touch/contact/contact", data=body)  # too late: logged, without what was typed
    assert "camille" not in caplog.text
    assert "0612345678" not in caplog.text
