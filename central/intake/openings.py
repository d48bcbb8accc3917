"""A dossier opens, or a second enrolment opens nothing; with the terminal's keys, or with some that the vault makes.

Sources: domain/dmp.md §15 transitions 5, 6, 8 and 15; docs/decisions: a refusal wins.
"""

from __future__ import annotations

from msgspec.structs import replace

from central.accounts.service import AccountState
from central.audit.tags import AuditTag
from central.automatic.models import RegisterState
from central.counters.models import Measure
from central.dates import paris_day
from central.enrolments.evidence import evidence_of, is_refused
from central.enrolments.opening_time import OpeningTime
from central.enrolments.persons import account_columns, dossier_of, opening_columns
from central.enrolments.standing import Access, AccessName, ContactStanding, DossierState, Standing
from central.intake.sheet import Fact, Scene, Sheet
from central.ledger.reasons import OPERATOR_UNKNOWN
from central.ledger.rules import Rule
from central.ledger.service import Booking
from central.ledger.standing import LedgerState
from wire.evidence import Contact, IdentityCheck, Question
from wire.facts import EnrolmentFacts, PendingInsFacts
from wire.handover import HandOverAction
from wire.proofs import ContactKind
from wire.vault_parts import VaultChange

SECOND_ENROLMENT = "second_enrolment"

OpeningFacts = EnrolmentFacts | PendingInsFacts

QUESTION_OF = {AccessName.BREAK_GLASS: Question.BREAK_GLASS, AccessName.CENTRE_15: Question.CENTRE_15}
_GIVEN = Access()
_MEASURES = {LedgerState.ACCRUED: Measure.CENTS_ACCRUED, LedgerState.HELD: Measure.CENTS_HELD}
_TAGS = {LedgerState.ACCRUED: AuditTag.LEDGER_ACCRUED, LedgerState.HELD: AuditTag.LEDGER_HELD}


def enrol(sheet: Sheet, fact: Fact, facts: EnrolmentFacts) -> str | None:
    """A person enrols: their dossier opens, or, when they have one, nothing does and the slip asks for a new code."""
    _end_opposition(sheet, fact)
    if sheet.standing(fact.person) is not None:
        _second(sheet, fact, facts)
        sheet.hand_over(fact, _dossier(sheet, fact), HandOverAction.CODE_REQUEST)
        return SECOND_ENROLMENT
    # EX_1.X-1300: an e-mail or a mobile makes the web account; without one the person may still take slip B.
    wanted = facts.activation_slip or facts.contact.email or facts.contact.mobile
    account = AccountState.TO_ACTIVATE if wanted else AccountState.NONE
    _open(sheet, fact, facts, account, copies=int(facts.activation_slip))
    sheet.hand_over(fact, _dossier(sheet, fact), HandOverAction.OPEN)
    return None


def give_number(sheet: Sheet, fact: Fact, facts: PendingInsFacts) -> str | None:
    """The number of a child was found: the dossier opens as if it had been known, with a key that the vault makes.

    No slip was printed and the vault knows no contact: the account begins with the first new code.
    """
    _end_opposition(sheet, fact)
    if sheet.standing(fact.person) is not None:
        _second(sheet, fact, facts)
        said_no = {name for name, question in QUESTION_OF.items() if is_refused(facts, question)}
        if said_no:
            change = VaultChange(
                break_glass=False if AccessName.BREAK_GLASS in said_no else None,
                centre_15=False if AccessName.CENTRE_15 in said_no else None,
            )
            sheet.hand_over_own(fact, _dossier(sheet, fact), change)
        return SECOND_ENROLMENT
    _open(sheet, fact, facts, AccountState.NONE, copies=0)
    sheet.hand_over(fact, _dossier(sheet, fact), HandOverAction.MAKE)
    return None


def open_by_itself(sheet: Sheet, person: bytes, letter: bytes, evidence: bytes, *, kind: str) -> None:
    """Six weeks after the letter nobody has objected: the dossier opens, unpaid, both accesses as the law has them.

    ``letter`` names the letter as a record id names a record; ``evidence`` says when the person was informed.
    """
    now_ms = sheet.scene.received_ms
    standing = Standing(
        dossier_id=dossier_of(letter),
        state=DossierState.CREATED,
        state_decided_ms=0,
        break_glass=Access(),
        centre_15=Access(),
        account=AccountState.NONE,
    )
    _write_opening(sheet, person, standing, letter, OpeningTime(now_ms, now_ms, now_ms), sheet.arrived_on)
    sheet.keep_evidence(standing.dossier_id, letter, evidence)
    sheet.queue(letter, kind, standing.dossier_id, HandOverAction.MAKE, b"")


def given_contact(contact: Contact, scene: Scene, *, at_ms: int) -> ContactStanding:
    """Which contacts a record gives, proved only by central's own table, whatever the record says of itself."""

    def is_proved(kind: ContactKind, proof: bytes | None, address: str | None) -> bool:
        return proof is not None and address is not None and (kind, proof, address) in scene.proved

    return ContactStanding(
        decided_ms=at_ms,
        has_email=contact.email is not None,
        email_proved=is_proved(ContactKind.EMAIL, contact.email_proof, contact.email),
        has_mobile=contact.mobile is not None,
        mobile_proved=is_proved(ContactKind.MOBILE, contact.mobile_proof, contact.mobile),
    )


