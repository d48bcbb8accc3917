"""Writing down what a person must look at, and closing it: by a person, or when a gap's records have come."""

from __future__ import annotations

from collections import Counter
from collections.abc import Iterable, Sequence

from sqlalchemy import Connection, func, select, update

from central.engine import insert_into
from central.intake.continuity import Gap, Incident, IncidentKind
from central.intake.models import chain_incidents, quarantine

FILLED = "filled"
"""Who closed a gap when nobody did: the missing records came."""

_KEY = ("terminal_id", "kind", "sequence", "evidence")


def record(connection: Connection, terminal_id: str, incidents: Iterable[Incident], *, at_ms: int) -> None:
    """Write incidents; one that is known already counts once more and keeps its first time."""
    rows = [
        {
            "terminal_id": terminal_id,
            "kind": incident.kind.value,
            "sequence": incident.sequence,
            "evidence": incident.evidence,
            "expected_sequence": incident.expected_sequence,
            "missing": incident.missing,
            "times": 1,
            "first_ms": at_ms,
            "last_ms": at_ms,
        }
        for incident in incidents
    ]
    if not rows:
        return
    insert = insert_into(connection, chain_incidents)
    again = {"times": chain_incidents.c.times + 1, "last_ms": insert.excluded.last_ms}
    connection.execute(insert.on_conflict_do_update(index_elements=list(_KEY), set_=again), rows)


def was_noted(connection: Connection, terminal_id: str, kind: IncidentKind, *, since_ms: int) -> bool:
    """Whether an incident of that kind was written down since."""
    latest = connection.scalar(
        select(func.max(chain_incidents.c.last_ms))
        .where(chain_incidents.c.terminal_id == terminal_id)
        .where(chain_incidents.c.kind == kind.value)
    )
    return latest is not None and latest >= since_ms


def open_gaps(connection: Connection, terminal_id: str) -> list[Gap]:
    """The gaps of a terminal that nobody has closed and nothing has filled."""
    rows = connection.execute(
        select(chain_incidents.c.expected_sequence, chain_incidents.c.sequence)
        .where(chain_incidents.c.terminal_id == terminal_id)
        .where(chain_incidents.c.kind == IncidentKind.GAP.value)
        .where(chain_incidents.c.closed_ms.is_(None))
    )
    return [Gap(row.expected_sequence, row.sequence) for row in rows]


def fill(connection: Connection, terminal_id: str, filled: Counter[Gap], *, at_ms: int) -> None:
    """Take off what came late; a gap with nothing missing is closed."""
    for gap, count in filled.items():
        here = (
            (chain_incidents.c.terminal_id == terminal_id)
            & (chain_incidents.c.kind == IncidentKind.GAP.value)
            & (chain_incidents.c.sequence == gap.next)
            & chain_incidents.c.closed_ms.is_(None)
        )
        connection.execute(
            update(chain_incidents).where(here).values(missing=chain_incidents.c.missing - count, last_ms=at_ms)
        )
        connection.execute(
            update(chain_incidents)
            .where(here & (chain_incidents.c.missing <= 0))
            .values(missing=0, closed_ms=at_ms, closed_by=FILLED)
        )


def seen_damage(connection: Connection, terminal_id: str, evidence: Sequence[bytes]) -> frozenset[bytes]:
    """Which of these very bytes came before, damaged in the same way."""
    rows = connection.execute(
        select(chain_incidents.c.evidence)
        .where(chain_incidents.c.terminal_id == terminal_id)
        .where(chain_incidents.c.kind == IncidentKind.DAMAGED.value)
        .where(chain_incidents.c.evidence.in_(evidence))
    )
    return frozenset(row.evidence for row in rows)


def close(connection: Connection, terminal_id: str, kind: str, sequence: int, *, by: str, at_ms: int) -> list[bytes]:
    """Close what a person has looked at; the evidence of each incident that was closed, empty when none was open."""
    here = (
        (chain_incidents.c.terminal_id == terminal_id)
        & (chain_incidents.c.kind == kind)
        & (chain_incidents.c.sequence == sequence)
        & chain_incidents.c.closed_ms.is_(None)
    )
    evidence = [row.evidence for row in connection.execute(select(chain_incidents.c.evidence).where(here))]
    connection.execute(update(chain_incidents).where(here).values(closed_ms=at_ms, closed_by=by))
    return evidence


def written_of(connection: Connection, terminal_id: str, reason: str, *, limit: int) -> int:
    """What was written down of a terminal: its records set aside for that reason, and its incidents.

    Neither is counted further than ``limit``.
    """
    aside = select(quarantine.c.record_id).where(quarantine.c.terminal_id == terminal_id, quarantine.c.reason == reason)
    odd = select(chain_incidents.c.sequence).where(chain_incidents.c.terminal_id == terminal_id)
    return sum(
        connection.scalar(select(func.count()).select_from(some.limit(limit).subquery())) or 0 for some in (aside, odd)
    )


def settle(connection: Connection, record_id: bytes, *, by: str, at_ms: int) -> str | None:
    """Note that a person has decided about a record that was set aside; why it was, None when there is no such one."""
    here = (quarantine.c.record_id == record_id) & quarantine.c.settled_ms.is_(None)
    reason = connection.scalar(select(quarantine.c.reason).where(here))
    connection.execute(update(quarantine).where(here).values(settled_ms=at_ms, settled_by=by))
    return reason
