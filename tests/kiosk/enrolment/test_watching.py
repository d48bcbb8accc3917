"""The two pure rules of the beat: what the slot asks for, and what silence asks for."""

from __future__ import annotations

import pytest

from kiosk.enrolment.attendance import SIGNED_IN_FOR, Attendance
from kiosk.enrolment.card_watch import CardEvent, card_event
from kiosk.enrolment.faults import Fault
from kiosk.enrolment.ports import CardPresence, ReaderState
from kiosk.enrolment.silence import Silence, judge
from kiosk.enrolment.steps import PERSONAL, RESTING, Step

EMPTY = CardPresence(ReaderState.EMPTY, 3)
SAME = CardPresence(ReaderState.PRESENT, 3)
NEW = CardPresence(ReaderState.PRESENT, 4)


@pytest.mark.parametrize("step", sorted(PERSONAL, key=lambda step: step.value))
def test_an_empty_slot_under_a_persons_data_is_a_pulled_card(step: Step) -> None:
    assert card_event(step, None, EMPTY, 3) is CardEvent.PULLED


@pytest.mark.parametrize("step", [Step.PRINTING, Step.PAPER, Step.SIGN_IN, Step.OUT_OF_SERVICE])
@pytest.mark.parametrize("presence", [EMPTY, SAME, NEW])
def test_the_card_does_not_matter_while_slips_are_made_or_nobody_may_enrol(step: Step, presence: CardPresence) -> None:
    assert card_event(step, None, presence, 3) is CardEvent.NOTHING


@pytest.mark.parametrize("step", sorted(RESTING | PERSONAL, key=lambda step: step.value))
def test_a_new_card_begins_a_visit_and_the_old_one_does_not(step: Step) -> None:
    assert card_event(step, None, NEW, 3) is CardEvent.BEGIN
    assert card_event(step, None, SAME, 3) is CardEvent.NOTHING


def test_taking_a_wrong_card_out_ends_its_screen_and_a_pulled_one_is_still_explained() -> None:
    assert card_event(Step.STOPPED, Fault.WRONG_CARD_BANK, EMPTY, 3) is CardEvent.HOME
    assert card_event(Step.STOPPED, Fault.PULLED, EMPTY, 3) is CardEvent.NOTHING


def test_a_reader_that_is_gone_is_not_a_slot_that_is_empty() -> None:
    gone = CardPresence(ReaderState.NO_READER, 3)
    assert card_event(Step.ATTRACT, None, gone, 3) is CardEvent.READER_GONE
    assert card_event(Step.STOPPED, Fault.NO_READER, gone, 3) is CardEvent.NOTHING
    assert card_event(Step.STOPPED, Fault.NO_READER, EMPTY, 3) is CardEvent.HOME


@pytest.mark.parametrize("step", sorted(PERSONAL, key=lambda step: step.value))
@pytest.mark.parametrize("state", [ReaderState.NO_READER, ReaderState.NO_SERVICE])
def test_a_reader_that_goes_under_a_persons_data_is_not_called_a_pulled_card(step: Step, state: ReaderState) -> None:
    assert card_event(step, None, CardPresence(state, 3), 3) is CardEvent.READER_GONE


@pytest.mark.parametrize("said", [Fault.PULLED, Fault.SWAPPED, Fault.NO_SERVICE])
def test_a_reader_that_is_seen_to_be_gone_a_moment_later_is_said_then(said: Fault) -> None:
    assert card_event(Step.STOPPED, said, CardPresence(ReaderState.NO_READER, 3), 3) is CardEvent.READER_GONE


@pytest.mark.parametrize("step", [Step.ATTRACT, Step.SIGN_IN, Step.PRINTING, Step.OUT_OF_SERVICE, Step.TAKE_CARD])
def test_some_screens_wait_for_ever(step: Step) -> None:
    assert judge(step, 10**9) is Silence.FINE


def test_last_words_leave_without_a_warning() -> None:
    assert judge(Step.THANKS, 19.9) is Silence.FINE
    assert judge(Step.THANKS, 20) is Silence.OVER


def test_a_touch_keeps_the_counter_session() -> None:
    attendance = Attendance()
    attendance.seen(SIGNED_IN_FOR)
    assert not attendance.is_over(10 * SIGNED_IN_FOR)  # nobody is signed in
