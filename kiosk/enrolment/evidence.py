"""What proves an enrolment beside the person's answers: identity check, refusals, what became of the paper. Pure.

Sources: invariant 4 of design.md §3; domain/dmp.md §16 K14, P5, P9; EX_1.1-1010 (the operator's statement is stored).
"""

from __future__ import annotations

import enum
from datetime import datetime

from kiosk.enrolment.course import Party
from kiosk.enrolment.place import Operator, OperatorRole
from kiosk.enrolment.ports import RecordDraft
from kiosk.enrolment.steps import JourneyKind
from kiosk.enrolment.texts import Text, Texts
from wire.evidence import IdentityCheck
from wire.facts import SlipFacts
from wire.identifiers import RecordId, milliseconds
from wire.records import RecordKind


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


def attestation(texts: Texts, kind: JourneyKind, party: Party) -> Text:
    """The statement an operator makes: at the counter it holds both boxes, consent (P5) and identity (P9)."""
    return texts.attestation(kind, party)


def identity_check(
    operator: Operator,
    method: IdentityMethod,
    statement: Text,
    shown_at: datetime,
    at: datetime,
    card_serial: str | None = None,
) -> IdentityCheck:
    """Who attests, how, when, and in which words; ``card_serial`` is of the professional's card, if one was there."""
    return IdentityCheck(
        operator=operator.operator_id,
        role=operator.role.value,
        method=method.value,
        statement=statement.shown(shown_at, at),
        checked_ms=milliseconds(at),
        professional_card=card_serial,
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
