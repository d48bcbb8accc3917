"""A finished journey → the facts that travel: traits, card, consent evidence, identity check. Pure.

Sources: invariants 4 and 12 of design.md §3; domain/dmp.md §4; EX_1.1-1010 (the operator's statement is stored).
"""

from __future__ import annotations

import enum
from datetime import datetime

from kiosk.enrolment.errors import StepError
from kiosk.enrolment.holder import CardContents, CardHolder
from kiosk.enrolment.journey import Journey
from kiosk.enrolment.ports import Operator, OperatorRole, RecordDraft, TerminalPlace
from kiosk.enrolment.steps import JourneyKind
from kiosk.enrolment.texts import Text, Texts
from wire.evidence import CardEvidence, IdentityCheck, Question, Traits
from wire.facts import EnrolmentFacts, SlipFacts
from wire.identifiers import RecordId, milliseconds
from wire.records import RecordKind

ASKED = (Question.CREATION, Question.BREAK_GLASS, Question.CENTRE_15)


class IdentityMethod(enum.Enum):
    """What was compared with the card's name; card possession alone proves nothing (dmp.md §16 K14)."""

    IDENTITY_CARD = "identity_card"
    PASSPORT = "passport"
    RESIDENCE_PERMIT = "residence_permit"
    KNOWN_PERSON = "known_person"  # at the counter only: the pharmacist knows the person


METHODS: dict[JourneyKind, tuple[IdentityMethod, ...]] = {
    JourneyKind.HALL: (IdentityMethod.IDENTITY_CARD, IdentityMethod.PASSPORT, IdentityMethod.RESIDENCE_PERMIT),
    JourneyKind.COUNTER: tuple(IdentityMethod),
}
ROLE_THAT_ATTESTS: dict[JourneyKind, OperatorRole] = {
    JourneyKind.HALL: OperatorRole.AGENT,
    JourneyKind.COUNTER: OperatorRole.PHARMACIST,
}


def attestation(texts: Texts, kind: JourneyKind) -> Text:
    """The statement an operator makes: at the counter it holds both boxes, consent (P5) and identity (P9)."""
    return texts.attestation_hall if kind is JourneyKind.HALL else texts.attestation_counter


def identity_check(
    operator: Operator, method: IdentityMethod, statement: Text, shown_at: datetime, at: datetime
) -> IdentityCheck:
    """Who attests, how, when, and in which words."""
    return IdentityCheck(
        operator=operator.operator_id,
        role=operator.role.value,
        method=method.value,
        statement=statement.shown(shown_at, at),
        checked_ms=milliseconds(at),
    )


def enrolment_facts(journey: Journey, place: TerminalPlace) -> EnrolmentFacts:
    """The administrative part of an enrolment.

    Must hold, else nothing is made:

    1. a card was read and a person with a number chosen on it;
    2. the notice was gone through;
    3. creation was accepted, and both emergency questions were answered;
    4. the contact question was answered;
    5. an operator attested the identity.

    Not checked here: age (:mod:`kiosk.enrolment.rules`, when the person was chosen), whether a dossier exists.

    Raises:
        StepError: one of these is missing.
    """
    if journey.card is None or journey.person is None or journey.person.nir is None:  # 1
        raise StepError("no person was chosen")
    if journey.notice is None:  # 2
        raise StepError("the notice was not read")
    if journey.answer_to(Question.CREATION) is not True or {answer.question for answer in journey.answers} != {*ASKED}:
        raise StepError("a question was not answered")  # 3
    if journey.contact is None:  # 4
        raise StepError("the contact was not asked")
    if journey.identity is None:  # 5
        raise StepError("the identity was not checked")
    return EnrolmentFacts(
        traits=_traits(journey.person, place),
        card=_card(journey.card),
        contact=journey.contact,
        notice=journey.notice,
        answers=tuple(sorted(journey.answers, key=lambda answer: ASKED.index(answer.question))),
        identity_check=journey.identity,
        activation_slip=journey.activation_slip,
    )


def refusal(at: datetime) -> RecordDraft:
    """An anonymous refusal: no identity, and time and record id tell no more than the hour."""
    hour = at.replace(minute=0, second=0, microsecond=0)
    return RecordDraft(RecordId.new(hour), RecordKind.REFUSAL, hour, None, None)


def slip_outcome(enrolment: RecordId, slip: str, copy_number: int, result: str, at: datetime) -> RecordDraft:
    """What became of one slip, as a record of its own: the enrolment was durable before it."""
    facts = SlipFacts(
        enrolment_id=enrolment.value,
        slip=slip,
        copy_number=copy_number,
        result=result,
        settled_ms=milliseconds(at),
    )
    return RecordDraft(RecordId.new(at), RecordKind.SLIP_OUTCOME, at, facts, None)


def _traits(person: CardHolder, place: TerminalPlace) -> Traits:
    assert person.nir is not None
    return Traits(
        nir=person.nir.compact,
        ins_oid=place.ins_authority.value,
        family_name=person.family_name,
        given_name=person.given_name,
        birth_date=person.birth_date,
        position=person.position,
        country=person.country,
    )


def _card(card: CardContents) -> CardEvidence:
    return CardEvidence(
        family=card.family.value,
        atr=card.atr,
        identity_file=card.identity_file,
        serial=card.serial,
        valid_from=card.valid_from,
        warnings=tuple(warning.value for warning in card.warnings),
    )