def _open(sheet: Sheet, fact: Fact, facts: OpeningFacts, account: AccountState, *, copies: int) -> None:
    at_ms = fact.at_ms
    no_glass, no_centre = is_refused(facts, Question.BREAK_GLASS), is_refused(facts, Question.CENTRE_15)
    standing = Standing(
        dossier_id=dossier_of(fact.record_id),
        state=DossierState.CREATED,
        state_decided_ms=at_ms,
        break_glass=_first_word(no_glass, at_ms),
        centre_15=_first_word(no_centre, at_ms),
        account=account,
        contact=given_contact(facts.contact, sheet.scene, at_ms=at_ms),
        copies=copies,
    )
    _write_opening(sheet, fact.person, standing, fact.record_id, fact.time, fact.day)
    for name, said_no in ((AccessName.BREAK_GLASS, no_glass), (AccessName.CENTRE_15, no_centre)):
        if said_no:
            sheet.note_decision(fact, standing.dossier_id, name, refused=True, changed=False)
    sheet.keep_evidence(standing.dossier_id, fact.record_id, evidence_of(facts))
    _book(sheet, fact, standing.dossier_id, facts.identity_check)


def _first_word(refused: bool, at_ms: int) -> Access:
    return Access(refused=True, decided_ms=at_ms) if refused else _GIVEN


def _write_opening(
    sheet: Sheet, person: bytes, standing: Standing, record_id: bytes, time: OpeningTime, day: str
) -> None:
    place, now_ms = sheet.scene.place, sheet.scene.received_ms
    sheet.open_for(person, standing)
    sheet.rows.persons.append({"fingerprint": person, "dossier_id": standing.dossier_id})
    sheet.rows.dossiers.append(
        {
            "dossier_id": standing.dossier_id,
            "record_id": record_id,
            "terminal_id": place.terminal,
            "office_id": place.office,
            "channel": place.channel,
            "sub_channel": place.sub_channel,
            "captured_ms": time.captured_ms,
            "earliest_ms": time.earliest_ms,
            "received_ms": time.received_ms,
            "opened_on": day,
            **opening_columns(standing),
        }
    )
    sheet.rows.accounts.append({"dossier_id": standing.dossier_id, "changed_ms": now_ms, **account_columns(standing)})
    sheet.audit(AuditTag.DOSSIER_OPENED, standing.dossier_id)
    if standing.account is AccountState.TO_ACTIVATE:
        sheet.audit(AuditTag.ACCOUNT_TO_ACTIVATE, standing.dossier_id)
    sheet.count(Measure.DOSSIERS_OPENED, day)


def _second(sheet: Sheet, fact: Fact, facts: OpeningFacts) -> None:
    """The same person again: nothing is opened or paid; a refusal counts, a yes is no grant (see standing)."""
    standing = sheet.standing(fact.person)
    assert standing is not None
    sheet.audit(AuditTag.DOSSIER_SECOND_ENROLMENT, standing.dossier_id, fact.record_id.hex())
    sheet.keep_evidence(standing.dossier_id, fact.record_id, evidence_of(facts))
    sheet.count(Measure.SECOND_ENROLMENTS, fact.day)
    slips = int(isinstance(facts, EnrolmentFacts) and facts.activation_slip)
    decided_ms = max(standing.state_decided_ms, fact.at_ms)
    sheet.change(fact.person, replace(standing, copies=standing.copies + slips, state_decided_ms=decided_ms))
    for name, question in QUESTION_OF.items():
        if is_refused(facts, question):
            sheet.decide_access(fact, name, refused=True)


def _end_opposition(sheet: Sheet, fact: Fact) -> None:
    if sheet.is_opposed(fact.person):
        sheet.register(fact.person, RegisterState.CONSENTED)
        sheet.audit(AuditTag.PERSON_OPPOSITION_ENDED, fact.person, fact.record_id.hex())


def _dossier(sheet: Sheet, fact: Fact) -> bytes:
    standing = sheet.standing(fact.person)
    assert standing is not None
    return standing.dossier_id


def _book(sheet: Sheet, fact: Fact, dossier_id: bytes, check: IdentityCheck) -> None:
    scene = sheet.scene
    rule: Rule | None = sheet.rate(fact.day)
    if rule is None:
        return
    booking = Booking(
        dossier_id=dossier_id,
        record_id=fact.record_id,
        terminal_id=scene.place.terminal,
        office_id=scene.place.office,
        cents=rule.cents,
        opened_on=fact.day,
        rule=rule.rule,
        rules_version=scene.rules.version,
        hold=None if (check.operator, check.role) in scene.attestors else OPERATOR_UNKNOWN,
    )
    sheet.rows.bookings.append(booking)
    sheet.audit(_TAGS[booking.state], dossier_id, booking.hold or str(booking.cents))
    sheet.count(_MEASURES[booking.state], paris_day(scene.booked_ms), booking.cents)
