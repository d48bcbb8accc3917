"""The counters of forty million dossiers, without the dossiers: every cell that years of openings would have left.

Day, month and all time; in all, by channel, sub-channel, region, département, office and terminal. What people opened
on the web or had opened by professionals has a channel and no place. These counters stand in shards of their own, after
those of whatever was filled with its dossiers, so that the two only add up for who reads.
"""

from __future__ import annotations

import random
import time
from array import array
from collections import Counter
from collections.abc import Callable, Iterable, Iterator, Sequence
from dataclasses import dataclass
from datetime import date, timedelta
from itertools import groupby, islice

from sqlalchemy import Connection, Engine, insert

from bench.fill.points import Point, make_points
from central.counters.models import ALL_TIME, Dimension, Measure, counters
from central.counters.tally import Place
from central.db import shard_of
from central.engine import writing

FIRST_DAY = date(2018, 11, 6)
LAST_DAY = date(2021, 6, 30)
CENTS = 100
_A_MONTH = 7  # letters of 2018-11
_PORTION = 20_000  # rows a statement
_A_TRANSACTION = 500_000  # rows
_A_VISIT = 5  # openings of a point on a day on which it opens any
_PARTS = {"web": 0.20, "pro": 0.11, "unknown": 0.02}  # of all; the rest opens at points (dmp.md §12)
_SUNDAY = 6
_BY_POINT = {Dimension.OFFICE: "office", Dimension.TERMINAL: "terminal"}

Row = tuple[str, str, str, str, int, int]
Cells = Counter[tuple[str, str]]  # (measure, member) → value
Say = Callable[[str], None]


@dataclass(frozen=True, slots=True)
class Day:
    """A day: which points opened how many, and what was opened at no point."""

    name: str
    points: array[int]
    openings: array[int]
    elsewhere: dict[str, int]


def fill_counters(
    engine: Engine,
    *,
    dossiers: int = 40_000_000,
    points: int = 25_000,
    seed: int = 1,
    until: date = LAST_DAY,
    first_shard: int = 1_000,
    shards: int = 1,
    say: Say = lambda _line: None,
) -> int:
    """Write the counters of so many dossiers into a migrated database, rows in the order of their key; how many rows.

    ``points`` and ``seed`` as for :func:`bench.fill.dossiers.fill`, so that they are the same offices.
    """
    places = make_points(points, seed=seed)
    days = _days(dossiers, points, seed, until)
    groups = _Groups(places, days, first_shard, shards)
    started, written = time.monotonic(), 0
    for dimension in sorted(Dimension, key=lambda one: one.value):
        rows = groups.rows(dimension)
        while some := _written(engine, islice(rows, _A_TRANSACTION)):
            written += some
        spent = time.monotonic() - started
        say(f"counters by {dimension.value}: {written:,} rows so far, {written / spent:,.0f}/s")
    return written


def _days(dossiers: int, points: int, seed: int, until: date) -> list[Day]:
    """The days, heavier in some weeks than in others, adding up to the dossiers exactly."""
    chance = random.Random(f"days {seed}")
    names = [FIRST_DAY + timedelta(days=number) for number in range((until - FIRST_DAY).days + 1)]
    weights = [0.0 if name.weekday() == _SUNDAY else chance.uniform(0.5, 1.5) for name in names]
    whole, spent, done = sum(weights), 0.0, 0
    days = []
    for name, weight in zip(names, weights, strict=True):
        spent += weight
        upto = round(dossiers * spent / whole)
        days.append(_day(name, upto - done, points, chance))
        done = upto
    return days


