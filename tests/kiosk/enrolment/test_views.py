from __future__ import annotations

import re

import pytest
from flask.testing import FlaskClient

from kiosk.app import create_app
from kiosk.enrolment.reissue import MOST_NEW_CODES
from kiosk.enrolment.steps import JourneyKind, Step
from tests.fakes.card_slot import card, person
from tests.fakes.enrolment_rig import EnrolmentRig
from tests.fakes.operators import AGENT_PIN, PHARMACIST_PIN
from tests.fakes.paper import NO_PAPER, READY, SILENT, TORN
from tests.fakes.programme import Programme
from tests.fakes.scenes import SCENES
from wire.records import RecordKind

PROGRAMME = Programme()


class Visitor:
    """Fills forms as a browser does: reads the hidden fields of the page it was shown."""

    def __init__(self, rig: EnrolmentRig) -> None:
        self.rig = rig
        self.client: FlaskClient = create_app(rig.session, secret_key=b"tests").test_client()
        self.html = self.load()

    def load(self) -> str:
        self.html = self.client.get("/").get_data(as_text=True)
        return self.html

    @property
    def step(self) -> str:
        found = re.search(r'<main data-step="([a-z_0-9]+)"', self.html)
        assert found
        return found[1]

    def hidden(self, name: str) -> str:
        found = re.search(rf'name="{name}" value="([^"]*)"', self.html)
        return found[1] if found else ""

    def touch(self, what: str, *, htmx: bool = False, step: str | None = None, **fields: str) -> int:
        csrf = re.search(
            r'name="csrf-token" content="([^"]+)"', self.load() if "csrf-token" not in self.html else self.html
        )
        assert csrf
        data = {"csrf": csrf[1], "visit": self.hidden("visit") or str(self.rig.journey.visit), **fields}
        headers = {"HX-Request": "true"} if htmx else {}
        answer = self.client.post(f"/touch/{step or self.step}/{what}", data=data, headers=headers)
        if htmx:
            self.html = answer.get_data(as_text=True)
        else:
            self.load()
        return answer.status_code


@pytest.fixture
def hall() -> Visitor:
    return Visitor(EnrolmentRig(JourneyKind.HALL, PROGRAMME))


@pytest.fixture
def counter() -> Visitor:
    return Visitor(EnrolmentRig(JourneyKind.COUNTER, PROGRAMME))


def attest(visitor: Visitor, pin: str) -> None:
    visitor.touch("attest", statement_0="1", statement_1="1", method="passport", pin=pin)


def to_identity(visitor: Visitor) -> None:
    visitor.touch("choose", position="0")
    visitor.touch("notice", end_reached="1")
    while visitor.step != "contact":
        visitor.touch("answer", accepted="yes")
    visitor.touch("contact", email="camille@exemple.fr", mobile="")
    visitor.touch("code", code=visitor.rig.prover.last_code)
    if visitor.step == "alerts":
        visitor.touch("alerts", alerts="none")


def test_a_whole_hall_journey_by_forms_without_any_script(hall: Visitor) -> None:
    hall.rig.reader.insert(card())
    hall.load()
    to_identity(hall)
    hall.touch("agree")
    attest(hall, AGENT_PIN)
    hall.touch("confirm")
    assert hall.step == "thanks"
    assert len(hall.rig.store.of(RecordKind.ENROLMENT)) == 1


def test_a_whole_counter_journey_by_forms(counter: Visitor) -> None:
    counter.touch("sign_in", pin=PHARMACIST_PIN)
    counter.rig.reader.insert(card())
    counter.load()
    to_identity(counter)
    attest(counter, PHARMACIST_PIN)
    counter.touch("confirm")
    assert counter.step == "done"
    assert '<b data-test="count-today">1</b>' in counter.html


@pytest.mark.parametrize("name", SCENES[JourneyKind.HALL])
def test_every_screen_of_the_hall_is_drawn_with_its_terminal(hall: Visitor, name: str) -> None:
    SCENES[JourneyKind.HALL][name](hall.rig)
    hall.load()
    assert hall.step == hall.rig.step.value
    assert "T-HALL-01" in hall.html


def test_every_step_of_the_hall_has_a_scene() -> None:
    shown = set()
    for scene in SCENES[JourneyKind.HALL].values():
        rig = EnrolmentRig(JourneyKind.HALL, PROGRAMME)
        scene(rig)
        shown.add(rig.step)
    assert set(Step) - shown == AT_A_COUNTER_ONLY


AT_A_COUNTER_ONLY = {Step.SIGN_IN, Step.DAY, Step.CONSULTATION, Step.FEEDING, Step.DONE}


