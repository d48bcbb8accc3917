"""Notice and questions: what was read, what was answered, and what a "no" ends. Pure.

Sources: domain/dmp.md §16 C1-C12; design.md §6 (open questions, nothing preselected); invariant 4.
"""

from __future__ import annotations

from datetime import datetime

from kiosk.enrolment.errors import StepError
from kiosk.enrolment.journey import UNSAID, Journey
from kiosk.enrolment.steps import ENDED_BY_NO, QUESTION_OF, JourneyKind, Step
from kiosk.enrolment.texts import Text
from wire.evidence import AlertWish, Answer
from wire.identifiers import milliseconds

EMERGENCY = frozenset({Step.BREAK_GLASS, Step.CENTRE_15})


def read_notice(journey: Journey, text: Text, at: datetime) -> Journey:
    """The notice was gone through to its end: the holder's or representative's, or the minor's own page."""
    shown = text.shown(journey.shown_at, at)
    if journey.step is Step.MINOR_NOTICE:
        return journey.on(at, minor_notice=shown)
    journey.expect(Step.NOTICE)
    return journey.on(at, notice=shown)


def answer(journey: Journey, text: Text, *, accepted: bool, at: datetime) -> Journey:
    """The answer to the question now shown; where "no" ends the visit, it ends honoured and without data."""
    question = QUESTION_OF.get(journey.step)
    if question is None:
        raise StepError("no question is shown")
    if not accepted and journey.step in ENDED_BY_NO:
        return journey.ended(ENDED_BY_NO[journey.step], at, ended_by=question, place=journey.place)
    given = Answer(
        question=question,
        accepted=accepted,
        shown=text.shown(journey.shown_at, at),
        answered_ms=milliseconds(at),
        pre_ticked=is_pre_ticked(journey),
    )
    others = tuple(one for one in journey.answers if one.question is not question)
    return journey.on(at, answers=(*others, given), **UNSAID)


def is_pre_ticked(journey: Journey) -> bool:
    """Whether "allow" stands chosen here: the guide's way (EX_1.1-1050), at a counter whose office wants it."""
    is_wanted = journey.place is not None and journey.place.pre_ticked_emergency
    return is_wanted and journey.kind is JourneyKind.COUNTER and journey.step in EMERGENCY


def wish_alerts(journey: Journey, wish: AlertWish, at: datetime) -> Journey:
    """C5: when the holder wants to be told."""
    journey.expect(Step.ALERTS)
    return journey.on(at, alerts=wish, **UNSAID)