def _day(name: date, openings: int, points: int, chance: random.Random) -> Day:
    elsewhere = {channel: int(openings * part) for channel, part in _PARTS.items()}
    left = openings - sum(elsewhere.values())
    busy = sorted(chance.sample(range(points), min(points, -(-left // _A_VISIT))))
    shares = [left // len(busy)] * len(busy) if busy else []
    for number in range(left - sum(shares)):
        shares[number] += 1
    for number in range(0, len(shares) - 1, 2):  # some more, some less, as many in all
        moved = chance.randrange(shares[number])
        shares[number], shares[number + 1] = shares[number] - moved, shares[number + 1] + moved
    return Day(name.isoformat(), array("L", busy), array("L", shares), elsewhere)


class _Groups:
    """Cells of one dimension, period by period."""

    def __init__(self, places: Sequence[Point], days: Sequence[Day], first_shard: int, shards: int) -> None:
        self._places, self._days = places, days
        self._shards = range(first_shard, first_shard + shards)
        self._shard_of = [first_shard + shard_of(one.place.terminal.encode(), shards) for one in places]
        self._kinds = {place: number for number, place in enumerate(dict.fromkeys(map(_kind, places)))}
        self._kind_of = [self._kinds[_kind(one)] for one in places]
        self._by_kind = {day.name: self._kind_counts(day) for day in days}

    def rows(self, dimension: Dimension) -> Iterator[Row]:
        """Every row of a dimension: a month, its days, the next month; all time at the end."""
        if dimension in _BY_POINT:
            return self._of_points(dimension)
        return self._of_kinds(dimension)

    def _of_points(self, dimension: Dimension) -> Iterator[Row]:
        members = [getattr(one.place, _BY_POINT[dimension]) for one in self._places]
        whole = _Sums(len(members))
        for month, days in groupby(self._days, key=lambda day: day.name[:_A_MONTH]):
            sums = _Sums(len(members))
            own = list(days)
            for day in own:
                sums.add(self._counts(day))
            whole.join(sums)
            yield from self._written(dimension, month, members, sums.cells())
            for day in own:
                yield from self._written(dimension, day.name, members, _by_measure(self._counts(day)))
        yield from self._written(dimension, ALL_TIME, members, whole.cells())

    def _counts(self, day: Day) -> Iterator[tuple[int, str, int]]:
        """(point, measure, value) of a day, all that follows from its openings."""
        turn = int(day.name[-2:])
        for number, openings in zip(day.points, day.openings, strict=True):
            yield number, Measure.DOSSIERS_OPENED.value, openings
            if self._places[number].is_pharmacy:
                yield number, Measure.CENTS_ACCRUED.value, openings * CENTS
            yield number, Measure.ACCOUNTS_ACTIVATED.value, (3 * openings + (number + turn) % 10) // 10
            yield number, Measure.REFUSALS.value, int((7 * number + turn) % 20 == 0)

    def _written(
        self, dimension: Dimension, period: str, members: Sequence[str], cells: Iterable[tuple[str, int, int]]
    ) -> Iterator[Row]:
        for measure, number, value in cells:
            if value:
                yield dimension.value, period, measure, members[number], self._shard_of[number], value

    def _of_kinds(self, dimension: Dimension) -> Iterator[Row]:
        whole: Cells = Counter()
        for month, days in groupby(self._days, key=lambda day: day.name[:_A_MONTH]):
            own = [(day.name, self._day_cells(dimension, day)) for day in days]
            sums: Cells = Counter()
            for _, cells in own:
                sums.update(cells)
            whole.update(sums)
            for period, cells in ((month, sums), *own):
                yield from self._spread(dimension, period, cells)
        yield from self._spread(dimension, ALL_TIME, whole)

    def _kind_counts(self, day: Day) -> Counter[tuple[int, str]]:
        by_kind: Counter[tuple[int, str]] = Counter()
        for number, measure, value in self._counts(day):
            by_kind[self._kind_of[number], measure] += value
        return by_kind

    def _day_cells(self, dimension: Dimension, day: Day) -> Cells:
        cells: Cells = Counter()
        members = [dict(place.members()).get(dimension) for place in self._kinds]
        for (kind, measure), value in self._by_kind[day.name].items():
            member = members[kind]
            if member is not None:
                cells[measure, member] += value
        for channel, openings in day.elsewhere.items():
            member = dict(Place(channel, "", "", "", "", "").members()).get(dimension)
            if member is not None:
                cells[Measure.DOSSIERS_OPENED.value, member] += openings
        return cells

    def _spread(self, dimension: Dimension, period: str, cells: Cells) -> Iterator[Row]:
        """A cell is a row in every shard, as terminals of every shard add to it."""
        for (measure, member), value in sorted(cells.items()):
            part, rest = divmod(value, len(self._shards))
            for place, shard in enumerate(self._shards):
                own = part + (rest if place == 0 else 0)
                if own:
                    yield dimension.value, period, measure, member, shard, own


class _Sums:
    """Sums of every measure for every point."""

    def __init__(self, points: int) -> None:
        self._points = points
        self._values: dict[str, list[int]] = {}

    def add(self, counts: Iterable[tuple[int, str, int]]) -> None:
        """Add a day."""
        for number, measure, value in counts:
            if measure not in self._values:
                self._values[measure] = [0] * self._points
            self._values[measure][number] += value

    def join(self, other: _Sums) -> None:
        """Add the sums of a month."""
        for measure, values in other._values.items():
            own = self._values.get(measure, [0] * self._points)
            self._values[measure] = [one + more for one, more in zip(own, values, strict=True)]

    def cells(self) -> Iterator[tuple[str, int, int]]:
        """(measure, point, value), in the order of the key."""
        for measure, values in sorted(self._values.items()):
            for number, value in enumerate(values):
                yield measure, number, value


def _by_measure(counts: Iterable[tuple[int, str, int]]) -> list[tuple[str, int, int]]:
    return sorted((measure, number, value) for number, measure, value in counts)


def _kind(point: Point) -> Place:
    """What a point shares with others: all of its place but office and terminal."""
    place = point.place
    return Place(place.channel, place.sub_channel, place.region, place.departement, "", "")


def _written(engine: Engine, rows: Iterator[Row]) -> int:
    with writing(engine) as connection:
        return _put(connection, rows)


def _put(connection: Connection, rows: Iterator[Row]) -> int:
    if connection.dialect.name == "postgresql":
        return _copy(connection, rows)
    statement = str(insert(counters).compile(dialect=connection.dialect))
    written = 0
    while portion := list(islice(rows, _PORTION)):
        connection.exec_driver_sql(statement, portion)
        written += len(portion)
    return written


def _copy(connection: Connection, rows: Iterator[Row]) -> int:
    written = 0
    driver = connection.connection.driver_connection
    assert driver is not None
    with driver.cursor() as cursor, cursor.copy("COPY counters FROM STDIN") as copied:
        for row in rows:
            copied.write_row(row)
            written += 1
    return written
