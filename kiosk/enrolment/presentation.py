"""Session → what the templates print: words by key, progress, who may be chosen. Pure reading.

At a counter the screens that the pharmacist reads are in the language of those who work there, in the terminal's
standard look; what the person chose is for the screens turned to the person, and for a screen of their own.
"""

from __future__ import annotations

import functools
from dataclasses import dataclass
from typing import Any

import msgspec

from kiosk.enrolment.comfort import Comfort
from kiosk.enrolment.company import qualities
from kiosk.enrolment.consents import is_pre_ticked
from kiosk.enrolment.contact import mobile_as_written
from kiosk.enrolment.counter_views import counter_picture
from kiosk.enrolment.evidence import METHODS
from kiosk.enrolment.faults import TABLE, Fault
from kiosk.enrolment.holder import CardContents, CardHolder
from kiosk.enrolment.journey import Journey
from kiosk.enrolment.panel_views import panel_picture
from kiosk.enrolment.recap import Say, birth_date_of, compared, named, recap
from kiosk.enrolment.rules import MAJORITY, PARIS, Eligibility, admission, adults, age_of, local_day
from kiosk.enrolment.scanning import SCANNED_ON
from kiosk.enrolment.screen import Screen
from kiosk.enrolment.seen_by import is_in_persons_language, is_watched, seen_by, waits
from kiosk.enrolment.session import EnrolmentSession
from kiosk.enrolment.sides import Side, may_go_back
from kiosk.enrolment.slips import date_on_card
from kiosk.enrolment.steps import PERSONAL, QUESTION_OF, JourneyKind, Step
from kiosk.enrolment.texts import Texts
from wire.evidence import Contact
from wire.proofs import ContactKind

_TEMPLATE_OF = {**dict.fromkeys(QUESTION_OF, "question"), Step.MINOR_NOTICE: "notice"}
_UNLISTED = frozenset({Step.STATUS, Step.SLIP_OFFER, Step.REPRESENTATIVE_NAME})


@dataclass(frozen=True, slots=True, repr=False)
class Choice:
    """One person of the card as a button; ``reason`` says why it is greyed, empty when it is not."""

    position: int
    name: str
    birth_date: str
    masked_nir: str
    reason: str
    is_minor: bool


@dataclass(frozen=True, slots=True)
class Stop:
    """One stop of the operator's column: where the course is, and the answer where there was a question."""

    step: str
    is_done: bool
    said: bool | None


def picture(session: EnrolmentSession, side: Side = Side.OPERATOR) -> dict[str, Any]:
    """Everything a template may print, by name, as this side may see it."""
    screen = seen_by(session.screen(), side)
    journey = screen.journey
    texts = session.texts if is_in_persons_language(screen, side) else session.operator_texts
    say = functools.partial(_say, texts, journey.kind)
    return {
        **_frame(screen, session, texts, side),
        **_texts_of_step(journey, texts),
        **_people(journey, texts),
        **_typed(journey),
        **panel_picture(screen, texts),
        **counter_picture(screen, session.operator_texts, side),
        "t": say,
        "o": functools.partial(_say, session.operator_texts, journey.kind),
        "operator_language": session.operator_texts.language,
        "statement": session.operator_texts.attestation(journey.kind, journey.party),
        "methods": [method.value for method in METHODS[journey.kind]],
        "qualities": qualities(journey.party),
        "aim": "enrolment" if journey.aim is None else journey.aim.value,
        "recap": recap(journey, say),
        "compared": compared(journey),
        "complaint": _complaint(journey, texts),
        "fault": _fault(journey, texts),
        "paper_fault": _words(Fault.PAPER, journey, texts),
    }


