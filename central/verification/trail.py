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
from central.enrolments.models import consents, dossiers
from central.intake.models import quarantine
from central.ledger.models import ledger_entries
from central.ledger.service import LedgerState


@dataclass(frozen=True, slots=True)
class TrailFault:
    """A tag whose entries are not those the facts ask for."""

    tag: AuditTag
    untold: int  # facts without an entry
    invented: int  # entries without a fact
    twice: int  # entries beyond the first of a subject


def faults(connection: Connection) -> list[TrailFault]:
    """Compare the audit with the facts, tag by tag; nothing when each change was told once."""
    found = [_compare(connection, tag, facts) for tag, facts in _facts()]
    return [
        fault for fault in [*found, _second_enrolments(connection)] if fault.untold or fault.invented or fault.twice
    ]


def _facts() -> Iterator[tuple[AuditTag, Select[Any]]]:
    """Tags that stand for one change of one subject, and the subjects that have undergone it."""
    yield AuditTag.DOSSIER_OPENED, select(dossiers.c.dossier_id)
    yield AuditTag.RECORD_QUARANTINED, select(quarantine.c.record_id)
    for tag, state in (
        (AuditTag.LEDGER_ACCRUED, LedgerState.ACCRUED),
        (AuditTag.LEDGER_HELD, LedgerState.HELD),
    ):
        yield tag, select(ledger_entries.c.dossier_id).where(ledger_entries.c.state == state.value)


def _compare(connection: Connection, tag: AuditTag, facts: Select[Any]) -> TrailFault:
    told = select(audit_entries.c.subject).where(audit_entries.c.tag == tag.value)
    distinct = connection.scalar(select(func.count()).select_from(told.distinct().subquery())) or 0
    every = connection.scalar(select(func.count()).select_from(told.subquery())) or 0
    return TrailFault(
        tag, _size(connection, facts.except_(told)), _size(connection, told.except_(facts)), every - distinct
    )


def _second_enrolments(connection: Connection) -> TrailFault:
    """One entry for each second enrolment: a dossier may have several, told apart by the record in the detail."""
    tag = AuditTag.DOSSIER_SECOND_ENROLMENT
    told = connection.scalar(select(func.count()).where(audit_entries.c.tag == tag.value)) or 0
    happened = (
        connection.scalar(
            select(func.count())
            .select_from(consents)
            .join(dossiers, dossiers.c.dossier_id == consents.c.dossier_id)
            .where(consents.c.record_id != dossiers.c.record_id)
        )
        or 0
    )
    return TrailFault(tag, max(0, happened - told), max(0, told - happened), 0)


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
        )
    )


def _size(connection: Connection, query: Any) -> int:
    return connection.scalar(select(func.count()).select_from(query.subquery())) or 0
