from __future__ import annotations

import pytest
from hypothesis import given
from hypothesis import strategies as st

from kiosk.enrolment.course import Aim, Party, aims_offered, obvious_aim, path
from kiosk.enrolment.steps import (
    AFTER,
    ASKED,
    PERSONAL,
    RESTING,
    JourneyKind,
    Path,
    Step,
    first_open,
    kind_of,
    may_move,
    progress,
    step_back,
)
from wire.configuration import Regime
from wire.records import SubChannel
from wire.status import PersonStatus

KINDS = st.sampled_from(JourneyKind)
STEPS = st.sampled_from(Step)
ANSWERED = st.frozensets(st.sampled_from(sorted(ASKED, key=lambda step: step.value)))
PATHS = st.builds(path, KINDS, st.sampled_from(Party), st.sampled_from([*Aim, None]))
COURSES = [(kind, party, aim) for kind in JourneyKind for party in Party for aim in Aim]
NOTHING: frozenset[Step] = frozenset()


@given(PATHS, STEPS, STEPS, ANSWERED)
def test_nobody_gets_ahead_of_an_open_question(course: Path, at: Step, to: Step, answered: frozenset[Step]) -> None:
    if to in course and may_move(course, at, to, answered) and to not in AFTER.get(at, ()):
        assert set(course[: course.index(to)]) <= answered


@given(PATHS, STEPS, ANSWERED)
def test_printing_follows_only_the_last_confirmation_or_missing_paper(
    course: Path, at: Step, answered: frozenset[Step]
) -> None:
    if may_move(course, at, Step.PRINTING, answered):
        assert at in {Step.CONFIRM, Step.PRINTING, Step.PAPER}


@pytest.mark.parametrize(("kind", "party", "aim"), COURSES)
def test_every_course_asks_for_the_identity_right_before_the_confirmation(
    kind: JourneyKind, party: Party, aim: Aim
) -> None:
    assert path(kind, party, aim)[-2:] == (Step.IDENTITY, Step.CONFIRM)


@pytest.mark.parametrize(("kind", "party", "aim"), COURSES)
def test_no_course_has_a_step_twice(kind: JourneyKind, party: Party, aim: Aim) -> None:
    course = path(kind, party, aim)
    assert len(set(course)) == len(course)


@pytest.mark.parametrize("kind", JourneyKind)
@pytest.mark.parametrize("party", Party)
def test_no_opening_without_notice_consent_and_both_emergency_questions(kind: JourneyKind, party: Party) -> None:
    assert {Step.NOTICE, Step.CONSENT, Step.BREAK_GLASS, Step.CENTRE_15} <= set(path(kind, party, Aim.OPENING))


@pytest.mark.parametrize("kind", JourneyKind)
@pytest.mark.parametrize("aim", Aim)
def test_who_is_accompanied_has_a_named_representative_with_a_declaration(kind: JourneyKind, aim: Aim) -> None:
    for party in set(Party) - {Party.SELF}:
        assert {Step.REPRESENTATIVE, Step.QUALITY, Step.DECLARATION} <= set(path(kind, party, aim))


def test_a_teenager_confirms_and_a_child_is_heard() -> None:
    teen, child = (path(JourneyKind.HALL, party, Aim.OPENING) for party in (Party.TEEN, Party.CHILD))
    assert {Step.OWN_WILL, Step.HEARD, Step.MINOR_NOTICE} <= set(teen)
    assert Step.OWN_WILL not in child
    assert {Step.HEARD, Step.MINOR_NOTICE} <= set(child)


def test_a_represented_adult_is_heard_and_an_assisted_one_answers_alone() -> None:
    assert Step.HEARD in path(JourneyKind.HALL, Party.REPRESENTED, Aim.OPENING)
    assert Step.HEARD not in path(JourneyKind.HALL, Party.ASSISTED, Aim.OPENING)


def test_only_the_hall_shows_a_summary_of_its_own() -> None:
    assert Step.SUMMARY in path(JourneyKind.HALL, Party.SELF, Aim.OPENING)
    assert Step.SUMMARY not in path(JourneyKind.COUNTER, Party.SELF, Aim.OPENING)


