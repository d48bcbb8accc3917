"""One journey on two screens: no answer can be given by the wrong side."""

from __future__ import annotations

from collections.abc import Callable

import pytest

from kiosk.enrolment.course import Aim
from kiosk.enrolment.errors import StepError
from kiosk.enrolment.ports import ProfessionalCard
from kiosk.enrolment.presentation import picture
from kiosk.enrolment.screen import Touch
from kiosk.enrolment.session import EnrolmentSession
from kiosk.enrolment.sides import PATIENTS_OWN, Side
from kiosk.enrolment.steps import JourneyKind, Step
from tests.fakes.card_slot import card, person
from tests.fakes.enrolment_rig import EnrolmentRig
from tests.fakes.operators import PHARMACIST_PIN, PREPARER_PIN
from tests.fakes.programme import Programme
from wire.records import RecordKind

PROGRAMME = Programme()
OWN = (
    Step.NOTICE,
    Step.CONSENT,
    Step.BREAK_GLASS,
    Step.CENTRE_15,
    Step.CONSULTATION,
    Step.FEEDING,
    Step.CONTACT,
)


@pytest.fixture
def rig() -> EnrolmentRig:
    """A counter with a paired second screen, nobody before it."""
    made = EnrolmentRig(JourneyKind.COUNTER, PROGRAMME)
    made.go(Step.ATTRACT)
    pair(made)
    return made


def pair(rig: EnrolmentRig) -> str:
    second = rig.session.second_screen
    second.show_code(rig.touch())
    code = rig.session.screen().pairing_code
    assert code is not None
    return second.pair(code)


def touch(rig: EnrolmentRig, side: Side) -> Touch:
    return Touch(rig.journey.visit, rig.step, side)


ANSWERS: dict[Step, Callable[[EnrolmentSession, Touch], None]] = {
    **dict.fromkeys(OWN, lambda session, one: session.answer(one, accepted=True)),
    Step.NOTICE: lambda session, one: session.notice_read(one, to_the_end=True),
    Step.CONTACT: lambda session, one: session.reaching.give_no_contact(one),
    Step.SLIP_OFFER: lambda session, one: session.reaching.choose_slip(one, wanted=True),
}


@pytest.mark.parametrize("step", [*OWN, Step.SLIP_OFFER], ids=lambda step: step.value)
def test_the_operator_cannot_answer_for_the_person(step: Step, rig: EnrolmentRig) -> None:
    rig.go(step, contact=False)
    with pytest.raises(StepError):
        ANSWERS[step](rig.session, touch(rig, Side.OPERATOR))
    assert rig.step is step
    ANSWERS[step](rig.session, touch(rig, Side.PATIENT))
    assert rig.step is not step


@pytest.mark.parametrize("step", [Step.WHO, Step.IDENTITY, Step.CONFIRM], ids=lambda step: step.value)
def test_the_person_cannot_do_the_operators_part(step: Step, rig: EnrolmentRig) -> None:
    rig.insert(card(person(), person("JEANNE", "19860101", position=1)))
    rig.go(step)
    session, theirs = rig.session, touch(rig, Side.PATIENT)
    for act in (
        lambda: session.choose_person(theirs, 0),
        lambda: session.attesting.attest(theirs, method="identity_card", statement=True),
        lambda: session.attesting.confirm(theirs, pin=PHARMACIST_PIN),
        lambda: session.edit(theirs, Step.CONSENT),
        lambda: session.choose_aim(theirs, Aim.OPENING),
        lambda: session.go_back(theirs),
        lambda: session.leave(theirs),
        lambda: session.attesting.sign_out(theirs),
        lambda: session.second_screen.unpair(theirs),
    ):
        with pytest.raises(StepError):
            act()
    assert rig.step is step


def test_without_a_second_screen_nothing_counts_as_its(rig: EnrolmentRig) -> None:
    rig.go(Step.CONSENT)
    rig.session.second_screen.unpair(touch(rig, Side.OPERATOR))
    with pytest.raises(StepError):
        rig.session.answer(touch(rig, Side.PATIENT), accepted=True)
    rig.session.answer(touch(rig, Side.OPERATOR), accepted=True)  # the turned screen
    assert rig.step is Step.BREAK_GLASS


def test_the_persons_back_never_leads_to_the_operators_screens(rig: EnrolmentRig) -> None:
    rig.insert(card(person(), person("JEANNE", "19860101", position=1)))
    rig.go(Step.NOTICE)
    with pytest.raises(StepError):
        rig.session.go_back(touch(rig, Side.PATIENT))
    rig.go(Step.CONSENT)
    rig.session.go_back(touch(rig, Side.PATIENT))
    assert rig.step is Step.NOTICE