def _frame(screen: Screen, session: EnrolmentSession, texts: Texts, side: Side) -> dict[str, Any]:
    journey, step = screen.journey, screen.journey.step
    is_persons = is_in_persons_language(screen, side)
    return {
        "screen": screen,
        "journey": journey,
        "step": step.value,
        "kind": journey.kind.value,
        "at_counter": journey.kind is JourneyKind.COUNTER,
        "patient_facing": journey.kind is JourneyKind.COUNTER and is_persons,
        "body": _body(screen, side),
        "texts": texts,
        "language": texts.language,
        "languages": session.languages,
        "spoken": screen.comfort.language,
        "letters": texts.language.letters,
        "comfort": screen.comfort if is_persons else Comfort(patience=screen.comfort.patience),
        "chosen": screen.comfort,
        "voice_offered": session.voice_offered,
        "scan_prefix": session.scanning.prefix if step in SCANNED_ON and side is Side.OPERATOR else None,
        "progress": None if waits(screen, side) else journey.how_far,
        "path": _path(journey),
        "can_go_back": journey.before is not None and step is not Step.STATUS and may_go_back(side, journey.before),
        "can_leave": step in PERSONAL and not waits(screen, side),
        "terminal": screen.terminal,
        "office": screen.place.office_name if screen.place else "",
    }


def _body(screen: Screen, side: Side) -> str:
    journey, step = screen.journey, screen.journey.step
    if waits(screen, side):
        return "enrolment/patient/waiting.html"
    if is_watched(screen, side):
        return "enrolment/counter/answering.html"
    if is_pre_ticked(journey):
        return "enrolment/steps/question_pre_ticked.html"
    return f"enrolment/steps/{_TEMPLATE_OF.get(step, step.value)}.html"


def _say(texts: Texts, kind: JourneyKind, key: str, *, count: int | None = None, **values: object) -> str:
    return texts.say(key, kind, count=count, **values)


def _texts_of_step(journey: Journey, texts: Texts) -> dict[str, Any]:
    question = QUESTION_OF.get(journey.step)
    own_page = journey.step is Step.MINOR_NOTICE
    return {
        "question": None if question is None else texts.asked_of(question, journey.party),
        "given": None if question is None else journey.answer_to(question),
        "own_page": own_page,
        "notice": texts.notice_for(journey.party, is_own_page=own_page),
    }


def _path(journey: Journey) -> list[Stop]:
    return [
        Stop(
            step.value, step in journey.answered, journey.answer_to(QUESTION_OF[step]) if step in QUESTION_OF else None
        )
        for step in journey.path
        if step not in _UNLISTED | journey.unasked
    ]


def _people(journey: Journey, texts: Texts) -> dict[str, Any]:
    card, day = journey.card, local_day(journey.shown_at)
    others = [] if card is None else [one for one in adults(card, day) if one != journey.person]
    return {
        "choices": [] if card is None else [_choice(person, card, journey, texts) for person in card.persons],
        "companions": [_choice(person, card, journey, texts) for person in others if card is not None],
        "person_name": "" if journey.person is None else named(journey.person),
    }


def _choice(person: CardHolder, card: CardContents, journey: Journey, texts: Texts) -> Choice:
    day = local_day(journey.shown_at)
    verdict = admission(person, card, day, is_accompanied=False)
    return Choice(
        position=person.position,
        name=named(person),
        birth_date=date_on_card(person.birth_date),
        masked_nir="" if person.nir is None else person.nir.masked(),
        reason=texts.sentences[verdict.value] if isinstance(verdict, Eligibility) else "",
        is_minor=(age_of(person.birth_date, day) or 0) < MAJORITY,
    )


def _typed(journey: Journey) -> dict[str, Any]:
    """What stands in the fields when nothing is being typed: what was given before."""
    contact, companion = journey.contact or Contact(), journey.company.representative
    kind = ContactKind.MOBILE if journey.proving is None else journey.proving.contact
    return {
        "mobile": _mobile(contact),
        "email": contact.email or "",
        "own_mobile": _mobile(journey.company.own_contact or Contact()),
        "known_birth_date": "" if companion is None else birth_date_of(companion),
        "proved_contact": kind.value,
        "proved_address": _mobile(contact) if kind is ContactKind.MOBILE else contact.email or "",
    }


def _mobile(contact: Contact) -> str:
    return "" if contact.mobile is None else mobile_as_written(contact.mobile)


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
    words = msgspec.structs.asdict(texts.faults[journey.kind][fault])
    return {**words, "code": TABLE[fault].code, "remedy": texts.remedies[fault]}


__all__ = ["Choice", "Say", "Stop", "picture"]
