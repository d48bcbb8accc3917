"""The person's own screen over HTTP: who is let in, what it shows, what it may touch."""

from __future__ import annotations

import dataclasses
import re

import pytest
from flask import Flask
from flask.testing import FlaskClient
from markupsafe import escape

from kiosk.app import create_app, create_tablet_app
from kiosk.enrolment.sides import Side
from kiosk.enrolment.steps import JourneyKind, Step
from kiosk.enrolment.views import TOUCHES as ALL_TOUCHES
from kiosk.patient.views import TOUCHES
from tests.fakes.card_slot import card, person
from tests.fakes.enrolment_rig import EnrolmentRig
from tests.fakes.programme import Programme
from wire.evidence import Question
from wire.records import RecordKind

PROGRAMME = Programme()
TABLET_NAME = "comptoir.pharmacie.example"
COOKIE = "second-screen"


@pytest.fixture
def rig() -> EnrolmentRig:
    made = EnrolmentRig(JourneyKind.COUNTER, PROGRAMME)
    made.go(Step.ATTRACT)
    return made


def tablet_app(rig: EnrolmentRig, *, is_secure: bool = True) -> Flask:
    return create_tablet_app(rig.session, secret_key=b"tests", hosts=(TABLET_NAME,), is_secure=is_secure)


@pytest.fixture(params=["tablet", "second display"])
def browser(request: pytest.FixtureRequest, rig: EnrolmentRig) -> Browser:
    if request.param == "tablet":
        return Browser(tablet_app(rig).test_client(), f"https://{TABLET_NAME}")
    return Browser(create_app(rig.session, secret_key=b"tests").test_client(), "http://127.0.0.1")


class Browser:
    """A person's browser: reads the hidden fields of the page it was shown."""

    def __init__(self, client: FlaskClient, address: str) -> None:
        self.client, self.address = client, address

    def get(self, path: str, **headers: str) -> str:
        return self.client.get(path, base_url=self.address, headers=headers).get_data(as_text=True)

    def status(self, path: str) -> int:
        return self.client.get(path, base_url=self.address).status_code

    def post(self, path: str, **fields: str) -> int:
        page = self.get("/patient")
        csrf = re.search(r'name="csrf-token" content="([^"]+)"', page)
        assert csrf
        visit = re.search(r'name="visit" value="(\d+)"', page)
        data = {"csrf": csrf[1], "visit": visit[1] if visit else "0", **fields}
        return self.client.post(path, base_url=self.address, data=data).status_code

    def pair(self, rig: EnrolmentRig) -> None:
        rig.session.second_screen.show_code(rig.touch())
        assert self.post("/patient/relier", code=rig.session.screen().pairing_code or "") == 303

    def step(self) -> str:
        found = re.search(r'<main data-step="([a-z_0-9]+)"', self.get("/patient"))
        assert found
        return found[1]


def test_a_browser_that_is_not_paired_sees_a_field_for_the_code_and_nobody(browser: Browser, rig: EnrolmentRig) -> None:
    rig.go(Step.CONSENT)
    page = browser.get("/patient")
    assert browser.step() == "pairing"
    assert "CAMILLE" not in page
    assert "Pharmacien P." not in page


def test_the_right_code_pairs_and_the_cookie_is_out_of_reach_of_scripts(rig: EnrolmentRig) -> None:
    browser = Browser(tablet_app(rig).test_client(), f"https://{TABLET_NAME}")
    browser.pair(rig)
    cookie = browser.client.get_cookie(COOKIE, domain=TABLET_NAME, path="/patient")
    assert cookie is not None
    assert (cookie.http_only, cookie.same_site, cookie.secure) == (True, "Strict", True)
    assert browser.step() == "attract"


def test_a_wrong_code_is_said(browser: Browser, rig: EnrolmentRig) -> None:
    rig.session.second_screen.show_code(rig.touch())
    wrong = "000000" if rig.session.screen().pairing_code != "000000" else "000001"
    assert browser.post("/patient/relier", code=wrong) == 200
    assert not rig.session.second_screen.is_paired