def test_the_operator_may_stop_or_go_back_while_the_person_answers(rig: EnrolmentRig) -> None:
    rig.go(Step.CENTRE_15)
    rig.session.go_back(touch(rig, Side.OPERATOR))
    assert rig.step is Step.BREAK_GLASS
    rig.session.leave(touch(rig, Side.OPERATOR))
    assert rig.step is Step.TAKE_CARD


def test_the_person_may_stop_on_their_own_steps(rig: EnrolmentRig) -> None:
    rig.go(Step.CONSENT)
    rig.session.leave(touch(rig, Side.PATIENT))
    assert rig.step is Step.TAKE_CARD


@pytest.mark.parametrize("step", sorted(PATIENTS_OWN & set(OWN), key=lambda step: step.value))
def test_no_code_is_shown_on_a_screen_that_the_person_reads(step: Step, rig: EnrolmentRig) -> None:
    rig.go(step)
    rig.session.second_screen.unpair(touch(rig, Side.OPERATOR))
    with pytest.raises(StepError):
        rig.session.second_screen.show_code(touch(rig, Side.OPERATOR))


def test_a_hall_terminal_has_no_second_screen() -> None:
    hall = EnrolmentRig(JourneyKind.HALL, PROGRAMME)
    with pytest.raises(StepError):
        hall.session.second_screen.show_code(hall.touch())


def test_the_second_screen_ends_with_the_counter_session(rig: EnrolmentRig) -> None:
    token = pair(rig)
    rig.session.attesting.sign_out(touch(rig, Side.OPERATOR))
    assert not rig.session.second_screen.knows(token)


def test_the_second_screen_ends_with_a_quarter_of_an_hour_of_silence(rig: EnrolmentRig) -> None:
    rig.wait(15 * 60)
    assert rig.step is Step.SIGN_IN
    assert not rig.session.second_screen.is_paired


def test_the_second_screen_outlives_one_patient(rig: EnrolmentRig) -> None:
    rig.go(Step.CONSENT)
    rig.session.leave(touch(rig, Side.PATIENT))
    rig.pull()
    assert rig.session.second_screen.is_paired


def test_a_code_leaves_the_screen_after_five_minutes(rig: EnrolmentRig) -> None:
    rig.session.second_screen.unpair(touch(rig, Side.OPERATOR))
    rig.session.second_screen.show_code(touch(rig, Side.OPERATOR))
    before = rig.session.screen().revision
    rig.wait(301)
    assert rig.session.screen().pairing_code is None
    assert rig.session.screen().revision > before


# What each side sees


@pytest.mark.parametrize("step", [Step.WHO, Step.IDENTITY, Step.CONFIRM, Step.DONE], ids=lambda step: step.value)
def test_between_its_steps_the_persons_screen_knows_nothing_of_anybody(step: Step, rig: EnrolmentRig) -> None:
    rig.insert(card(person(), person("JEANNE", "19860101", position=1)))
    rig.go(Step.CONFIRM if step is Step.DONE else step)
    if step is Step.DONE:
        rig.session.attesting.confirm(rig.touch())
    assert rig.step is step
    shown = picture(rig.session, Side.PATIENT)
    assert shown["body"] == "enrolment/patient/waiting.html"
    assert (shown["journey"].person, shown["journey"].card, shown["journey"].answers) == (None, None, ())
    assert (shown["choices"], shown["recap"], shown["compared"], shown["screen"].operator) == ([], [], [], None)


def test_while_the_person_answers_the_operator_sees_what_is_asked_and_what_was_said(rig: EnrolmentRig) -> None:
    rig.go(Step.BREAK_GLASS)
    rig.session.answer(touch(rig, Side.PATIENT), accepted=False)
    shown = picture(rig.session)
    assert shown["body"] == "enrolment/counter/answering.html"
    assert "15" in shown["asked_now"]
    assert [(one.name, one.words) for one in shown["recap"]] == [("creation", ("Oui",)), ("break_glass", ("Non",))]


def test_the_persons_language_is_for_the_persons_screen_only(rig: EnrolmentRig) -> None:
    rig.go(Step.CONSENT)
    rig.session.choose_comfort("language", "ar", Side.PATIENT)
    assert picture(rig.session, Side.PATIENT)["language"].code == "ar"
    assert picture(rig.session)["language"].code == "fr"
    rig.go(Step.IDENTITY)
    assert picture(rig.session, Side.PATIENT)["language"].code == "ar"
    assert picture(rig.session)["language"].code == "fr"


def test_on_a_turned_screen_the_operators_steps_stay_in_the_operators_language(rig: EnrolmentRig) -> None:
    rig.session.second_screen.unpair(touch(rig, Side.OPERATOR))
    rig.session.choose_comfort("language", "en")
    rig.go(Step.CONSENT)
    assert picture(rig.session)["language"].code == "en"
    rig.go(Step.IDENTITY)
    assert picture(rig.session)["language"].code == "fr"


