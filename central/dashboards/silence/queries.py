"""Terminals that need somebody, from the registry and the counters; region first, like every read of the dashboards.

An idle terminal is looked for day by day in its own counters, so that one that opens dossiers costs a look or two.
"""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import dataclass
from datetime import datetime, timedelta
from typing import Any

from sqlalchemy import ColumnElement, Connection, Select, and_, exists, func, not_, select, true

from central.counters.models import Dimension, Measure, counters
from central.dashboards.areas import Area
from central.dashboards.periods import day_of
from central.dashboards.queries import within
from central.dashboards.settings import DashboardSettings
from central.dashboards.silence.reasons import Reason
from central.devices.condition import read_faults
from central.devices.models import conditions, devices, offices, tickets
from central.devices.registry import DeviceState
from wire.identifiers import milliseconds

LONGEST_LIST = 100  # terminals of one reason on the page


@dataclass(frozen=True, slots=True)
class TroubledRow:
    """A terminal and where it stands; ``since_ms``: since when it is so, as nearly as central knows."""

    terminal_id: str
    office_id: str
    office_name: str
    departement: str
    since_ms: int | None
    faults: tuple[str, ...] = ()


@dataclass(frozen=True, slots=True)
class Troubled:
    """The terminals of one reason: how many, and the first of them."""

    reason: Reason
    count: int
    rows: tuple[TroubledRow, ...]


def read_troubled(
    connection: Connection, area: Area, settings: DashboardSettings, *, now: datetime
) -> tuple[Troubled, ...]:
    """All of an area, reason by reason. A silent terminal is not idle too: what it last said is old."""
    silent_before = milliseconds(now - settings.silent_after)
    heard = and_(_registered(), _last_word() >= silent_before)
    queries = {
        Reason.STOPPED: _with_condition(area).where(heard, conditions.c.enrols.is_(False)),
        Reason.SILENT: _terminals(area, _last_word()).where(_registered(), _last_word() < silent_before),
        Reason.FAULTY: _with_condition(area).where(heard, conditions.c.enrols.is_(True), conditions.c.faults != ""),
        Reason.IDLE: _idle(area, settings, now).where(heard),
        Reason.AWAITED: _awaited(area, milliseconds(now - settings.awaited_after)),
    }
    return tuple(_read(connection, reason, query) for reason, query in queries.items())


def _read(connection: Connection, reason: Reason, query: Select[Any]) -> Troubled:
    """One statement: the count is that of all, the rows are the first of them."""
    counted = query.add_columns(func.count().over().label("how_many"))
    oldest_first = counted.order_by(query.selected_columns.since_ms, devices.c.terminal_id).limit(LONGEST_LIST)
    rows = connection.execute(oldest_first).all()
    return Troubled(reason, int(rows[0].how_many) if rows else 0, tuple(_row(row) for row in rows))


def _row(row: Any) -> TroubledRow:
    faults = read_faults(row.faults) if "faults" in row._fields else ()
    return TroubledRow(row.terminal_id, row.office_id, row.name, row.departement, row.since_ms, faults)


def _registered() -> Any:
    return devices.c.state == DeviceState.REGISTERED.value


def _last_word() -> Any:
    return func.coalesce(devices.c.last_seen_ms, devices.c.registered_ms)


def _terminals(area: Area, since: Any) -> Select[Any]:
    query = select(
        devices.c.terminal_id,
        devices.c.office_id,
        offices.c.name,
        offices.c.departement,
        since.label("since_ms"),
    ).select_from(offices.join(devices, devices.c.office_id == offices.c.office_id))
    return within(query, area)


def _with_condition(area: Area) -> Select[Any]:
    query = _terminals(area, conditions.c.changed_ms).add_columns(conditions.c.faults)
    return query.join(conditions, conditions.c.terminal_id == devices.c.terminal_id)


def _idle(area: Area, settings: DashboardSettings, now: datetime) -> Select[Any]:
    """Registered for as long as the threshold, and no opening on any of its days; who is out of order cannot open."""
    today = day_of(now)
    days = [(today - timedelta(days=back)).isoformat() for back in range(settings.idle_after.days)]
    opened = _opened_somewhere(days) if area.region is None else _opened_each(days)
    old_enough = devices.c.registered_ms <= milliseconds(now - settings.idle_after)
    query = _terminals(area, devices.c.registered_ms)
    query = query.outerjoin(conditions, conditions.c.terminal_id == devices.c.terminal_id)
    return query.where(old_enough, func.coalesce(conditions.c.enrols, true()), not_(opened))


def _opened_somewhere(days: Sequence[str]) -> ColumnElement[bool]:
    """Among all who opened on those days: for the whole country half of what a look at each terminal costs."""
    return devices.c.terminal_id.in_(select(counters.c.member).where(*_openings_in(days)).distinct())


def _opened_each(days: Sequence[str]) -> ColumnElement[bool]:
    """Terminal by terminal; who opened nothing in the months of those days has not done so on one of them."""
    months = sorted({day[:7] for day in days})
    mine = counters.c.member == devices.c.terminal_id
    return and_(*(exists().where(*_openings_in(periods), mine) for periods in (months, days)))


def _openings_in(periods: Sequence[str]) -> tuple[ColumnElement[bool], ...]:
    return (
        counters.c.dimension == Dimension.TERMINAL.value,
        counters.c.period.in_(periods),
        counters.c.measure == Measure.DOSSIERS_OPENED.value,
        counters.c.value > 0,
    )


def _awaited(area: Area, issued_before: int) -> Select[Any]:
    issued = (
        select(func.max(tickets.c.issued_ms)).where(tickets.c.terminal_id == devices.c.terminal_id).scalar_subquery()
    )
    return _terminals(area, issued).where(devices.c.state == DeviceState.EXPECTED.value, issued < issued_before)
