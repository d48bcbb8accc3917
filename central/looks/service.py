"""What became of one record, for the bonus officer and the auditor: states, times and cents; no identity is read.

The identity of a person stays sealed (docs/decisions/0011): nothing here opens it, and nothing here could.
"""

from __future__ import annotations

import enum
from collections.abc import Sequence
from dataclasses import dataclass
from datetime import datetime
from typing import Any

from sqlalchemy import Connection, select

from central.accounts.models import accounts
from central.audit.service import AuditEntry, append
from central.audit.tags import AuditTag
from central.db import shard_of
from central.enrolments.models import dossiers
from central.enrolments.persons import dossier_of
from central.intake.models import quarantine, records
from central.intake.second import dossier_of_second
from central.intake.service import IntakeParts
from central.ledger.explain import Explanation, explain
from central.ledger.models import ledger_entries
from wire.identifiers import milliseconds, moment


@enum.unique
class Reason(enum.Enum):
    """Why somebody looks. A list, not a field to write into: what is written freely ends up naming people."""

    BONUS_CHECK = "bonus_check"
    BONUS_CONTESTED = "bonus_contested"
    AUDIT = "audit"
    INCIDENT = "incident"
    AUTHORITY = "authority"

    @property
    def label(self) -> str:
        """As the form says it."""
        return _REASONS[self]


_REASONS = {
    Reason.BONUS_CHECK: "Contrôle d’une prime",  # noqa: RUF001 - French
    Reason.BONUS_CONTESTED: "Contestation d’une pharmacie",  # noqa: RUF001
    Reason.AUDIT: "Audit",
    Reason.INCIDENT: "Incident technique",
    Reason.AUTHORITY: "Demande d’une autorité",  # noqa: RUF001
}


@dataclass(frozen=True, slots=True)
class Entry:
    """One entry of the ledger that names the record."""

    entry: str
    state: str
    hold: str
    cents: int
    rule: str
    opened_on: str


@dataclass(frozen=True, slots=True, kw_only=True)
class RecordLook:
    """All that is shown of one record."""

    record_id: bytes
    kind: str
    terminal_id: str
    received: datetime
    set_aside: str | None  # why, if it was
    dossier_state: str | None  # None: this record opened none
    account_state: str | None
    entries: Sequence[Entry]
    explanation: Explanation | None  # why it paid or not; None where no terminal of ours sent it


def look(
    connection: Connection, record_id: bytes, reason: Reason, *, manager_id: str, now: datetime, parts: IntakeParts
) -> RecordLook | None:
    """Read one record's row and write down that it was looked at, in one transaction; None where there is none.

    The entry bears who, when, which record and why. A record that is not there is nobody's row: no entry. ``parts``
    open a second enrolment as far as the person's fingerprint, to say that this person had a dossier; nothing of the
    person is shown.
    """
    row = connection.execute(select(records).where(records.c.record_id == record_id)).one_or_none()
    if row is None:
        return None
    entry = AuditEntry(AuditTag.RECORD_LOOKED_AT, record_id, f"manager:{manager_id}", reason.value)
    append(connection, shard_of(record_id, parts.shards), [entry], at_ms=milliseconds(now))
    why = explain(
        connection, record_id, parts.rules, person_of=lambda found: dossier_of_second(connection, parts, found)
    )
    return _read(connection, row, why)


def _read(connection: Connection, row: Any, why: Explanation | None) -> RecordLook:
    dossier_id = dossier_of(row.record_id)
    booked = select(ledger_entries).where(ledger_entries.c.dossier_id == dossier_id)
    entries = connection.execute(booked.order_by(ledger_entries.c.booked_ms)).all()
    opened = select(dossiers.c.state, dossiers.c.destroyed_on).where(dossiers.c.dossier_id == dossier_id)
    dossier = connection.execute(opened).one_or_none()
    return RecordLook(
        record_id=row.record_id,
        kind=row.kind,
        terminal_id=row.terminal_id,
        received=moment(row.received_ms),
        set_aside=connection.execute(
            select(quarantine.c.reason).where(quarantine.c.record_id == row.record_id)
        ).scalar(),
        dossier_state=None if dossier is None else "destroyed" if dossier.destroyed_on else dossier.state,
        account_state=connection.execute(select(accounts.c.state).where(accounts.c.dossier_id == dossier_id)).scalar(),
        entries=[Entry(one.entry, one.state, one.reason or "", one.cents, one.rule, one.opened_on) for one in entries],
        explanation=why,
    )