@pytest.mark.parametrize("name", SCENES[JourneyKind.COUNTER])
def test_no_screen_of_the_counter_speaks_of_an_agent_or_of_a_hall_terminal(counter: Visitor, name: str) -> None:
    SCENES[JourneyKind.COUNTER][name](counter.rig)
    counter.load()
    # The notice is one text for everybody, hashed as shown: "l'agent ou le pharmacien" is right in it.
    shown = re.sub(r'<div class="notice".*?notice__end|\bclass="[^"]*"', "", counter.html, flags=re.DOTALL)
    assert not re.search(r"\bagents?\b|\bbornes?\b", shown, re.IGNORECASE)


def test_a_counter_closed_since_it_was_started_is_no_hall_terminal(counter: Visitor) -> None:
    counter.rig.whereabouts.reason = "revoked"
    counter.rig.restart()
    assert "Ce poste est hors service" in Visitor(counter.rig).html


def test_paper_that_is_missing_is_said_with_its_reason_and_what_to_do(counter: Visitor) -> None:
    SCENES[JourneyKind.COUNTER]["paper"](counter.rig)
    assert "Il n’y a plus de papier. Vérifiez l’imprimante, puis réimprimez." in counter.load()  # noqa: RUF001 - French


def test_reload_and_a_second_tab_show_the_same_step_and_the_same_answers(hall: Visitor) -> None:
    hall.rig.go(Step.SUMMARY)
    first, second = hall.load(), Visitor(hall.rig).html
    assert 'data-test="said-break_glass"><span dir="auto">Oui' in first
    assert 'data-test="said-break_glass"><span dir="auto">Oui' in second


def test_a_form_of_an_old_page_answers_nothing_and_shows_the_present_screen(hall: Visitor) -> None:
    hall.rig.go(Step.BREAK_GLASS)
    hall.load()
    hall.touch("answer", accepted="no", step="consent")
    assert hall.step == "break_glass"
    assert hall.rig.store.drafts == []


def test_htmx_is_answered_with_the_screen_alone(hall: Visitor) -> None:
    hall.rig.go(Step.CONSENT)
    hall.load()
    assert hall.touch("answer", accepted="yes", htmx=True) == 200
    assert hall.step == "break_glass"
    assert "<html" not in hall.html


def test_a_plain_form_is_answered_with_a_redirect(hall: Visitor) -> None:
    hall.rig.go(Step.CONSENT)
    hall.load()
    assert hall.touch("answer", accepted="yes") == 303


@pytest.mark.parametrize("value", ["", "maybe", "1", "YES"])
def test_only_yes_or_no_answers_a_question(hall: Visitor, value: str) -> None:
    hall.rig.go(Step.CONSENT)
    hall.load()
    hall.touch("answer", accepted=value)
    assert hall.step == "consent"


def test_no_answer_is_chosen_before_the_person_touches(hall: Visitor) -> None:
    for step in (Step.CONSENT, Step.BREAK_GLASS, Step.CENTRE_15, Step.IDENTITY):
        hall.rig.go(step)
        assert not re.search(r"<[^>]*\b(checked|selected)\b", hall.load())
        assert "Votre réponse actuelle" not in hall.html


def test_a_wrong_field_is_said_and_kept(hall: Visitor) -> None:
    hall.rig.go(Step.CONTACT)
    hall.load()
    hall.touch("contact", email="camille@exemple.fr", mobile="05 61 00 00 00")
    assert "C’est un numéro fixe" in hall.html  # noqa: RUF001 - French
    assert 'value="05 61 00 00 00"' in hall.html
    assert 'value="camille@exemple.fr"' in hall.html


def test_markup_on_a_card_is_shown_as_text(hall: Visitor) -> None:
    hall.rig.reader.insert(card(person("<script>alert(1)</script>")))
    assert "<script>alert" not in hall.load()
    assert "&lt;script&gt;alert" in hall.html


def test_the_number_is_masked_on_every_screen(hall: Visitor) -> None:
    for step in (Step.WHO, Step.SUMMARY, Step.IDENTITY):
        hall.rig.go(step)
        number = hall.rig.journey.card.persons[0].nir  # type: ignore[union-attr]
        assert number is not None
        assert number.body[1:] not in hall.load()
        assert number.body[5:] not in hall.html


def test_the_poll_says_nothing_while_nothing_changed(hall: Visitor) -> None:
    revision = hall.rig.session.screen().revision
    assert hall.client.get(f"/etat?revision={revision}&veil=0").status_code == 204


def test_the_poll_brings_the_next_screen(hall: Visitor) -> None:
    revision = hall.rig.session.screen().revision
    hall.rig.reader.insert(card())
    answer = hall.client.get(f"/etat?revision={revision}&veil=0")
    assert '<main data-step="who"' in answer.get_data(as_text=True)