def test_who_pairs_reads_the_page_and_its_complaint_in_their_language(browser: Browser, rig: EnrolmentRig) -> None:
    assert 'dir="rtl"' in browser.get("/patient?langue=ar")
    rig.session.second_screen.show_code(rig.touch())
    csrf = re.search(r'name="csrf-token" content="([^"]+)"', browser.get("/patient?langue=en"))
    assert csrf
    data = {"csrf": csrf[1], "langue": "en", "code": "12"}
    page = browser.client.post("/patient/relier", base_url=browser.address, data=data).get_data(as_text=True)
    assert str(escape(rig.session.texts_in("en").sentences["pairing_wrong"])) in page


def test_a_language_that_is_not_offered_is_that_of_who_works_there(browser: Browser) -> None:
    assert '<html data-base="/patient" lang="fr"' in browser.get("/patient?langue=../fr")


def test_a_guessed_token_is_nobodys(browser: Browser, rig: EnrolmentRig) -> None:
    browser.pair(rig)
    rig.go(Step.CONSENT)
    host = browser.address.split("//")[1]
    browser.client.set_cookie(COOKIE, "guessed", domain=host, path="/patient")
    assert browser.step() == "pairing"
    visit = str(rig.journey.visit)  # known to whoever looks over a shoulder
    assert browser.post("/patient/touch/consent/answer", accepted="yes", visit=visit) == 303
    assert rig.step is Step.CONSENT
    assert browser.post("/patient/activite") == 204


@pytest.mark.parametrize("path", ["/patient/etat?revision=0&veil=0", "/patient/voix?revision=0"])
def test_without_pairing_nothing_is_told(path: str, browser: Browser, rig: EnrolmentRig) -> None:
    rig.go(Step.CONSENT)
    assert "CAMILLE" not in browser.get(path)
    assert browser.status(path) in {303, 404}


def test_a_page_that_was_unpaired_is_sent_back_to_the_field(browser: Browser, rig: EnrolmentRig) -> None:
    browser.pair(rig)
    rig.session.second_screen.unpair(rig.touch())
    answer = browser.client.get(
        "/patient/etat?revision=0&veil=0", base_url=browser.address, headers={"HX-Request": "true"}
    )
    assert (answer.status_code, answer.headers["HX-Redirect"]) == (204, "/patient")


def test_a_person_answers_on_their_screen_and_both_pages_follow(browser: Browser, rig: EnrolmentRig) -> None:
    browser.pair(rig)
    rig.go(Step.CONSENT)
    operator = create_app(rig.session, secret_key=b"operator").test_client()
    assert browser.post("/patient/touch/consent/answer", accepted="yes") == 303
    assert browser.step() == "break_glass"
    shown = operator.get("/").get_data(as_text=True)
    assert '<main data-step="break_glass"' in shown
    assert 'data-test="asked-now"' in shown
    assert 'data-test="yes"' not in shown


def test_the_operators_page_cannot_answer_even_by_a_forged_form(browser: Browser, rig: EnrolmentRig) -> None:
    browser.pair(rig)
    rig.go(Step.CONSENT)
    operator = create_app(rig.session, secret_key=b"operator").test_client()
    page = operator.get("/").get_data(as_text=True)
    csrf = re.search(r'name="csrf-token" content="([^"]+)"', page)
    assert csrf
    data = {"csrf": csrf[1], "visit": str(rig.journey.visit), "accepted": "yes", "side": Side.PATIENT.value}
    operator.post("/touch/consent/answer", data=data)
    assert rig.step is Step.CONSENT


@pytest.mark.parametrize("what", sorted(set(ALL_TOUCHES) - TOUCHES))
def test_an_operators_touch_does_not_exist_on_the_persons_side(what: str, browser: Browser, rig: EnrolmentRig) -> None:
    browser.pair(rig)
    assert browser.post(f"/patient/touch/attract/{what}") == 404


