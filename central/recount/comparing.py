"""The counters against what the notes hold, period by period: never more in memory than one day of every terminal."""

from __future__ import annotations

from collections import Counter
from collections.abc import Iterable, Iterator
from dataclasses import dataclass
from itertools import groupby

from sqlalchemy import Connection, func, select, tuple_

from central.counters.models import ALL_TIME, counters
from central.counters.tally import CounterKey, Place
from central.recount.facts import Sum

_MONTH_LENGTH = 7

Cells = Counter[tuple[str, str]]
"""(measure, member) → value, of one dimension and period."""

_Totals = Counter[tuple[Place, str]]


@dataclass(frozen=True, slots=True)
class Difference:
    """A counter that is not what the facts say."""

    key: CounterKey
    counted: int
    facts: int


def differences(connection: Connection, sums: Iterable[Sum]) -> Iterator[Difference]:
    """Every counter that disagrees with the facts, ``sums`` day after day; none, when all is well.

    A day's cells are compared when it is over, a month's after its last day, all time at the end; then what the
    counters say of periods and dimensions in which there is no fact.
    """
    seen: set[tuple[str, str]] = set()
    for period, cells in _periods_of(sums):
        for dimension, expected in sorted(cells.items()):
            seen.add((dimension, period))
            yield from _compare(connection, dimension, period, expected)
    for dimension, period in _counted_periods(connection):
        if (dimension, period) not in seen:
            yield from _compare(connection, dimension, period, Counter())


def _periods_of(sums: Iterable[Sum]) -> Iterator[tuple[str, dict[str, Cells]]]:
    whole: _Totals = Counter()
    for month, of_month in groupby(sums, key=lambda one: one.day[:_MONTH_LENGTH]):
        total: _Totals = Counter()
        for day, of_day in groupby(of_month, key=lambda one: one.day):
            counted: _Totals = Counter()
            for one in of_day:
                counted[one.place, one.measure.value] += one.value
            yield day, _cells(counted)
            _add(total, counted)
        yield month, _cells(total)
        _add(whole, total)
    yield ALL_TIME, _cells(whole)


def _add(sums: _Totals, more: _Totals) -> None:
    for key, value in more.items():  # not +, which drops what is less than nothing: a day of reversals
        sums[key] += value


def _cells(counted: _Totals) -> dict[str, Cells]:
    cells: dict[str, Cells] = {}
    for (place, measure), value in counted.items():
        for dimension, member in place.members():
            cells.setdefault(dimension.value, Counter())[measure, member] += value
    return cells


def _compare(connection: Connection, dimension: str, period: str, expected: Cells) -> Iterator[Difference]:
    kept = _kept(connection, dimension, period)
    for key in sorted(expected.keys() | kept.keys()):
        if expected[key] != kept[key]:
            yield Difference((dimension, period, *key), kept[key], expected[key])


def _kept(connection: Connection, dimension: str, period: str) -> Cells:
    rows = connection.execute(
        select(counters.c.measure, counters.c.member, func.sum(counters.c.value).label("value"))
        .where(counters.c.dimension == dimension, counters.c.period == period)
        .group_by(counters.c.measure, counters.c.member)
    )
    return Counter({(row.measure, row.member): int(row.value) for row in rows})


def _counted_periods(connection: Connection) -> Iterator[tuple[str, str]]:
    """Every dimension and period that the counters have, found by leaping along their key."""
    key = tuple_(counters.c.dimension, counters.c.period)
    at: tuple[str, str] | None = None
    leap = select(counters.c.dimension, counters.c.period).order_by(counters.c.dimension, counters.c.period).limit(1)
    while True:
        found = connection.execute(leap if at is None else leap.where(key > at)).one_or_none()
        if found is None:
            return
        at = found.dimension, found.period
        yield at
