"""Which screen may follow which: the two journeys as data, and one pure rule over them.

Sources: domain/dmp.md §16 (a) K0-K17 for the hall, (b) P1-P12 for the counter; invariant 4 of design.md §3.
The asked steps of a journey form a path. A step of the path may be shown when every step before it is answered; so
back and edits are free, and nobody gets ahead of an open question. All other moves stand in ``AFTER``.
"""

from __future__ import annotations

import enum

from wire.evidence import Question
from wire.records import SubChannel


class JourneyKind(enum.Enum):
    """Who leads through the screens."""

    HALL = "hall"  # the person alone, an agent within reach
    COUNTER = "counter"  # the pharmacist, who turns the screen for the person's own answers


class Step(enum.Enum):
    """One screen each; the comment names the screens of domain/dmp.md §16."""

    OUT_OF_SERVICE = "out_of_service"
    SIGN_IN = "sign_in"  # P1
    ATTRACT = "attract"  # K0, K1, P2
    READING = "reading"  # K2, P2
    WHO = "who"  # K3, P2
    STATUS = "status"  # K4, P3: central is being asked
    EXISTING = "existing"  # K4, P3: a dossier exists, the journey ends
    NOTICE = "notice"  # K5, P4
    CONSENT = "consent"  # K6, C1
    BREAK_GLASS = "break_glass"  # K7, C2
    CENTRE_15 = "centre_15"  # K8, C3
    CONTACT = "contact"  # K9, P6
    SLIP_OFFER = "slip_offer"  # neither e-mail nor mobile: slip B is offered
    SUMMARY = "summary"  # K13
    IDENTITY = "identity"  # K14, P5 (operator's statement) and P9
    CONFIRM = "confirm"  # K15, P10
    PRINTING = "printing"  # K16, P11: commit, then paper
    PAPER = "paper"  # a slip is missing or doubtful; the record exists
    THANKS = "thanks"  # K17
    DONE = "done"  # P12
    REFUSED = "refused"
    STOPPED = "stopped"
    TAKE_CARD = "take_card"


PATHS: dict[JourneyKind, tuple[Step, ...]] = {
    JourneyKind.HALL: (
        Step.WHO,
        Step.STATUS,
        Step.NOTICE,
        Step.CONSENT,
        Step.BREAK_GLASS,
        Step.CENTRE_15,
        Step.CONTACT,
        Step.SLIP_OFFER,
        Step.SUMMARY,
        Step.IDENTITY,
        Step.CONFIRM,
    ),
    JourneyKind.COUNTER: (
        Step.WHO,
        Step.STATUS,
        Step.NOTICE,
        Step.CONSENT,
        Step.BREAK_GLASS,
        Step.CENTRE_15,
        Step.CONTACT,
        Step.SLIP_OFFER,
        Step.IDENTITY,
        Step.CONFIRM,
    ),
}

# A journey may end at any moment, and a card may come in at any resting screen.
_ANYTIME = frozenset(
    {Step.OUT_OF_SERVICE, Step.SIGN_IN, Step.ATTRACT, Step.READING, Step.STOPPED, Step.TAKE_CARD},
)
AFTER: dict[Step, frozenset[Step]] = {
    Step.READING: frozenset({Step.WHO}),
    Step.STATUS: frozenset({Step.EXISTING}),
    Step.CONSENT: frozenset({Step.REFUSED}),
    Step.CONFIRM: frozenset({Step.PRINTING}),
    Step.PRINTING: frozenset({Step.PRINTING, Step.PAPER, Step.THANKS, Step.DONE}),
    Step.PAPER: frozenset({Step.PRINTING, Step.THANKS, Step.DONE}),
}

QUESTION_OF: dict[Step, Question] = {
    Step.CONSENT: Question.CREATION,
    Step.BREAK_GLASS: Question.BREAK_GLASS,
    Step.CENTRE_15: Question.CENTRE_15,
}

# Screens on which a new card starts a new journey: nobody is in the middle of one.
RESTING = frozenset(
    {Step.ATTRACT, Step.STOPPED, Step.TAKE_CARD, Step.THANKS, Step.DONE, Step.REFUSED, Step.EXISTING},
)
# Screens that hold a person's data: pulling the card or silence wipes them.
PERSONAL = frozenset({Step.READING, *PATHS[JourneyKind.HALL]})
# Asked by the machine, never by going back: central answers once.
_NO_WAY_BACK = frozenset({Step.STATUS})


def kind_of(sub_channel: SubChannel) -> JourneyKind:
    """The journey of a terminal by where it stands."""
    return JourneyKind.COUNTER if sub_channel is SubChannel.COUNTER else JourneyKind.HALL


def first_open(kind: JourneyKind, answered: frozenset[Step]) -> Step:
    """The first step of the path that is not answered; CONFIRM is never answered, so there is always one."""
    return next(step for step in PATHS[kind] if step not in answered)


def may_move(kind: JourneyKind, at: Step, to: Step, answered: frozenset[Step]) -> bool:
    """Whether ``to`` may be shown after ``at``, with these steps answered."""
    if to in _ANYTIME or to in AFTER.get(at, ()):
        return True
    path = PATHS[kind]
    return at in path and to in path and path.index(to) <= path.index(first_open(kind, answered))


def step_back(kind: JourneyKind, at: Step, unasked: frozenset[Step]) -> Step | None:
    """The asked step before ``at``, None where there is none; ``unasked`` are steps this person never saw."""
    path = PATHS[kind]
    if at not in path:
        return None
    before = path[: path.index(at)]
    return next((step for step in reversed(before) if step not in unasked | _NO_WAY_BACK), None)


def progress(kind: JourneyKind, at: Step) -> tuple[int, int] | None:
    """How far a person is (from 1) and of how many, for the indicator; None off the path."""
    seen = [step for step in PATHS[kind] if step not in {Step.STATUS, Step.SLIP_OFFER}]
    shown = {Step.STATUS: Step.WHO, Step.SLIP_OFFER: Step.CONTACT, Step.PRINTING: Step.CONFIRM}.get(at, at)
    return (seen.index(shown) + 1, len(seen)) if shown in seen else None