def test_in_a_hall_the_agents_part_is_in_the_agents_language() -> None:
    hall = EnrolmentRig(JourneyKind.HALL, PROGRAMME)
    hall.session.choose_comfort("language", "ar")
    hall.go(Step.IDENTITY)
    shown = picture(hall.session)
    assert (shown["language"].code, shown["operator_language"].code) == ("ar", "fr")
    assert shown["o"]("identity.agent_part") == "Partie réservée à l’agent"  # noqa: RUF001 - French


def test_the_menu_on_the_persons_screen_does_not_cover_the_operators(rig: EnrolmentRig) -> None:
    rig.go(Step.CONSENT)
    rig.session.choose_comfort("menu", "open", Side.PATIENT)
    assert picture(rig.session, Side.PATIENT)["screen"].menu_open
    assert not picture(rig.session)["screen"].menu_open


def test_the_operator_does_not_change_the_persons_screen(rig: EnrolmentRig) -> None:
    with pytest.raises(StepError):
        rig.session.choose_comfort("language", "en")


def test_the_next_person_finds_the_standard_language(rig: EnrolmentRig) -> None:
    rig.go(Step.CONSENT)
    rig.session.choose_comfort("language", "ar", Side.PATIENT)
    rig.session.leave(touch(rig, Side.PATIENT))
    rig.pull()
    rig.session.tick()
    assert picture(rig.session, Side.PATIENT)["language"].code == "fr"


# The count of touches (issue 3: at most three of the operator's after the PIN when nothing is typed)


class Counted:
    """Walks a willing person's visit and counts the touches of each side."""

    def __init__(self, rig: EnrolmentRig) -> None:
        self.rig = rig
        self.touches = dict.fromkeys(Side, 0)
        plain = rig.touch

        def counting() -> Touch:
            touched = plain()
            side = Side.PATIENT if touched.step in PATIENTS_OWN else Side.OPERATOR
            self.touches[side] += 1
            return touched

        rig.touch = counting  # type: ignore[method-assign]

    def visit(self) -> None:
        rig = self.rig
        rig.insert(card(person()))
        rig.go(Step.CONFIRM, contact=False)
        rig.session.attesting.confirm(rig.touch())
        assert rig.step is Step.DONE
        rig.session.leave(rig.touch())
        rig.pull()
        assert rig.step is Step.ATTRACT


@pytest.mark.parametrize("is_paired", [True, False])
def test_three_touches_of_the_pharmacist_make_an_opening(is_paired: bool) -> None:
    rig = EnrolmentRig(JourneyKind.COUNTER, PROGRAMME)
    rig.go(Step.ATTRACT)
    if is_paired:
        pair(rig)
    counted = Counted(rig)
    counted.visit()
    counted.visit()  # the session stays: no PIN for the second patient
    assert counted.touches[Side.OPERATOR] == 2 * 3
    assert len(rig.store.of(RecordKind.ENROLMENT)) == 2


def test_what_a_preparer_made_ready_waits_for_a_pharmacists_pin() -> None:
    rig = EnrolmentRig(JourneyKind.COUNTER, PROGRAMME, pin_at_counter=PREPARER_PIN)
    rig.go(Step.CONFIRM)
    for pin in ("", PREPARER_PIN, "000000"):
        rig.session.attesting.confirm(rig.touch(), pin=pin)
        assert rig.step is Step.CONFIRM
    rig.session.attesting.confirm(rig.touch(), pin=PHARMACIST_PIN)
    assert rig.step is Step.DONE


# The professional's card


def test_a_card_pulled_at_rest_signs_out() -> None:
    rig = EnrolmentRig(JourneyKind.COUNTER, PROGRAMME)
    rig.professional.inside = ProfessionalCard("0990000001")
    rig.go(Step.ATTRACT)
    rig.professional.inside = None
    rig.session.tick()
    assert rig.step is Step.SIGN_IN


def test_a_card_pulled_during_a_visit_signs_out_after_it_also_when_a_card_is_back() -> None:
    rig = EnrolmentRig(JourneyKind.COUNTER, PROGRAMME)
    rig.professional.inside = ProfessionalCard("0990000001")
    rig.go(Step.CONSENT)
    rig.professional.inside = None
    rig.session.tick()
    assert rig.step is Step.CONSENT
    rig.professional.inside = ProfessionalCard("0990000002")
    rig.session.tick()
    rig.go(Step.CONFIRM)
    rig.session.attesting.confirm(rig.touch())
    rig.session.tick()
    assert rig.step is Step.SIGN_IN


def test_who_signed_in_without_a_card_is_not_signed_out_by_one() -> None:
    rig = EnrolmentRig(JourneyKind.COUNTER, PROGRAMME)
    rig.go(Step.ATTRACT)
    rig.professional.inside = ProfessionalCard("0990000001")
    rig.session.tick()
    assert rig.session.screen().has_card
    rig.professional.inside = None
    rig.session.tick()
    assert rig.step is Step.ATTRACT
