"""A finished journey → the record that travels: administrative facts, and what is sealed for the vault. Pure.

Sources: invariants 4 and 12 of design.md §3; §5 (kinds of records); domain/dmp.md §4, §6, §16. The traits travel
unmodified (EX_GEN-1250).
"""

from __future__ import annotations

from collections.abc import Callable
from dataclasses import dataclass
from datetime import datetime
from functools import partial
from typing import TypeVar

from cryptography.hazmat.primitives.asymmetric.x25519 import X25519PrivateKey

from kiosk.enrolment.company import representation
from kiosk.enrolment.course import Aim
from kiosk.enrolment.errors import StepError
from kiosk.enrolment.holder import CardContents, CardHolder
from kiosk.enrolment.journey import Journey
from kiosk.enrolment.place import TerminalPlace
from kiosk.enrolment.ports import RecordDraft
from kiosk.enrolment.steps import QUESTION_OF, Step, first_open
from wire.codes import ActivationCode, Locator
from wire.dossier_keys import EmergencyChoices, code_key, make_vault_part
from wire.evidence import Answer, CardEvidence, NamedPerson, Question, Traits
from wire.facts import (
    ClosureFacts,
    CodeReissueFacts,
    ConsentChangeFacts,
    ContactChangeFacts,
    EnrolmentFacts,
    OppositionFacts,
    PendingInsFacts,
    PersonFacts,
    ReactivationFacts,
)
from wire.identifiers import RecordId
from wire.records import RecordKind
from wire.vault_parts import VaultChange, VaultPart

SlipSecrets = tuple[Locator, ActivationCode]
T = TypeVar("T")
Opening = TypeVar("Opening", EnrolmentFacts, ReactivationFacts)


@dataclass(frozen=True, slots=True, repr=False)
class Drawn:
    """What chance gives a record: its id, a new dossier's key, and a slip's locator and code when one is printed."""

    record_id: RecordId
    dossier: X25519PrivateKey
    slip: SlipSecrets | None


def draft(journey: Journey, place: TerminalPlace, at: datetime, drawn: Drawn, language: str) -> RecordDraft:
    """The record of a confirmed journey.

    Must hold, else nothing is made:

    1. every step of the course was asked and answered, down to the identity check;
    2. a card was read and a person chosen on it;
    3. whoever accompanies was named, with quality and declaration.

    Not checked here: whether central agrees; that is central's.

    Raises:
        StepError: one of these is missing.
    """
    if journey.aim is None or first_open(journey.path, journey.answered) is not Step.CONFIRM:  # 1
        raise StepError("something was not asked, answered or attested")
    facts = _pending(journey, place) if not journey.has_number else _FACTS[journey.aim](journey, place)  # 2, 3
    kind = RecordKind(facts.__struct_config__.tag)
    vault = None if kind is RecordKind.PENDING_INS else _vault(journey, place, drawn, language)
    return RecordDraft(drawn.record_id, kind, at, facts, vault)


def _vault(journey: Journey, place: TerminalPlace, drawn: Drawn, language: str) -> VaultPart | VaultChange:
    slip = drawn.slip
    if journey.aim is Aim.OPENING:
        choices = EmergencyChoices(
            break_glass=journey.answer_to(Question.BREAK_GLASS) is True,
            centre_15=journey.answer_to(Question.CENTRE_15) is True,
        )
        return make_vault_part(
            drawn.dossier,
            drawn.record_id,
            place.terminal,
            place.trust,
            choices,
            slip,
            contact=journey.contact if journey.reachable_by_web else None,
            language=language,
        )
    public = None if slip is None else code_key(slip[1], drawn.record_id).public_key().public_bytes_raw()
    return VaultChange(
        locator=None if slip is None else slip[0].value,
        code_public=public,
        break_glass=journey.answer_to(Question.BREAK_GLASS),
        centre_15=journey.answer_to(Question.CENTRE_15),
        contact=journey.contact,
        is_closed={Aim.CLOSURE: True, Aim.REACTIVATION: False}.get(journey.aim) if journey.aim else None,
        delete_now=journey.answer_to(Question.DELETION) is True,
        language=language,
    )


def _opening(form: type[Opening], journey: Journey, place: TerminalPlace) -> Opening:
    """A first opening, or one of a dossier that was closed: both are asked everything."""
    return form(
        traits=_traits(journey, place),
        card=_card(journey),
        contact=_said(journey.contact),
        notice=_said(journey.notice),
        answers=_answers(journey),
        identity_check=_said(journey.identity),
        activation_slip=journey.activation_slip,
        alerts=_alerts(journey),
        representation=representation(journey),
    )


