"""One journey, two sides: what those who work here touch, and what is the person's own. Pure.

Sources: domain/dmp.md §16 (b) P4-P8 (notice, consents and contact are the person's, on a turned screen or on one of
their own); decision 0018. While the person has a screen of their own, nobody can answer in their place: a touch on one
of their steps counts from their side only, a touch on any other step from the operator's only.
"""

from __future__ import annotations

import enum

from kiosk.enrolment.steps import QUESTION_OF, Step


class Side(enum.Enum):
    """From where a touch comes: by the address it was posted to, never by a field of the form."""

    OPERATOR = "operator"  # the terminal's own screen; in a hall it is the person's as well
    PATIENT = "patient"  # the second screen, once it is paired


PATIENTS_OWN = frozenset(QUESTION_OF) | {
    Step.NOTICE,
    Step.MINOR_NOTICE,
    Step.CONTACT,
    Step.PROOF,
    Step.ALERTS,
    Step.OWN_CONTACT,
    Step.OTHER_PARENT,
    Step.SLIP_OFFER,
}
"""At a counter these are read and answered by the person."""


def may_touch(side: Side, step: Step, *, is_paired: bool) -> bool:
    """Whether an answer to this step counts from this side."""
    if side is Side.PATIENT:
        return is_paired and step in PATIENTS_OWN
    return not (is_paired and step in PATIENTS_OWN)


def may_leave(side: Side, step: Step, *, is_paired: bool) -> bool:
    """Whether a way out counts from this side: stop, back, ask for something else. The operator's always does."""
    return side is Side.OPERATOR or may_touch(side, step, is_paired=is_paired)


def may_go_back(side: Side, before: Step | None) -> bool:
    """Whether "back" counts: the person's own screen never leads back to a step of the operator's."""
    return side is Side.OPERATOR or before in PATIENTS_OWN
