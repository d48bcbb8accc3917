"""Every address of the terminal's two apps, and every touch of the service panel, as an attacker would try them."""

from __future__ import annotations

import logging
import re

import pytest
from flask import Flask
from flask.testing import FlaskClient

from kiosk.app import CSRF_FIELD, create_app, create_tablet_app
from kiosk.enrolment.panel_views import PANEL_TOUCHES
from kiosk.enrolment.steps import JourneyKind, Step
from kiosk.enrolment.views import TOUCHES
from tests.fakes.enrolment_rig import EnrolmentRig
from tests.fakes.programme import Programme

PROGRAMME = Programme()
CANARY = "CANARI 255081416802538 canari@exemple.fr"
TERMINAL = {
    "/ GET",
    "/activite POST",
    "/etat GET",
    "/htmx.js GET",
    "/patient GET",
    "/patient/activite POST",
    "/patient/etat GET",
    "/patient/htmx.js GET",
    "/patient/relier POST",
    "/patient/touch/<step>/<what> POST",
    "/patient/voix GET",
    "/static/<path:filename> GET",
    "/touch/<step>/<what> POST",
    "/voix GET",
}
TABLET = {route for route in TERMINAL if route.startswith(("/patient", "/static"))} | {"/ GET"}
ARGUMENTS = {"filename": "tokens.css", "step": "attract", "what": "choose"}
METHODS = {"GET", "POST", "PUT", "PATCH", "DELETE", "TRACE", "CANARI"}
SAME_ORIGIN = {"Sec-Fetch-Site": "same-origin"}


@pytest.fixture
def rig() -> EnrolmentRig:
    return EnrolmentRig(JourneyKind.HALL, PROGRAMME)


@pytest.fixture(params=["terminal", "tablet"])
def app(request: pytest.FixtureRequest, rig: EnrolmentRig) -> Flask:
    if request.param == "terminal":
        return create_app(rig.session, secret_key=b"attack")
    return create_tablet_app(rig.session, secret_key=b"attack", hosts=["localhost"], is_secure=False)


def routes(app: Flask) -> set[tuple[str, str, str]]:
    return {
        (rule.endpoint, method, rule.rule)
        for rule in app.url_map.iter_rules()
        for method in (rule.methods or set()) - {"HEAD", "OPTIONS"}
    }


def path_of(rule: str) -> str:
    return re.sub(r"<(?:\w+:)?(\w+)>", lambda name: ARGUMENTS[name[1]], rule)


def token_of(client: FlaskClient) -> str:
    """A browser that has seen our page holds one."""
    with client.session_transaction() as session:
        session[CSRF_FIELD] = "the-token-of-this-browser"
    return "the-token-of-this-browser"


def test_the_addresses_are_these_and_no_others(app: Flask) -> None:
    named = {f"{rule} {method}" for _, method, rule in routes(app)}
    assert named == (TERMINAL if "screens.page" in app.view_functions else TABLET)


def test_no_address_answers_to_a_method_it_does_not_name(app: Flask) -> None:
    client, named = app.test_client(), routes(app)
    tried = [(path_of(rule), METHODS - {method for _, method, other in named if other == rule}) for _, _, rule in named]
    answered = [
        (method, path)
        for path, methods in tried
        for method in methods
        if client.open(path, method=method).status_code not in {403, 405}
    ]
    assert answered == []


def test_no_touch_is_taken_that_is_not_from_our_own_page(app: Flask) -> None:
    client, taken = app.test_client(), []
    token = token_of(client)
    attacks = [
        (SAME_ORIGIN, ""),
        (SAME_ORIGIN, "x" * len(token)),
        ({"Sec-Fetch-Site": "cross-site"}, token),
        ({"Sec-Fetch-Site": "same-site"}, token),
        ({"Sec-Fetch-Site": "none"}, token),
        ({"Origin": "https://evil.example"}, token),
        ({"Origin": "null"}, token),
    ]
    for _, method, rule in routes(app):
        for headers, csrf in attacks if method == "POST" else []:
            status = client.post(path_of(rule), headers=headers, data={"csrf": csrf}).status_code
            if status != 403:
                taken.append((rule, headers, status))
    assert taken == []


def test_no_error_of_ours_shows_what_went_wrong(app: Flask, caplog: pytest.LogCaptureFixture) -> None:
    caplog.set_level(logging.DEBUG)
    client, shown = app.test_client(), []
    token = token_of(client)

    def fails(**_arguments: object) -> str:
        raise RuntimeError(CANARY)

    for endpoint, method, rule in sorted(routes(app)):
        app.view_functions[endpoint] = fails
        data = {"csrf": token} if method == "POST" else None
        answer = client.open(path_of(rule), method=method, data=data, headers=SAME_ORIGIN)
        if answer.status_code != 500 or any(word in answer.text for word in ("CANARI", "Traceback", "RuntimeError")):
            shown.append((rule, method, answer.status_code))
    assert shown == []
    assert "CANARI" not in caplog.text


@pytest.mark.parametrize("what", sorted(set(PANEL_TOUCHES) - {"panel_ask"}))
@pytest.mark.parametrize("step", [Step.ATTRACT, Step.PANEL_PIN, Step.PANEL], ids=lambda step: step.value)
def test_without_a_pin_the_panel_does_nothing_whatever_screen_is_claimed(
    rig: EnrolmentRig, what: str, step: Step
) -> None:
    client = create_app(rig.session, secret_key=b"attack").test_client()
    form = {"csrf": token_of(client), "visit": str(rig.journey.visit), "pin": "000000"}
    client.post(f"/touch/{step.value}/{what}", data=form, headers=SAME_ORIGIN)
    assert (rig.step, rig.printer.given, rig.upkeep.restarts) == (Step.ATTRACT, [], 0)


def test_a_tablet_reaches_no_touch_of_the_panel(rig: EnrolmentRig) -> None:
    app = create_tablet_app(rig.session, secret_key=b"attack", hosts=["localhost"], is_secure=False)
    client = app.test_client()
    form = {"csrf": token_of(client), "visit": str(rig.journey.visit), "pin": "4711"}
    tried = {
        what: client.post(f"/patient/touch/attract/{what}", data=form, headers=SAME_ORIGIN).status_code
        for what in {*TOUCHES, *PANEL_TOUCHES}
        if what.startswith("panel")
    }
    assert set(tried.values()) <= {303, 403, 404}
    assert rig.step is Step.ATTRACT


@pytest.mark.parametrize("what", sorted(set(PANEL_TOUCHES) - {"panel_ask", "panel_leave"}))
def test_before_the_pin_the_panel_that_was_asked_for_does_nothing(rig: EnrolmentRig, what: str) -> None:
    rig.session.panel.ask(rig.touch())
    client = create_app(rig.session, secret_key=b"attack").test_client()
    for step in (Step.PANEL_PIN, Step.PANEL):
        form = {"csrf": token_of(client), "visit": str(rig.journey.visit), "pin": "000000"}
        client.post(f"/touch/{step.value}/{what}", data=form, headers=SAME_ORIGIN)
    assert (rig.step, rig.printer.given, rig.upkeep.restarts) == (Step.PANEL_PIN, [], 0)
