"""What waits for somebody: numbers of rows in the short tables of work to be done. No row itself is read."""

from __future__ import annotations

from dataclasses import dataclass
from typing import Any

from sqlalchemy import Column, ColumnElement, Connection, Select, Table, func, select

from central.devices.models import devices, offices
from central.devices.registry import DeviceState
from central.enrolments.models import pending_ins
from central.handover.models import outbox
from central.intake.models import chain_incidents, quarantine

WAITING, DEAD = "waiting", "dead"  # the states of a row of the outbox


@dataclass(frozen=True, slots=True)
class Watch:
    """How many of each; ``oldest_waiting_ms`` is when the first of the waiting hand-overs was queued."""

    handovers_waiting: int
    oldest_waiting_ms: int | None
    handovers_refused: int
    quarantined: int
    chain_incidents: int
    silent_terminals: int
    without_number: int


def read_watch(connection: Connection, region: str | None, *, silent_before_ms: int) -> Watch:
    """Count what waits in one region, or in the whole country (None)."""
    oldest = _of_region(select(func.min(outbox.c.queued_ms)), outbox.c.terminal_id, region)
    return Watch(
        handovers_waiting=_count(connection, outbox, region, outbox.c.state == WAITING),
        oldest_waiting_ms=connection.execute(oldest.where(outbox.c.state == WAITING)).scalar(),
        handovers_refused=_count(connection, outbox, region, outbox.c.state == DEAD),
        quarantined=_count(connection, quarantine, region, quarantine.c.settled_ms.is_(None)),
        chain_incidents=_count(connection, chain_incidents, region, chain_incidents.c.closed_ms.is_(None)),
        silent_terminals=_silent(connection, region, silent_before_ms),
        without_number=_count(connection, pending_ins, region, pending_ins.c.given_ms.is_(None)),
    )


def _count(connection: Connection, table: Table, region: str | None, condition: ColumnElement[bool]) -> int:
    query = _of_region(select(func.count()).select_from(table), table.c.terminal_id, region)
    return int(connection.execute(query.where(condition)).scalar_one())


def _of_region(query: Select[Any], terminal: Column[str], region: str | None) -> Select[Any]:
    if region is None:
        return query
    mine = select(devices.c.terminal_id).join(offices, offices.c.office_id == devices.c.office_id)
    return query.where(terminal.in_(mine.where(offices.c.region == region)))


def _silent(connection: Connection, region: str | None, before_ms: int) -> int:
    query = (
        select(func.count())
        .select_from(devices.join(offices, offices.c.office_id == devices.c.office_id))
        .where(
            devices.c.state == DeviceState.REGISTERED.value,
            func.coalesce(devices.c.last_seen_ms, devices.c.registered_ms) < before_ms,
        )
    )
    if region is not None:
        query = query.where(offices.c.region == region)
    return int(connection.execute(query).scalar_one())
