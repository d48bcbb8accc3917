"""What was said so far, line by line, for the screens that list it: summary, confirmation, identity check. Pure."""

from __future__ import annotations

from collections.abc import Callable, Iterator
from dataclasses import dataclass

from kiosk.enrolment.contact import mobile_as_written
from kiosk.enrolment.course import Aim
from kiosk.enrolment.journey import Journey
from kiosk.enrolment.slips import date_on_card
from kiosk.enrolment.steps import STEP_OF, Step
from wire.evidence import Contact, NamedPerson, Question

Say = Callable[..., str]
"""A word of the screens by its key (:meth:`kiosk.enrolment.texts.Texts.say`)."""


@dataclass(frozen=True, slots=True, repr=False)
class RecapLine:
    """One line: its label, what was said, and the step in which it is changed; empty where it is not."""

    name: str
    label: str
    words: tuple[str, ...]
    edit: str = ""


@dataclass(frozen=True, slots=True, repr=False)
class Compared:
    """A person whose document is compared; ``role`` is ``holder`` or ``companion``."""

    role: str
    name: str
    birth_date: str


def recap(journey: Journey, say: Say) -> list[RecapLine]:
    """Every answer of this visit in the order of its course."""
    editable = {step.value for step in journey.editable}
    return [
        RecapLine(name, label, words, step.value if step.value in editable else "")
        for step in journey.path
        if step not in journey.unasked
        for name, label, words in _said_on(step, journey, say)
    ]


def compared(journey: Journey) -> list[Compared]:
    """The holder, and who stands beside them."""
    found = []
    if journey.person is not None:
        found.append(Compared("holder", named(journey.person), date_on_card(journey.person.birth_date)))
    companion = journey.company.representative
    if companion is not None:
        found.append(Compared("companion", named(companion), birth_date_of(companion)))
    return found


def named(person: object) -> str:
    """Given name and family name, as a person says it."""
    return f"{getattr(person, 'given_name', '')} {getattr(person, 'family_name', '')}".strip()


def birth_date_of(person: NamedPerson) -> str:
    """As a person writes it; empty when it was not said."""
    return "" if person.birth_date is None else date_on_card(person.birth_date)


def _said_on(step: Step, journey: Journey, say: Say) -> Iterator[tuple[str, str, tuple[str, ...]]]:
    company = journey.company
    question = _QUESTION_OF.get(step)
    if question is not None and journey.answer_to(question) is not None:
        words = say("yes") if journey.answer_to(question) else say("no")
        yield question.value, say(f"recap.{question.value}"), (words,)
    elif step is Step.QUALITY and company.representative is not None and company.quality is not None:
        words = say(f"quality.{company.quality}")
        yield "representative", say("recap.representative"), (named(company.representative), words)
    elif step is Step.CONTACT and journey.contact is not None:
        yield "contact", say("recap.contact"), _contact(journey.contact, say, wants_slip=_wants_slip(journey))
    elif step is Step.ALERTS and journey.alerts is not None:
        yield "alerts", say("recap.alerts"), (say(f"alerts.{journey.alerts.value}"),)
    elif step is Step.OWN_CONTACT and company.own_contact is not None:
        yield "own_contact", say("recap.own_contact"), _contact(company.own_contact, say, wants_slip=False)
    elif step is Step.OTHER_PARENT and company.other_parent is not None:
        yield "other_parent", say("recap.other_parent"), (named(company.other_parent),)


def _contact(contact: Contact, say: Say, *, wants_slip: bool) -> tuple[str, ...]:
    mobile = "" if contact.mobile is None else mobile_as_written(contact.mobile)
    given = [(mobile, contact.mobile_proved), (contact.email or "", contact.email_proved)]
    said = tuple(f"{value} ✓" if is_proved else value for value, is_proved in given if value)
    none = (say("recap.none"), say("recap.slip_wanted")) if wants_slip else (say("recap.none"),)
    return said or none


def _wants_slip(journey: Journey) -> bool:
    return journey.aim is Aim.OPENING and journey.activation_slip


_QUESTION_OF: dict[Step, Question] = {step: question for question, step in STEP_OF.items()}
