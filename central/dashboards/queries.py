"""Reads for the dashboards: the counters and the registry, never dossiers (design.md §9).

Each query takes the part of the country it may look at. Members are named one by one, so that each row is found by
the counters' key and no row of another region is ever read.
"""

from __future__ import annotations

from collections.abc import Iterable, Mapping, Sequence
from dataclasses import dataclass
from typing import Any

from sqlalchemy import ColumnElement, Connection, Select, case, func, select

from central.counters.models import ALL_TIME, Dimension, Measure, counters
from central.dashboards.areas import Area
from central.dashboards.periods import NOTHING, Counted, Periods
from central.devices.models import devices, offices

LONGEST_LIST = 100  # offices on one sheet; those of a large département go on on the next


class Counts:
    """(measure, member, period) → value; what was never counted is zero."""

    def __init__(self, values: dict[tuple[str, str, str], int]) -> None:
        self._values = values

    def of(self, measure: Measure, member: str, period: str) -> int:
        """One value."""
        return self._values.get((measure.value, member, period), 0)

    def members(self) -> set[str]:
        """Every member that was counted in one of the periods."""
        return {member for _, member, _ in self._values}


class CountedTable:
    """(measure, member) → the four periods; what was never counted is zero."""

    def __init__(self, values: Mapping[tuple[str, str], Counted]) -> None:
        self._values = values

    def of(self, measure: Measure, member: str) -> Counted:
        """One line."""
        return self._values.get((measure.value, member), NOTHING)


@dataclass(frozen=True, slots=True)
class OfficeRow:
    """An office."""

    office_id: str
    name: str
    kind: str


def read_counts(
    connection: Connection,
    dimension: Dimension,
    measures: Iterable[Measure],
    periods: Iterable[str],
    members: Sequence[str] | None = None,
) -> Counts:
    """Measures along one dimension over some periods, shards added up; ``members`` None is all of them."""
    query = (
        select(counters.c.measure, counters.c.member, counters.c.period, func.sum(counters.c.value).label("value"))
        .where(
            counters.c.dimension == dimension.value,
            counters.c.period.in_(list(periods)),
            counters.c.measure.in_([measure.value for measure in measures]),
        )
        .group_by(counters.c.measure, counters.c.member, counters.c.period)
    )
    if members is not None:
        query = query.where(counters.c.member.in_(members))
    rows = connection.execute(query)
    return Counts({(row.measure, row.member, row.period): int(row.value) for row in rows})


def read_counted(
    connection: Connection,
    dimension: Dimension,
    measures: Iterable[Measure],
    members: Sequence[str],
    periods: Periods,
) -> CountedTable:
    """The four periods of some members along one dimension, added up by the database: a row a line of the page."""
    query = select(counters.c.measure, counters.c.member, *_four(periods)).where(
        counters.c.dimension == dimension.value,
        counters.c.period.in_(periods.every),
        counters.c.measure.in_([measure.value for measure in measures]),
        counters.c.member.in_(members),
    )
    rows = connection.execute(query.group_by(counters.c.measure, counters.c.member))
    return CountedTable({(row.measure, row.member): _counted(row) for row in rows})


def read_by_terminals(connection: Connection, area: Area, periods: Periods) -> dict[tuple[str, str], Counted]:
    """Openings by (channel, sub-channel) of the terminals of an area, where the counters have no line of their own.

    Each terminal's are looked up by the counters' key. Joined to the counters instead, or named in a list, SQLite's
    planner reads those of the whole country and throws most of them away.
    """
    terminals = select(
        devices.c.channel,
        devices.c.sub_channel,
        _of_terminal([periods.today], "today"),
        _of_terminal(periods.week, "week"),
        _of_terminal([periods.month], "month"),
        _of_terminal([ALL_TIME], "total"),
    ).select_from(offices.join(devices, devices.c.office_id == offices.c.office_id))
    each = within(terminals, area).subquery()
    sums = [func.coalesce(func.sum(each.c[name]), 0).label(name) for name in ("today", "week", "month", "total")]
    query = select(each.c.channel, each.c.sub_channel, *sums).group_by(each.c.channel, each.c.sub_channel)
    return {(row.channel, row.sub_channel): _counted(row) for row in connection.execute(query)}


def _of_terminal(periods: Sequence[str], name: str) -> ColumnElement[Any]:
    query = select(func.sum(counters.c.value)).where(
        counters.c.dimension == Dimension.TERMINAL.value,
        counters.c.period.in_(periods),
        counters.c.measure == Measure.DOSSIERS_OPENED.value,
        counters.c.member == devices.c.terminal_id,
    )
    return query.scalar_subquery().label(name)


def read_offices(connection: Connection, area: Area, sheet: int) -> Sequence[OfficeRow]:
    """Offices of an area, by name, of one sheet (from 1 on); one more than it shows, to know of a next."""
    query = select(offices.c.office_id, offices.c.name, offices.c.kind).order_by(offices.c.name, offices.c.office_id)
    query = within(query, area).limit(LONGEST_LIST + 1).offset((sheet - 1) * LONGEST_LIST)
    return [OfficeRow(*row) for row in connection.execute(query)]


def within(query: Select[Any], area: Area) -> Select[Any]:
    """A query over offices, of one area only."""
    if area.region is not None:
        query = query.where(offices.c.region == area.region)
    return query if area.departement is None else query.where(offices.c.departement == area.departement)


def _four(periods: Periods) -> tuple[ColumnElement[Any], ...]:
    def summed(condition: ColumnElement[bool], name: str) -> ColumnElement[Any]:
        return func.sum(case((condition, counters.c.value), else_=0)).label(name)

    period = counters.c.period
    return (
        summed(period == periods.today, "today"),
        summed(period.in_(periods.week), "week"),
        summed(period == periods.month, "month"),
        summed(period == ALL_TIME, "total"),
    )


def _counted(row: Any) -> Counted:
    return Counted(int(row.today), int(row.week), int(row.month), int(row.total))
