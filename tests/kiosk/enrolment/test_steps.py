from __future__ import annotations

import pytest
from hypothesis import given
from hypothesis import strategies as st

from kiosk.enrolment.steps import AFTER, PATHS, JourneyKind, Step, first_open, kind_of, may_move, progress, step_back
from wire.records import SubChannel

KINDS = st.sampled_from(JourneyKind)
STEPS = st.sampled_from(Step)
ANSWERED = st.frozensets(st.sampled_from(PATHS[JourneyKind.HALL][:-1]))


@given(KINDS, STEPS, STEPS, ANSWERED)
def test_nobody_gets_ahead_of_an_open_question(
    kind: JourneyKind, at: Step, to: Step, answered: frozenset[Step]
) -> None:
    path = PATHS[kind]
    if to in path and may_move(kind, at, to, answered) and to not in AFTER.get(at, ()):
        assert set(path[: path.index(to)]) <= answered


@given(KINDS, STEPS, ANSWERED)
def test_printing_follows_only_the_last_confirmation_or_missing_paper(
    kind: JourneyKind, at: Step, answered: frozenset[Step]
) -> None:
    if may_move(kind, at, Step.PRINTING, answered):
        assert at in {Step.CONFIRM, Step.PRINTING, Step.PAPER}


@pytest.mark.parametrize("kind", JourneyKind)
def test_both_journeys_ask_for_the_identity_right_before_the_confirmation(kind: JourneyKind) -> None:
    assert PATHS[kind][-2:] == (Step.IDENTITY, Step.CONFIRM)


@pytest.mark.parametrize("kind", JourneyKind)
def test_the_two_emergency_questions_are_two_steps_of_both_journeys(kind: JourneyKind) -> None:
    assert {Step.BREAK_GLASS, Step.CENTRE_15} <= set(PATHS[kind])


def test_only_the_hall_shows_a_summary_of_its_own() -> None:
    assert Step.SUMMARY in PATHS[JourneyKind.HALL]
    assert Step.SUMMARY not in PATHS[JourneyKind.COUNTER]


def test_with_everything_answered_the_confirmation_is_open() -> None:
    assert first_open(JourneyKind.HALL, frozenset(PATHS[JourneyKind.HALL][:-1])) is Step.CONFIRM


def test_back_never_lands_on_the_question_to_central() -> None:
    assert step_back(JourneyKind.HALL, Step.NOTICE, frozenset()) is Step.WHO


def test_back_leaves_out_a_screen_that_was_never_asked() -> None:
    assert step_back(JourneyKind.COUNTER, Step.IDENTITY, frozenset({Step.SLIP_OFFER})) is Step.CONTACT


def test_there_is_no_way_back_from_the_first_question() -> None:
    assert step_back(JourneyKind.HALL, Step.WHO, frozenset()) is None


def test_progress_counts_the_screens_a_person_sees() -> None:
    assert progress(JourneyKind.HALL, Step.WHO) == (1, 9)
    assert progress(JourneyKind.COUNTER, Step.CONFIRM) == (8, 8)
    assert progress(JourneyKind.HALL, Step.ATTRACT) is None


def test_a_counter_terminal_has_the_pharmacists_journey() -> None:
    assert kind_of(SubChannel.COUNTER) is JourneyKind.COUNTER
    assert kind_of(SubChannel.HALL_TERMINAL) is JourneyKind.HALL
