"""What a posted form may hold, read with limits; anything else counts as not typed."""

from __future__ import annotations

from werkzeug.datastructures import MultiDict

from kiosk.enrolment.errors import StepError
from kiosk.enrolment.screen import Touch
from kiosk.enrolment.steps import Step

_LONGEST = 300  # characters of any field: an e-mail has 254
Form = MultiDict[str, str]


def touch_of(step: str, form: Form) -> Touch:
    """On which screen of which visit the touch was made.

    Raises:
        StepError: not a screen or a visit at all.
    """
    visit = text(form, "visit")
    try:
        return Touch(int(visit), Step(step))
    except ValueError:
        raise StepError("this is not a screen of ours") from None


def text(form: Form, name: str) -> str:
    """A field as typed, cut to its limit; empty when absent."""
    return form.get(name, "")[:_LONGEST]


def number(form: Form, name: str) -> int:
    """A small whole number; -1, which is nobody's position, when it is none."""
    value = text(form, name)
    return int(value) if value.isascii() and value.isdigit() and len(value) <= 3 else -1  # noqa: PLR2004 - 19 persons


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


def step_named(form: Form, name: str) -> Step:
    """The step a field names.

    Raises:
        StepError: none of ours.
    """
    try:
        return Step(text(form, name))
    except ValueError:
        raise StepError("this is not a screen of ours") from None
