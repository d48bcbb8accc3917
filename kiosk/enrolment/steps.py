"""The screens, and which may follow which. What a journey asks, and in what order, stands in :mod:`.course`.

Sources: domain/dmp.md §16 (a) K0-K17 for the hall, (b) P1-P12 for the counter, (c) M1-M9 for minors and protected
adults; invariant 4 of design.md §3. The asked steps of a journey form a path. A step of the path may be shown when
every step before it is answered; so back and edits are free, and nobody gets ahead of an open question. All other
moves stand in ``AFTER``.
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
    DAY = "day"  # P12: the counter's day and month
    PANEL_PIN = "panel_pin"  # the agent's panel: who opens it
    PANEL = "panel"
    READING = "reading"  # K2, P2
    WHO = "who"  # K3, P2, M2
    PROTECTION = "protection"  # an accompanied adult: represented or assisted
    REPRESENTATIVE = "representative"  # M1: who accompanies
    REPRESENTATIVE_NAME = "representative_name"  # M1: somebody who is not on the card
    QUALITY = "quality"  # M3
    DECLARATION = "declaration"  # M3, C8
    STATUS = "status"  # K4, P3: central is being asked
    AIM = "aim"  # K4, P3: what the person came for, when there is a choice
    NOTICE = "notice"  # K5, P4
    MINOR_NOTICE = "minor_notice"  # M5: the child's or the teenager's own page
    HEARD = "heard"  # M5, C9
    CONSENT = "consent"  # K6, C1
    REACTIVATE = "reactivate"  # C10
    BREAK_GLASS = "break_glass"  # K7, C2
    CENTRE_15 = "centre_15"  # K8, C3
    CLOSE = "close"  # C11
    DELETE = "delete"  # C11
    OPPOSE = "oppose"  # C12
    OWN_WILL = "own_will"  # M6: from 16 the teenager confirms
    CONSULTATION = "consultation"  # P7, C6
    FEEDING = "feeding"  # P8, C7
    CONTACT = "contact"  # K9, P6, M7
    PROOF = "proof"  # K10
    ALERTS = "alerts"  # K11, C5
    OWN_CONTACT = "own_contact"  # M7: the teenager's own
    OTHER_PARENT = "other_parent"  # M9
    SLIP_OFFER = "slip_offer"  # neither e-mail nor mobile: slip B is offered
    SUMMARY = "summary"  # K13
    IDENTITY = "identity"  # K14, P5 (operator's statement) and P9
    CONFIRM = "confirm"  # K15, P10
    PRINTING = "printing"  # K16, P11: commit, then paper
    PAPER = "paper"  # a slip is missing or doubtful; the record exists
    THANKS = "thanks"  # K17
    DONE = "done"  # P12
    REFUSED = "refused"  # "no" to the creation, honoured
    UNCHANGED = "unchanged"  # "no" to anything else: nothing was recorded
    STOPPED = "stopped"
    TAKE_CARD = "take_card"


QUESTION_OF: dict[Step, Question] = {
    Step.DECLARATION: Question.DECLARATION,
    Step.HEARD: Question.HEARD,
    Step.CONSENT: Question.CREATION,
    Step.REACTIVATE: Question.REACTIVATION,
    Step.BREAK_GLASS: Question.BREAK_GLASS,
    Step.CENTRE_15: Question.CENTRE_15,
    Step.CLOSE: Question.CLOSURE,
    Step.DELETE: Question.DELETION,
    Step.OPPOSE: Question.OPPOSITION,
    Step.OWN_WILL: Question.OWN_WILL,
    Step.CONSULTATION: Question.CONSULTATION,
    Step.FEEDING: Question.FEEDING,
}
STEP_OF: dict[Question, Step] = {question: step for step, question in QUESTION_OF.items()}

# Where "no" ends the visit: a refused creation is counted, everything else leaves no trace.
ENDED_BY_NO: dict[Step, Step] = {
    Step.CONSENT: Step.REFUSED,
    Step.REACTIVATE: Step.UNCHANGED,
    Step.CLOSE: Step.UNCHANGED,
    Step.OPPOSE: Step.UNCHANGED,
    Step.DECLARATION: Step.UNCHANGED,
    Step.OWN_WILL: Step.UNCHANGED,
}

# A journey may end at any moment, and a card may come in at any resting screen.
_ANYTIME = frozenset(
    {Step.OUT_OF_SERVICE, Step.SIGN_IN, Step.ATTRACT, Step.READING, Step.STOPPED, Step.TAKE_CARD},
)
AFTER: dict[Step, frozenset[Step]] = {
    Step.READING: frozenset({Step.WHO}),
    **{step: frozenset({end}) for step, end in ENDED_BY_NO.items()},
    Step.REFUSED: frozenset({Step.REFUSED}),  # the slip that says how to change one's mind is on its way
    Step.CONFIRM: frozenset({Step.PRINTING}),
    Step.PRINTING: frozenset({Step.PRINTING, Step.PAPER, Step.THANKS, Step.DONE}),
    Step.PAPER: frozenset({Step.PRINTING, Step.THANKS, Step.DONE}),
}

# Screens on which a new card starts a new journey: nobody is in the middle of one.
RESTING = frozenset(
    {
        Step.ATTRACT,
        Step.DAY,
        Step.PANEL_PIN,
        Step.PANEL,
        Step.STOPPED,
        Step.TAKE_CARD,
        Step.THANKS,
        Step.DONE,
        Step.REFUSED,
        Step.UNCHANGED,
    },
)
# Of those who look after the terminal: open over whatever keeps it from enrolling.
PANEL_STEPS = frozenset({Step.PANEL_PIN, Step.PANEL})
# Asked by the machine, never by going back: central answers once.
_NO_WAY_BACK = frozenset({Step.STATUS})
_OFF_PATH = RESTING | {Step.OUT_OF_SERVICE, Step.SIGN_IN, Step.READING, Step.PRINTING, Step.PAPER}
ASKED = frozenset(Step) - _OFF_PATH
# Screens that hold a person's data: pulling the card or silence wipes them.
PERSONAL = ASKED | {Step.READING}

Path = tuple[Step, ...]


def kind_of(sub_channel: SubChannel) -> JourneyKind:
    """The journey of a terminal by where it stands."""
    return JourneyKind.COUNTER if sub_channel is SubChannel.COUNTER else JourneyKind.HALL


def first_open(path: Path, answered: frozenset[Step]) -> Step:
    """The first step of the path that is not answered; its last one never is, so there is always one."""
    return next((step for step in path[:-1] if step not in answered), path[-1])


def may_move(path: Path, at: Step, to: Step, answered: frozenset[Step]) -> bool:
    """Whether ``to`` may be shown after ``at``, with these steps answered."""
    if to in _ANYTIME or to in AFTER.get(at, ()):
        return True
    return at in path and to in path and path.index(to) <= path.index(first_open(path, answered))


def step_back(path: Path, at: Step, unasked: frozenset[Step]) -> Step | None:
    """The asked step before ``at``, None where there is none; ``unasked`` are steps this person never saw."""
    if at not in path:
        return None
    before = path[: path.index(at)]
    return next((step for step in reversed(before) if step not in unasked | _NO_WAY_BACK), None)


def progress(path: Path, at: Step, unasked: frozenset[Step]) -> tuple[int, int] | None:
    """How far a person is (from 1) and of how many, for the indicator; None off the path."""
    seen = [step for step in path if step not in (unasked | _NO_WAY_BACK) - {at}]
    shown = {Step.PRINTING: Step.CONFIRM}.get(at, at)
    return (seen.index(shown) + 1, len(seen)) if shown in seen else None