def test_the_warning_comes_alone_so_that_half_typed_fields_stay(hall: Visitor) -> None:
    hall.rig.go(Step.CONTACT)
    revision = hall.rig.session.screen().revision
    hall.rig.clock.forward(50)
    answer = hall.client.get(f"/etat?revision={revision}&veil=0")
    assert answer.headers["HX-Retarget"] == "#veil"
    assert "<main" not in answer.get_data(as_text=True)
    assert hall.client.get(f"/etat?revision={revision}&veil=1").status_code == 204


def test_an_unknown_touch_does_not_exist(hall: Visitor) -> None:
    hall.rig.go(Step.CONSENT)
    hall.load()
    assert hall.touch("everything") == 404


def test_screens_hold_no_inline_script_or_style(hall: Visitor) -> None:
    for step in (Step.ATTRACT, Step.NOTICE, Step.CONTACT, Step.IDENTITY):
        hall.rig.go(step)
        html = hall.load()
        assert not re.search(r"\sstyle=|<style|\son[a-z]+=", html)
        assert not re.search(r"<script(?![^>]*\ssrc=)", html)


def test_the_script_of_htmx_is_the_one_that_was_reviewed(hall: Visitor) -> None:
    script = hall.client.get("/htmx.js")
    assert script.mimetype == "text/javascript"
    assert b'version:"2.0.3"' in script.data


def test_the_screen_turned_to_the_person_shows_nothing_of_the_operators_side(counter: Visitor) -> None:
    counter.rig.go(Step.CONSENT)
    html = counter.load()
    assert "Écran tourné vers la personne" in html
    assert "À envoyer" not in html


def test_an_answer_given_on_a_page_in_another_language_is_not_recorded_in_this_one(hall: Visitor) -> None:
    hall.rig.go(Step.CONSENT)
    hall.load()
    in_french = {name: hall.hidden(name) for name in ("visit", "language")}
    other_tab = Visitor(hall.rig)
    other_tab.touch("comfort", field="language", value="en")
    hall.touch("answer", step="consent", accepted="yes", **in_french)
    assert (hall.rig.step, hall.rig.journey.answers) == (Step.CONSENT, ())
    hall.touch("answer", accepted="yes", language=hall.hidden("language"))
    assert [answer.shown.language for answer in hall.rig.journey.answers] == ["en"]


def test_a_notice_read_on_a_page_in_another_language_is_not_recorded_in_this_one(hall: Visitor) -> None:
    hall.rig.go(Step.NOTICE)
    hall.load()
    in_french = {name: hall.hidden(name) for name in ("visit", "language")}
    Visitor(hall.rig).touch("comfort", field="language", value="ar")
    hall.touch("notice", step="notice", end_reached="1", **in_french)
    assert hall.rig.step is Step.NOTICE


@pytest.mark.parametrize(
    ("outcome", "said"),
    [
        (TORN, "Le ticket commencé n’est plus valable. Un nouveau code va être imprimé."),  # noqa: RUF001 - French
        (SILENT, "le ticket commencé ne sera plus valable"),
    ],
)
def test_the_screen_says_that_a_slip_that_was_begun_is_void(hall: Visitor, outcome: object, said: str) -> None:
    hall.rig.printer.coming = [READY, outcome]  # type: ignore[list-item]
    hall.rig.go(Step.CONFIRM)
    hall.rig.session.attesting.confirm(hall.rig.touch())
    assert said in hall.load().replace("\N{NO-BREAK SPACE}", " ")


def test_a_slip_that_did_not_begin_is_not_called_void(hall: Visitor) -> None:
    hall.rig.printer.coming = [READY, NO_PAPER]
    hall.rig.go(Step.CONFIRM)
    hall.rig.session.attesting.confirm(hall.rig.touch())
    assert 'data-test="void"' not in hall.load()


def test_after_the_last_new_code_the_screen_offers_no_other(hall: Visitor) -> None:
    SCENES[JourneyKind.HALL]["paper"](hall.rig)
    for _ in range(MOST_NEW_CODES):
        hall.rig.printer.coming = [TORN]
        hall.rig.session.print_again(hall.rig.touch())
    page = hall.load()
    assert "print-again" not in page
    assert "aucun autre code ne sera imprimé" in page


def test_the_last_screen_names_only_slips_that_came_out(hall: Visitor) -> None:
    SCENES[JourneyKind.HALL]["paper"](hall.rig)
    hall.load()
    hall.touch("paper_settled")
    assert hall.step == "thanks"
    assert "accusé" in hall.html
    assert "votre clé" not in hall.html