@pytest.mark.parametrize("step", [Step.WHO, Step.IDENTITY, Step.CONFIRM], ids=lambda step: step.value)
def test_on_the_operators_steps_the_page_waits_without_any_data(
    step: Step, browser: Browser, rig: EnrolmentRig
) -> None:
    browser.pair(rig)
    rig.insert(card(person("CAMILLE"), person("JEANNE", "19860101", position=1)))
    rig.go(step)
    page = browser.get("/patient")
    assert "Un instant" in page
    for personal in ("CAMILLE", "JEANNE", "SPÉCIMEN", "camille@exemple.fr", "Pharmacien P.", "••"):
        assert personal not in page
    assert not re.search(r'data-touch="(?!comfort|stay)', page)


def test_the_persons_screen_is_not_told_to_turn(browser: Browser, rig: EnrolmentRig) -> None:
    browser.pair(rig)
    rig.go(Step.CONSENT)
    assert "Écran tourné" not in browser.get("/patient")


def test_the_poll_is_silent_while_nothing_changed(browser: Browser, rig: EnrolmentRig) -> None:
    browser.pair(rig)
    revision = rig.session.screen().revision
    assert browser.status(f"/patient/etat?revision={revision}&veil=0") == 204


def test_a_hall_terminal_has_no_such_page() -> None:
    hall = EnrolmentRig(JourneyKind.HALL, PROGRAMME)
    assert create_app(hall.session, secret_key=b"tests").test_client().get("/patient").status_code == 404


# The tablet's app alone


def test_the_tablets_app_has_nothing_but_the_persons_routes(rig: EnrolmentRig) -> None:
    rules = {rule.rule for rule in tablet_app(rig).url_map.iter_rules()}
    assert {rule for rule in rules if not rule.startswith(("/patient", "/static/"))} == {"/"}


@pytest.mark.parametrize("path", ["/etat?revision=0", "/voix?revision=0", "/demo", "/htmx.js"])
def test_the_operators_pages_are_not_on_the_tablets_app(path: str, rig: EnrolmentRig) -> None:
    assert Browser(tablet_app(rig).test_client(), f"https://{TABLET_NAME}").status(path) == 404


@pytest.mark.parametrize("host", ["127.0.0.1", "192.168.1.20", "evil.example", f"{TABLET_NAME}.evil.example"])
def test_a_name_the_tablets_app_was_not_given_is_refused(host: str, rig: EnrolmentRig) -> None:
    assert tablet_app(rig).test_client().get("/patient", base_url=f"https://{host}").status_code == 400


def test_the_tablets_app_keeps_the_guards_of_the_terminals(rig: EnrolmentRig) -> None:
    client = tablet_app(rig).test_client()
    answer = client.get("/patient", base_url=f"https://{TABLET_NAME}")
    assert answer.headers["Content-Security-Policy"].startswith("default-src 'self';")
    assert answer.headers["Cache-Control"] == "no-store"
    assert client.post("/patient/relier", base_url=f"https://{TABLET_NAME}").status_code == 403
    long = {"csrf": "x", "code": "1" * 20_000}
    assert client.post("/patient/relier", base_url=f"https://{TABLET_NAME}", data=long).status_code in {403, 413}


def test_the_tablets_home_leads_to_the_page(rig: EnrolmentRig) -> None:
    answer = tablet_app(rig).test_client().get("/", base_url=f"https://{TABLET_NAME}")
    assert (answer.status_code, answer.headers["Location"]) == (303, "/patient")


# The guide's way for the two emergency questions


@pytest.mark.parametrize("step", [Step.BREAK_GLASS, Step.CENTRE_15], ids=lambda step: step.value)
def test_where_the_office_wants_it_allow_stands_chosen(step: Step, browser: Browser, rig: EnrolmentRig) -> None:
    rig.whereabouts.place = dataclasses.replace(rig.whereabouts.place, pre_ticked_emergency=True)
    browser.pair(rig)
    rig.session.tick()
    rig.go(step)
    page = browser.get("/patient")
    assert re.findall(r'<input type="radio" name="accepted" value="([a-z]+)"[^>]*\bchecked', page) == ["yes"]


