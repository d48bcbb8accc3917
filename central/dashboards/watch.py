"""What waits for somebody: numbers of rows in the short tables of work to be done. No row itself is read."""

from __future__ import annotations

from collections.abc import Mapping
from dataclasses import dataclass
from datetime import datetime, timedelta
from typing import Any

from sqlalchemy import Column, ColumnElement, Connection, Select, Table, func, select

from central.counters.models import Measure
from central.dashboards.periods import Counted
from central.dashboards.settings import DashboardSettings
from central.dashboards.wording import age, days_name, number
from central.devices.models import devices, offices
from central.devices.registry import DeviceState
from central.enrolments.models import pending_ins
from central.handover.models import outbox
from central.intake.models import chain_incidents, quarantine
from wire.identifiers import moment

WAITING, DEAD = "waiting", "dead"  # the states of a row of the outbox
_STUCK_AFTER = timedelta(minutes=15)  # a hand-over that waits longer deserves a look


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


@dataclass(frozen=True, slots=True)
class WatchLine:
    """A number of things that wait; ``alert`` when somebody should look. ``key`` names it for tests and for links."""

    key: str
    label: str
    detail: str
    count: int
    alert: bool

    @property
    def value(self) -> str:
        """As written."""
        return number(self.count)


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


def watch_lines(
    watch: Watch, whole: Mapping[Measure, Counted], settings: DashboardSettings, *, now: datetime
) -> tuple[WatchLine, ...]:
    """Put what waits into words."""
    waits, is_stuck = "transmission à l’hébergeur", False  # noqa: RUF001 - French
    if watch.oldest_waiting_ms is not None:
        waited = now - moment(watch.oldest_waiting_ms)
        waits, is_stuck = f"{waits}, depuis {age(waited).removeprefix('il y a ')}", waited > _STUCK_AFTER
    silent = f"depuis plus de {days_name(settings.silent_after)}"
    second = whole[Measure.SECOND_ENROLMENTS].total
    return (
        WatchLine("outbox", "Remises en attente", waits, watch.handovers_waiting, is_stuck),
        WatchLine("outbox_refused", "Remises refusées", "par l’hébergeur", watch.handovers_refused, True),  # noqa: RUF001
        WatchLine("quarantined", "Quarantaine", "enregistrements mis de côté", watch.quarantined, True),
        WatchLine("incidents", "Incidents de chaîne", "trous, bifurcations, altérations", watch.chain_incidents, True),
        WatchLine("silent", "Bornes muettes", silent, watch.silent_terminals, True),
        WatchLine("numbers", "Numéros à trouver", "enfants sans numéro, demandes gardées", watch.without_number, True),
        WatchLine("second", "Secondes inscriptions", "même personne : rien n’a été rouvert", second, False),  # noqa: RUF001
    )