def test_only_the_counter_asks_about_the_pharmacys_own_access() -> None:
    assert {Step.CONSULTATION, Step.FEEDING} <= set(path(JourneyKind.COUNTER, Party.SELF, Aim.OPENING))
    assert not {Step.CONSULTATION, Step.FEEDING} & set(path(JourneyKind.HALL, Party.SELF, Aim.OPENING))


def test_with_everything_answered_the_confirmation_is_open() -> None:
    course = path(JourneyKind.HALL, Party.SELF, Aim.OPENING)
    assert first_open(course, frozenset(course[:-1])) is Step.CONFIRM


def test_without_an_aim_the_course_ends_where_one_is_chosen() -> None:
    course = path(JourneyKind.HALL, Party.SELF, None)
    assert first_open(course, frozenset(Step)) is Step.AIM


def test_back_never_lands_on_the_question_to_central() -> None:
    course = path(JourneyKind.HALL, Party.SELF, Aim.OPENING)
    assert step_back(course, Step.NOTICE, frozenset({Step.AIM})) is Step.WHO


def test_back_leaves_out_a_screen_that_was_never_asked() -> None:
    course = path(JourneyKind.COUNTER, Party.SELF, Aim.OPENING)
    assert step_back(course, Step.IDENTITY, frozenset({Step.SLIP_OFFER, Step.PROOF})) is Step.CONTACT


def test_there_is_no_way_back_from_the_first_question() -> None:
    assert step_back(path(JourneyKind.HALL, Party.SELF, None), Step.WHO, NOTHING) is None


def test_progress_counts_the_screens_a_person_sees() -> None:
    course = path(JourneyKind.HALL, Party.SELF, Aim.OPENING)
    unseen = frozenset({Step.AIM, Step.PROOF, Step.ALERTS, Step.SLIP_OFFER})
    assert progress(course, Step.WHO, unseen) == (1, 9)
    assert progress(course, Step.CONFIRM, unseen) == (9, 9)
    assert progress(course, Step.ATTRACT, unseen) is None


def test_every_screen_rests_or_holds_a_person_or_is_one_of_the_machines_own() -> None:
    own = {Step.OUT_OF_SERVICE, Step.SIGN_IN, Step.PRINTING, Step.PAPER}
    assert RESTING | PERSONAL | own == set(Step)
    assert not RESTING & PERSONAL


def test_a_counter_terminal_has_the_pharmacists_journey() -> None:
    assert kind_of(SubChannel.COUNTER) is JourneyKind.COUNTER
    assert kind_of(SubChannel.HALL_TERMINAL) is JourneyKind.HALL


@pytest.mark.parametrize(
    ("status", "regime", "obvious"),
    [
        (PersonStatus.NONE, Regime.OPT_IN, Aim.OPENING),
        (PersonStatus.NONE, Regime.OPT_OUT, None),
        (PersonStatus.UNKNOWN, Regime.OPT_IN, Aim.OPENING),
        (PersonStatus.UNKNOWN, Regime.OPT_OUT, Aim.OPENING),
        (PersonStatus.ACTIVE, Regime.OPT_IN, None),
        (PersonStatus.CLOSED, Regime.OPT_IN, None),
    ],
)
def test_only_what_is_obvious_is_not_asked(status: PersonStatus, regime: Regime, obvious: Aim | None) -> None:
    assert obvious_aim(status, regime, has_number=True) is obvious


@pytest.mark.parametrize("status", PersonStatus)
def test_opposition_is_offered_only_where_dossiers_open_by_themselves(status: PersonStatus) -> None:
    assert Aim.OPPOSITION not in aims_offered(status, Regime.OPT_IN, has_number=True)
    offered = Aim.OPPOSITION in aims_offered(status, Regime.OPT_OUT, has_number=True)
    assert offered == (status in {PersonStatus.NONE, PersonStatus.UNKNOWN})


@pytest.mark.parametrize("status", PersonStatus)
def test_without_a_number_nothing_but_an_opening_can_be_asked_for(status: PersonStatus) -> None:
    assert aims_offered(status, Regime.OPT_OUT, has_number=False) == (Aim.OPENING,)