def test_even_then_no_other_question_is_answered_beforehand(browser: Browser, rig: EnrolmentRig) -> None:
    rig.whereabouts.place = dataclasses.replace(rig.whereabouts.place, pre_ticked_emergency=True)
    browser.pair(rig)
    rig.session.tick()
    for step in (Step.CONSENT, Step.CONSULTATION, Step.FEEDING):
        rig.go(step)
        assert "checked" not in browser.get("/patient")


def test_a_no_given_before_stays_a_no(browser: Browser, rig: EnrolmentRig) -> None:
    rig.whereabouts.place = dataclasses.replace(rig.whereabouts.place, pre_ticked_emergency=True)
    browser.pair(rig)
    rig.session.tick()
    rig.go(Step.BREAK_GLASS)
    browser.post("/patient/touch/break_glass/answer", accepted="no")
    browser.post("/patient/touch/centre_15/back")
    page = browser.get("/patient")
    assert re.findall(r'<input type="radio" name="accepted" value="([a-z]+)"[^>]*\bchecked', page) == ["no"]


@pytest.mark.parametrize("step", [Step.BREAK_GLASS, Step.CENTRE_15], ids=lambda step: step.value)
def test_else_nothing_stands_chosen(step: Step, browser: Browser, rig: EnrolmentRig) -> None:
    browser.pair(rig)
    rig.go(step)
    assert "checked" not in browser.get("/patient")


def test_a_hall_never_answers_beforehand() -> None:
    hall = EnrolmentRig(JourneyKind.HALL, PROGRAMME)
    hall.whereabouts.place = dataclasses.replace(hall.whereabouts.place, pre_ticked_emergency=True)
    hall.session.tick()
    hall.go(Step.BREAK_GLASS)
    page = create_app(hall.session, secret_key=b"tests").test_client().get("/").get_data(as_text=True)
    assert "checked" not in page


@pytest.mark.parametrize("is_wanted", [True, False])
def test_the_record_says_whether_allow_stood_chosen(is_wanted: bool, rig: EnrolmentRig) -> None:
    rig.whereabouts.place = dataclasses.replace(rig.whereabouts.place, pre_ticked_emergency=is_wanted)
    rig.session.tick()
    rig.go(Step.CONFIRM)
    rig.session.attesting.confirm(rig.touch())
    [opened] = rig.store.of(RecordKind.ENROLMENT)
    said = {one.question: one.pre_ticked for one in opened.administrative.answers}  # type: ignore[union-attr]
    emergency = {Question.BREAK_GLASS, Question.CENTRE_15}
    assert {question for question, stood in said.items() if stood} == (emergency if is_wanted else set())


@pytest.mark.parametrize(
    ("path", "fields"),
    [
        ("/patient/activite", {}),
        ("/patient/touch/attract/comfort", {"field": "text", "value": "150"}),
        ("/patient/touch/attract/stay", {}),
    ],
)
def test_a_tablet_that_was_carried_away_does_not_keep_the_operator_signed_in(
    browser: Browser, rig: EnrolmentRig, path: str, fields: dict[str, str]
) -> None:
    browser.pair(rig)
    rig.wait(14 * 60)
    browser.post(path, **fields)
    rig.wait(2 * 60)
    assert rig.step is Step.SIGN_IN
    assert not rig.session.second_screen.is_paired


def test_a_persons_screen_does_not_keep_them_on_a_screen_that_the_operator_left(
    browser: Browser, rig: EnrolmentRig
) -> None:
    browser.pair(rig)
    rig.go(Step.IDENTITY)
    rig.wait(50)
    browser.post("/patient/activite")
    rig.wait(15)
    assert rig.journey.person is None