def _new_code(journey: Journey, place: TerminalPlace) -> CodeReissueFacts:
    return CodeReissueFacts(
        traits=_traits(journey, place),
        card=_card(journey),
        identity_check=_said(journey.identity),
        copy_number=journey.copies + 1,
        representation=representation(journey),
    )


def _consent_change(journey: Journey, place: TerminalPlace) -> ConsentChangeFacts:
    return ConsentChangeFacts(
        traits=_traits(journey, place),
        card=_card(journey),
        answers=_answers(journey),
        identity_check=_said(journey.identity),
        representation=representation(journey),
    )


def _contact_change(journey: Journey, place: TerminalPlace) -> ContactChangeFacts:
    return ContactChangeFacts(
        traits=_traits(journey, place),
        card=_card(journey),
        contact=_said(journey.contact),
        identity_check=_said(journey.identity),
        alerts=_alerts(journey),
        representation=representation(journey),
    )


def _closure(journey: Journey, place: TerminalPlace) -> ClosureFacts:
    return ClosureFacts(
        traits=_traits(journey, place),
        card=_card(journey),
        answers=_answers(journey),
        identity_check=_said(journey.identity),
        representation=representation(journey),
    )


def _opposition(journey: Journey, place: TerminalPlace) -> OppositionFacts:
    return OppositionFacts(
        traits=_traits(journey, place),
        card=_card(journey),
        answers=_answers(journey),
        identity_check=_said(journey.identity),
        representation=representation(journey),
    )


def _pending(journey: Journey, place: TerminalPlace) -> PendingInsFacts:
    person, company = _person(journey), representation(journey)
    if company is None:
        raise StepError("who has no number is a child, and somebody stands beside it")
    return PendingInsFacts(
        person=NamedPerson(
            family_name=person.family_name,
            given_name=person.given_name,
            birth_date=person.birth_date,
            position=person.position,
            country=person.country,
        ),
        ins_oid=place.ins_authority.value,
        card=_card(journey),
        contact=_said(journey.contact),
        notice=_said(journey.notice),
        answers=_answers(journey),
        identity_check=_said(journey.identity),
        representation=company,
        alerts=_alerts(journey),
    )


_FACTS: dict[Aim, Callable[[Journey, TerminalPlace], PersonFacts]] = {
    Aim.OPENING: partial(_opening, EnrolmentFacts),
    Aim.REACTIVATION: partial(_opening, ReactivationFacts),
    Aim.NEW_CODE: _new_code,
    Aim.CONSENT_CHANGE: _consent_change,
    Aim.CONTACT_CHANGE: _contact_change,
    Aim.CLOSURE: _closure,
    Aim.OPPOSITION: _opposition,
}


def _said(value: T | None) -> T:
    if value is None:
        raise StepError("something was not said")
    return value


def _answers(journey: Journey) -> tuple[Answer, ...]:
    """The answers of this course, in the order of its questions; those of another course were thrown away."""
    order = [QUESTION_OF[step] for step in journey.path if step in QUESTION_OF]
    return tuple(sorted(journey.answers, key=lambda answer: order.index(answer.question)))


def _alerts(journey: Journey) -> str | None:
    return None if journey.alerts is None or not journey.reachable_by_web else journey.alerts.value


def _person(journey: Journey) -> CardHolder:
    if journey.card is None or journey.person is None:
        raise StepError("no person was chosen")
    return journey.person


def _traits(journey: Journey, place: TerminalPlace) -> Traits:
    person = _person(journey)
    if person.nir is None:
        raise StepError("this person has no number")
    return Traits(
        nir=person.nir.compact,
        ins_oid=place.ins_authority.value,
        family_name=person.family_name,
        given_name=person.given_name,
        birth_date=person.birth_date,
        position=person.position,
        country=person.country,
    )


def _card(journey: Journey) -> CardEvidence:
    card: CardContents | None = journey.card
    if card is None:
        raise StepError("no card was read")
    return CardEvidence(
        family=card.family.value,
        atr=card.atr,
        identity_file=card.identity_file,
        serial=card.serial,
        valid_from=card.valid_from,
        warnings=tuple(warning.value for warning in card.warnings),
    )
