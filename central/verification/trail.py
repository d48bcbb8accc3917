"""Whether each change of state has its one audit entry (invariant 8), and no entry tells of what did not happen."""

from __future__ import annotations

from collections.abc import Iterator
from dataclasses import dataclass
from typing import Any

from sqlalchemy import Connection, Select, func, select

from central.accounts.models import accounts
from central.accounts.service import AccountState
from central.audit.models import audit_entries
from central.audit.tags import AuditTag
from central.automatic.models import RegisterState, oppositions, register
from central.enrolments.models import access_decisions, changes, consents, dossiers, pending_ins
from central.enrolments.standing import AccessName, Effect
from central.intake.models import quarantine, records
from central.ledger.amending import TAG_OF
from central.ledger.models import ledger_entries
from central.ledger.standing import LedgerState, Word
from central.recount.facts import OPENING_KINDS
from wire.handover import ANNULMENT
from wire.records import RecordKind

_TAG_OF_CHANGE = {
    AuditTag.DOSSIER_REACTIVATED: ((RecordKind.REACTIVATION,), Effect.DONE),
    AuditTag.DOSSIER_CODE_REISSUED: ((RecordKind.CODE_REISSUE,), Effect.DONE),
    AuditTag.ACCOUNT_CONTACT_CHANGED: ((RecordKind.CONTACT_CHANGE,), Effect.DONE),
    AuditTag.DOSSIER_CLOSED: ((RecordKind.CLOSURE_REQUEST, RecordKind.OPPOSITION), Effect.DONE),
    AuditTag.DOSSIER_DELETION_ASKED: ((RecordKind.CLOSURE_REQUEST,), Effect.DELETION_ASKED),
}
_TAG_OF_ACCESS = {
    AuditTag.DOSSIER_BREAK_GLASS_REFUSED: (AccessName.BREAK_GLASS, True),
    AuditTag.DOSSIER_BREAK_GLASS_GRANTED: (AccessName.BREAK_GLASS, False),
    AuditTag.DOSSIER_CENTRE_15_REFUSED: (AccessName.CENTRE_15, True),
    AuditTag.DOSSIER_CENTRE_15_GRANTED: (AccessName.CENTRE_15, False),
}


@dataclass(frozen=True, slots=True)
class TrailFault:
    """A tag whose entries are not those the facts ask for."""

    tag: AuditTag
    untold: int  # facts without an entry
    invented: int  # entries without a fact
    twice: int  # entries beyond the first of a subject


def faults(connection: Connection) -> list[TrailFault]:
    """Compare the audit with the facts, tag by tag; nothing when each change was told once."""
    once = [_compare(connection, tag, facts) for tag, facts in _facts()]
    often = [_count(connection, tag, facts) for tag, facts in _repeated_facts()]
    found = [*once, *often, _oppositions_ended(connection)]
    return [fault for fault in found if fault.untold or fault.invented or fault.twice]


def _facts() -> Iterator[tuple[AuditTag, Select[Any]]]:
    """Tags that stand for one change of one subject, and the subjects that have undergone it."""
    yield AuditTag.DOSSIER_OPENED, select(dossiers.c.dossier_id)
    yield AuditTag.DOSSIER_DESTROYED, select(dossiers.c.dossier_id).where(dossiers.c.destroyed_on.is_not(None))
    yield AuditTag.RECORD_QUARANTINED, select(quarantine.c.record_id)
    yield AuditTag.RECORD_NUMBER_GIVEN, select(pending_ins.c.record_id).where(pending_ins.c.given_ms.is_not(None))
    yield AuditTag.PERSON_INFORMED, select(register.c.fingerprint).where(register.c.informed_on.is_not(None))
    for tag, state in (
        (AuditTag.LEDGER_ACCRUED, LedgerState.ACCRUED),
        (AuditTag.LEDGER_HELD, LedgerState.HELD),
    ):
        opened = ledger_entries.c.entry == Word.OPENING.value
        yield tag, select(ledger_entries.c.dossier_id).where(opened, ledger_entries.c.state == state.value)


