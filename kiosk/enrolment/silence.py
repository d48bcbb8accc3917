"""How long nobody may touch before a warning and before all is wiped. Pure arithmetic on seconds."""

from __future__ import annotations

import enum
from dataclasses import dataclass

from kiosk.enrolment.steps import PERSONAL, Step


class Silence(enum.Enum):
    """What the present silence asks for."""

    FINE = "fine"
    WARN = "warn"
    OVER = "over"


@dataclass(frozen=True, slots=True)
class Patience:
    """Seconds without a touch until the warning (None: no warning) and until the screen is left."""

    warn: float | None
    over: float


_PERSON = Patience(warn=45, over=60)  # domain/dmp.md §16
_PAPER = Patience(warn=150, over=180)  # an agent comes with a roll of paper; the code is still in memory
_LAST_WORD = Patience(warn=None, over=20)
_PANEL = Patience(warn=None, over=120)
_STOPPED = Patience(warn=None, over=12)

_OF_STEP = {
    **dict.fromkeys(PERSONAL - {Step.READING, Step.STATUS}, _PERSON),  # these two have their port's own deadline
    Step.PAPER: _PAPER,
    Step.THANKS: _LAST_WORD,
    Step.DONE: _LAST_WORD,
    Step.REFUSED: _LAST_WORD,
    Step.UNCHANGED: _LAST_WORD,
    Step.DAY: _PANEL,
    Step.PANEL_PIN: _PERSON,
    Step.PANEL: _PANEL,
    Step.STOPPED: _STOPPED,
}


def judge(step: Step, silent_for: float, times: int = 1) -> Silence:
    """What ``silent_for`` seconds on a step ask for; a step without patience waits for ever.

    ``times`` is how much longer than usual this person asked to be given.
    """
    patience = _OF_STEP.get(step)
    if patience is None:
        return Silence.FINE
    if silent_for >= patience.over * times:
        return Silence.OVER
    return Silence.WARN if patience.warn is not None and silent_for >= patience.warn * times else Silence.FINE


def is_abandoned(step: Step, silent_for: float) -> bool:
    """Whether somebody who changed the waiting screen's language or size, and put no card in, has gone away."""
    return step in {Step.ATTRACT, Step.SIGN_IN} and silent_for >= _PERSON.over
