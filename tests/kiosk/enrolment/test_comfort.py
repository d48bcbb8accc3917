from __future__ import annotations

import dataclasses
import hashlib

import pytest

from kiosk.enrolment.comfort import Comfort, Contrast
from kiosk.enrolment.errors import CardFault, StepError
from kiosk.enrolment.silence import Silence, judge
from kiosk.enrolment.steps import JourneyKind, Step
from kiosk.enrolment.texts import load_texts
from tests.fakes.card_slot import card, person
from tests.fakes.enrolment_rig import EnrolmentRig

LANGUAGES = ("fr", "en", "ar")
FAMILY = card(person("CAMILLE", "19850214"), person("JEANNE", "19600101", position=1))


def comfort(rig: EnrolmentRig) -> Comfort:
    return rig.session.screen().comfort


@pytest.mark.parametrize(
    ("field", "value", "chosen"),
    [
        ("language", "ar", Comfort(language="ar")),
        ("contrast", "high", Comfort(contrast=Contrast.HIGH)),
        ("text", "200", Comfort(text=200)),
        ("low", "on", Comfort(low=True)),
        ("voice", "on", Comfort(voice=True)),
        ("calm", "on", Comfort(calm=True)),
        ("patience", "3", Comfort(patience=3)),
        ("keypad", "on", Comfort(keypad=True)),
    ],
)
def test_each_thing_can_be_chosen(field: str, value: str, chosen: Comfort) -> None:
    assert Comfort().with_choice(field, value, LANGUAGES) == chosen


@pytest.mark.parametrize(
    ("field", "value"),
    [
        ("language", "xx"),
        ("language", ""),
        ("contrast", "loud"),
        ("text", "120"),
        ("text", "-1"),
        ("low", "maybe"),
        ("patience", "0"),
        ("patience", "1000000"),
        ("__class__", "on"),
        ("", ""),
    ],
)
def test_nothing_else_can_be_chosen(field: str, value: str) -> None:
    with pytest.raises(StepError):
        Comfort().with_choice(field, value, LANGUAGES)


def test_a_switch_goes_off_again() -> None:
    assert Comfort(low=True).with_choice("low", "off", LANGUAGES) == Comfort()


def test_more_time_ends_at_three_times() -> None:
    assert [Comfort(patience=times).more_patience for times in (1, 2, 3)] == [2, 3, 3]


def test_changing_the_screen_never_changes_the_step() -> None:
    rig = EnrolmentRig()
    rig.go(Step.CONSENT)
    visit = rig.journey.visit
    rig.session.choose_comfort("text", "200")
    rig.session.choose_comfort("menu", "open")
    assert (rig.step, rig.journey.visit) == (Step.CONSENT, visit)


def test_every_change_is_drawn_and_no_change_is_not() -> None:
    rig = EnrolmentRig()
    before = rig.session.screen().revision
    rig.session.choose_comfort("contrast", "high")
    after = rig.session.screen().revision
    rig.session.choose_comfort("contrast", "high")
    assert (after - before, rig.session.screen().revision - after) == (1, 0)


def test_the_next_person_finds_the_standard_screen() -> None:
    rig = EnrolmentRig()
    rig.session.choose_comfort("language", "ar")
    rig.session.choose_comfort("text", "200")
    rig.insert(FAMILY)
    assert comfort(rig) == Comfort(language="ar", text=200)
    rig.session.leave(rig.touch())
    assert comfort(rig).language == "ar"  # they still have to read "take your card"
    rig.pull()
    assert (rig.step, comfort(rig)) == (Step.ATTRACT, Comfort())


def test_a_card_put_in_while_the_last_person_is_thanked_begins_with_the_standard_screen() -> None:
    rig = EnrolmentRig()
    rig.session.choose_comfort("language", "en")
    rig.go(Step.CONSENT)
    rig.session.answer(rig.touch(), accepted=False)
    assert comfort(rig).language == "en"
    rig.insert(FAMILY)
    assert (rig.step, comfort(rig)) == (Step.WHO, Comfort())


def test_whoever_tries_again_after_a_fault_keeps_their_screen() -> None:
    rig = EnrolmentRig()
    rig.session.choose_comfort("language", "en")
    rig.reader.insert(CardFault.MUTE)
    rig.session.tick()
    assert rig.step is Step.STOPPED
    rig.insert()
    assert comfort(rig).language == "en"


def test_a_screen_that_somebody_changed_and_left_goes_back_by_itself() -> None:
    rig = EnrolmentRig()
    rig.session.choose_comfort("language", "ar")
    rig.session.choose_comfort("menu", "open")
    rig.wait(59)
    assert comfort(rig).language == "ar"
    rig.wait(2)
    assert comfort(rig) == Comfort()
    assert not rig.session.screen().menu_open


def test_who_asked_for_more_time_is_warned_and_wiped_later() -> None:
    rig = EnrolmentRig()
    rig.go(Step.CONSENT)
    rig.session.choose_comfort("patience", "2")
    rig.wait(61)
    assert rig.step is Step.CONSENT
    assert not rig.session.screen().warning
    rig.wait(30)
    assert rig.session.screen().warning
    rig.wait(30)
    assert rig.step is Step.TAKE_CARD


@pytest.mark.parametrize("times", [1, 2, 3])
def test_silence_is_counted_as_often_as_was_asked(times: int) -> None:
    assert judge(Step.CONSENT, 44.9 * times, times) is Silence.FINE
    assert judge(Step.CONSENT, 45 * times, times) is Silence.WARN
    assert judge(Step.CONSENT, 60 * times, times) is Silence.OVER


def test_the_evidence_names_the_language_each_text_was_really_shown_in() -> None:
    rig = EnrolmentRig()
    rig.go(Step.CONSENT)
    rig.session.choose_comfort("language", "ar")
    rig.clock.forward(7)
    rig.session.answer(rig.touch(), accepted=True)
    answer = rig.journey.answers[0]
    assert rig.journey.notice is not None
    assert (rig.journey.notice.language, answer.shown.language) == ("fr", "ar")
    assert answer.shown.sha256 == hashlib.sha256(load_texts("ar").evidence["creation"].words()).digest()
    assert answer.shown.seconds_shown == 7


def test_a_person_at_a_counter_chooses_their_language_and_the_pharmacist_attests_in_theirs() -> None:
    rig = EnrolmentRig(JourneyKind.COUNTER)
    rig.go(Step.ATTRACT)
    rig.session.choose_comfort("language", "ar")
    rig.go(Step.CONFIRM)
    assert rig.journey.answers[0].shown.language == "ar"
    assert rig.journey.identity is not None
    assert rig.journey.identity.statement.language == "fr"


def test_a_terminal_wakes_up_in_the_first_of_its_languages() -> None:
    rig = EnrolmentRig()
    rig.whereabouts.place = dataclasses.replace(rig.whereabouts.place, languages=("ar", "fr", "xx"))
    rig.restart()
    assert comfort(rig).language == "ar"
    assert [language.code for language in rig.session.languages] == ["ar", "fr"]
