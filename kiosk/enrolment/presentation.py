"""Session → what the templates print: sentences by code, progress, who may be chosen. Pure reading."""

from __future__ import annotations

from dataclasses import dataclass
from typing import Any

import msgspec

from kiosk.enrolment.contact import mobile_as_written
from kiosk.enrolment.evidence import METHODS, attestation
from kiosk.enrolment.faults import SHORT_CODES, Fault
from kiosk.enrolment.holder import CardContents, CardHolder
from kiosk.enrolment.journey import EDITABLE, Journey
from kiosk.enrolment.rules import PARIS, Eligibility, eligibility, local_day
from kiosk.enrolment.session import EnrolmentSession
from kiosk.enrolment.slips import date_on_card
from kiosk.enrolment.steps import PATHS, PERSONAL, QUESTION_OF, JourneyKind, Step, progress, step_back
from kiosk.enrolment.texts import Texts
from wire.evidence import Question

_QUESTION_PAGE = "question"
# On these the counter's screen is turned to the person.
PATIENT_FACING = frozenset(QUESTION_OF)


@dataclass(frozen=True, slots=True, repr=False)
class Choice:
    """One person of the card as a button; ``reason`` says why it is greyed, empty when it is not."""

    position: int
    name: str
    birth_date: str
    masked_nir: str
    reason: str


def picture(session: EnrolmentSession) -> dict[str, Any]:
    """Everything a template may print, by name."""
    screen = session.screen()
    journey, texts = screen.journey, session.texts
    step = journey.step
    question = QUESTION_OF.get(step)
    return {
        "screen": screen,
        "journey": journey,
        "step": step.value,
        "kind": journey.kind.value,
        "at_counter": journey.kind is JourneyKind.COUNTER,
        "body": f"enrolment/steps/{_QUESTION_PAGE if question else step.value}.html",
        "texts": texts,
        "question": None if question is None else texts.asked(question),
        "given": None if question is None else journey.answer_to(question),
        "given_answers": {one.value: journey.answer_to(one) for one in Question},
        "asked": {one.value: texts.asked(one) for one in Question},
        "statement": attestation(texts, journey.kind),
        "methods": [method.value for method in METHODS[journey.kind]],
        "choices": _choices(journey, texts),
        "progress": progress(journey.kind, step),
        "path": [(one.value, one in journey.answered) for one in PATHS[journey.kind] if one not in _UNLISTED],
        "can_go_back": step_back(journey.kind, step, frozenset()) is not None and step is not Step.STATUS,
        "can_leave": step in PERSONAL,
        "patient_facing": step in PATIENT_FACING,
        "editable": [one.value for one in PATHS[journey.kind] if one in EDITABLE],
        "complaint": _complaint(journey, texts),
        "fault": _fault(journey, texts),
        "paper_fault": _words(Fault.PAPER, journey, texts),
        "mobile": _mobile(journey),
        "terminal": screen.terminal,
        "office": screen.place.office_name if screen.place else "",
    }


_UNLISTED = frozenset({Step.STATUS, Step.SLIP_OFFER})


def _choices(journey: Journey, texts: Texts) -> list[Choice]:
    card = journey.card
    return [] if card is None else [_choice(person, card, journey, texts) for person in card.persons]


def _choice(person: CardHolder, card: CardContents, journey: Journey, texts: Texts) -> Choice:
    verdict = eligibility(person, card, local_day(journey.shown_at))
    return Choice(
        position=person.position,
        name=f"{person.given_name} {person.family_name}".strip(),
        birth_date=date_on_card(person.birth_date),
        masked_nir="" if person.nir is None else person.nir.masked(),
        reason="" if verdict is Eligibility.MAY else texts.sentences[verdict.value],
    )


def _mobile(journey: Journey) -> str:
    mobile = None if journey.contact is None else journey.contact.mobile
    return "" if mobile is None else mobile_as_written(mobile)


def _complaint(journey: Journey, texts: Texts) -> str:
    if journey.complaint is None:
        return ""
    until = "" if journey.complaint_until is None else f"{journey.complaint_until.astimezone(PARIS):%H:%M}"
    return texts.sentences[journey.complaint].format(until=until)


def _fault(journey: Journey, texts: Texts) -> dict[str, str] | None:
    if journey.fault is None:
        return None
    return {**_words(journey.fault, journey, texts), "detail": journey.fault_code or ""}


def _words(fault: Fault, journey: Journey, texts: Texts) -> dict[str, str]:
    return {**msgspec.structs.asdict(texts.faults[journey.kind][fault]), "code": SHORT_CODES[fault]}
