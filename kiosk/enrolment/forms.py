"""What a posted form may hold, read with limits; anything else counts as not typed."""

from __future__ import annotations

import enum
from typing import TypeVar

from werkzeug.datastructures import MultiDict

from kiosk.enrolment.errors import StepError
from kiosk.enrolment.scan import LONGEST, LONGEST_PREFIX
from kiosk.enrolment.screen import Touch
from kiosk.enrolment.sides import Side
from kiosk.enrolment.steps import Step

_LONGEST = 300  # characters of any field: an e-mail has 254
Form = MultiDict[str, str]
Word = TypeVar("Word", bound=enum.Enum)


def touch_of(step: str, form: Form, side: Side = Side.OPERATOR) -> Touch:
    """On which screen of which visit the touch was made; from which side, the address says.

    Raises:
        StepError: not a screen or a visit at all.
    """
    visit = text(form, "visit")
    try:
        return Touch(int(visit), Step(step), side, text(form, "language") or None)
    except ValueError:
        raise StepError("this is not a screen of ours") from None


def text(form: Form, name: str) -> str:
    """A field as typed, cut to its limit; empty when absent."""
    return form.get(name, "")[:_LONGEST]


def scan(form: Form) -> str:
    """What a scanner typed, prefix and all; a longer one is cut to what is too long to be one."""
    return form.get("code", "")[: LONGEST_PREFIX + LONGEST + 1]


def number(form: Form, name: str) -> int:
    """A small whole number; -2, which is nobody's position, when it is none; -1 is somebody who is not on the card."""
    value = text(form, name)
    if value == "-1":
        return -1
    return int(value) if value.isascii() and value.isdigit() and len(value) <= 3 else -2  # noqa: PLR2004 - 19 persons


def yes_or_no(form: Form, name: str) -> bool:
    """An answer: exactly ``yes`` or ``no``, so that a lost field is never taken for one.

    Raises:
        StepError: neither.
    """
    value = text(form, name)
    if value not in {"yes", "no"}:
        raise StepError("this question is answered with yes or no")
    return value == "yes"


def ticked(form: Form, *names: str) -> bool:
    """Whether every one of these boxes is ticked."""
    return all(text(form, name) == "1" for name in names)


def word(form: Form, name: str, kind: type[Word]) -> Word:
    """The member of an enumeration that a field names by its value.

    Raises:
        StepError: none of them.
    """
    try:
        return kind(text(form, name))
    except ValueError:
        raise StepError("this is not a word of ours") from None
