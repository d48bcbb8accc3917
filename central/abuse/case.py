"""One case as somebody entitled reads it: what it rests on, opening by opening; never without an entry in the audit."""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import dataclass
from datetime import datetime
from typing import Any

from sqlalchemy import Connection, Row, select

from central.abuse.models import abuse_cases, abuse_evidence
from central.audit.service import AuditEntry, append
from central.audit.tags import AuditTag
from central.db import shard_of
from central.devices.models import offices
from central.enrolments.models import dossiers
from central.ledger.service import standings_of
from central.ledger.standing import Standing
from wire.identifiers import milliseconds


@dataclass(frozen=True, slots=True)
class Opening:
    """One opening that a case rests on: which record, never which person."""

    opened_on: str
    terminal_id: str
    record_id: bytes
    standing: Standing


@dataclass(frozen=True, slots=True)
class Case:
    """The row of the case with the office's name (``office_name``), and its openings by day."""

    row: Row[Any]
    openings: Sequence[Opening]

    @property
    def held_cents(self) -> int:
        """What is kept back of them now, by this case or another reason."""
        return sum(one.standing.earned - one.standing.owed for one in self.openings)


def look_at(connection: Connection, case_id: bytes, *, manager_id: str, now: datetime, shards: int) -> Case | None:
    """Read one case and write down who looked, in one transaction; None, and no entry, where there is none."""
    row = connection.execute(
        select(abuse_cases, offices.c.name.label("office_name"))
        .join(offices, offices.c.office_id == abuse_cases.c.office_id)
        .where(abuse_cases.c.case_id == case_id)
    ).one_or_none()
    if row is None:
        return None
    entry = AuditEntry(AuditTag.ABUSE_LOOKED_AT, case_id, f"manager:{manager_id}")
    append(connection, shard_of(case_id, shards), [entry], at_ms=milliseconds(now))
    return Case(row, _openings(connection, case_id))


def _openings(connection: Connection, case_id: bytes) -> list[Opening]:
    rows = connection.execute(
        select(dossiers.c.dossier_id, dossiers.c.opened_on, dossiers.c.terminal_id, dossiers.c.record_id)
        .join(abuse_evidence, abuse_evidence.c.dossier_id == dossiers.c.dossier_id)
        .where(abuse_evidence.c.case_id == case_id)
        .order_by(dossiers.c.opened_on, dossiers.c.dossier_id)
    ).all()
    standings = standings_of(connection, {row.dossier_id for row in rows})
    return [
        Opening(row.opened_on, row.terminal_id, row.record_id, standings.get(row.dossier_id, Standing()))
        for row in rows
    ]