def _compare(connection: Connection, tag: AuditTag, facts: Select[Any]) -> TrailFault:
    told = select(audit_entries.c.subject).where(audit_entries.c.tag == tag.value)
    distinct = connection.scalar(select(func.count()).select_from(told.distinct().subquery())) or 0
    every = connection.scalar(select(func.count()).select_from(told.subquery())) or 0
    return TrailFault(
        tag, _size(connection, facts.except_(told)), _size(connection, told.except_(facts)), every - distinct
    )


def _repeated_facts() -> Iterator[tuple[AuditTag, Select[Any]]]:
    """Tags that a subject may have several times, told apart by the record in the detail; and the facts behind them."""
    yield (
        AuditTag.DOSSIER_SECOND_ENROLMENT,
        select(consents.c.dossier_id, consents.c.record_id)
        .join(dossiers, dossiers.c.dossier_id == consents.c.dossier_id)
        .join(records, records.c.record_id == consents.c.record_id)
        .where(consents.c.record_id != dossiers.c.record_id, records.c.kind.in_(OPENING_KINDS)),
    )
    for tag, (kinds, effect) in _TAG_OF_CHANGE.items():
        yield (
            tag,
            select(changes.c.dossier_id, changes.c.record_id)
            .where(changes.c.effect == effect.value)
            .where(changes.c.kind.in_([kind.value for kind in kinds])),
        )
    for tag, (access, refused) in _TAG_OF_ACCESS.items():
        yield (
            tag,
            select(access_decisions.c.dossier_id, access_decisions.c.record_id).where(
                access_decisions.c.access == access.value,
                access_decisions.c.refused.is_(refused),
                access_decisions.c.changed,
            ),
        )
    for word, tag in TAG_OF.items():
        said = ledger_entries.c.entry == word.value
        yield tag, select(ledger_entries.c.dossier_id, ledger_entries.c.step).where(said)
    yield (
        AuditTag.DOSSIER_ANNULLED,
        select(changes.c.dossier_id, changes.c.record_id).where(changes.c.kind == ANNULMENT),
    )
    done = oppositions.c.effect == Effect.DONE.value
    yield AuditTag.PERSON_OPPOSED, select(oppositions.c.fingerprint, oppositions.c.record_id).where(done)


def _count(connection: Connection, tag: AuditTag, facts: Select[Any]) -> TrailFault:
    """As many entries as facts, and no two of one subject and record."""
    entries = select(audit_entries.c.subject, audit_entries.c.detail).where(audit_entries.c.tag == tag.value)
    told, happened = _size(connection, entries), _size(connection, facts)
    # Refusals that were told before records stood in the detail have none.
    named = entries.where(audit_entries.c.detail.is_not(None))
    twice = _size(connection, named) - _size(connection, named.distinct())
    return TrailFault(tag, max(0, happened - told), max(0, told - happened), twice)


def _oppositions_ended(connection: Connection) -> TrailFault:
    """Whoever opposed and opposes no more has an entry that says so."""
    tag = AuditTag.PERSON_OPPOSITION_ENDED
    opposed = _size(connection, select(oppositions.c.record_id).where(oppositions.c.effect == Effect.DONE.value))
    still = _size(connection, select(register.c.fingerprint).where(register.c.state == RegisterState.OPPOSED.value))
    told = _size(connection, select(audit_entries.c.number).where(audit_entries.c.tag == tag.value))
    ended = opposed - still
    return TrailFault(tag, max(0, ended - told), max(0, told - ended), 0)


def untold_accounts(connection: Connection) -> int:
    """Accounts whose present state no entry tells of: an account may be active more than once, so only this way."""
    return sum(
        _size(
            connection,
            select(accounts.c.dossier_id)
            .where(accounts.c.state == state.value)
            .except_(select(audit_entries.c.subject).where(audit_entries.c.tag == tag.value)),
        )
        for state, tag in (
            (AccountState.TO_ACTIVATE, AuditTag.ACCOUNT_TO_ACTIVATE),
            (AccountState.ACTIVE, AuditTag.ACCOUNT_ACTIVATED),
            (AccountState.LOCKED, AuditTag.ACCOUNT_LOCKED),
            (AccountState.DISABLED, AuditTag.ACCOUNT_DISABLED),
        )
    )


def _size(connection: Connection, query: Any) -> int:
    return connection.scalar(select(func.count()).select_from(query.subquery())) or 0
