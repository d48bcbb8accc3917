"""Openings over time: by day, by week or by month, the last of them still under way. Pure but for the read."""

from __future__ import annotations

import enum
from collections.abc import Sequence
from dataclasses import dataclass
from datetime import date, timedelta

from sqlalchemy import Connection

from central.counters.models import Dimension, Measure
from central.dashboards.queries import Counts, read_counts
from central.dashboards.wording import day_name, month_name, short_day, short_month, week_name

_MEASURES = (Measure.DOSSIERS_OPENED, Measure.REFUSALS)


class Grain(enum.Enum):
    """How long one column is; the value is the word in an address."""

    DAY = "jour"
    WEEK = "semaine"
    MONTH = "mois"


SHOWN = {Grain.DAY: 30, Grain.WEEK: 26, Grain.MONTH: 24}
"""How many columns of each."""

TITLES = {Grain.DAY: "Par jour", Grain.WEEK: "Par semaine", Grain.MONTH: "Par mois"}


@dataclass(frozen=True, slots=True)
class Bucket:
    """One column's time: the day it begins, how it is said and written short, the counters' periods in it."""

    first: date
    label: str
    short: str
    periods: tuple[str, ...]
    under_way: bool


@dataclass(frozen=True, slots=True)
class Point:
    """What was counted in a bucket."""

    bucket: Bucket
    opened: int
    refused: int


def buckets(grain: Grain, today: date) -> tuple[Bucket, ...]:
    """The columns of a drawing, oldest first; today is in the last one."""
    make = {Grain.DAY: _day, Grain.WEEK: _week, Grain.MONTH: _month}[grain]
    return tuple(make(today, back) for back in reversed(range(SHOWN[grain])))


def read_series(
    connection: Connection, counted_as: tuple[Dimension, str], columns: Sequence[Bucket]
) -> tuple[Point, ...]:
    """What was counted of one member in each column."""
    dimension, member = counted_as
    periods = [period for bucket in columns for period in bucket.periods]
    counts = read_counts(connection, dimension, _MEASURES, periods, [member])
    return tuple(_point(bucket, counts, member) for bucket in columns)


def _point(bucket: Bucket, counts: Counts, member: str) -> Point:
    opened, refused = (sum(counts.of(measure, member, period) for period in bucket.periods) for measure in _MEASURES)
    return Point(bucket, opened, refused)


def _day(today: date, back: int) -> Bucket:
    day = today - timedelta(days=back)
    return Bucket(day, day_name(day), short_day(day), (day.isoformat(),), back == 0)


def _week(today: date, back: int) -> Bucket:
    monday = today - timedelta(days=today.weekday(), weeks=back)
    days = tuple((monday + timedelta(days=ahead)).isoformat() for ahead in range(7))
    return Bucket(monday, week_name(monday), short_day(monday), days, back == 0)


def _month(today: date, back: int) -> Bucket:
    number = today.year * 12 + today.month - 1 - back
    first = date(number // 12, number % 12 + 1, 1)
    return Bucket(first, month_name(first), short_month(first), (first.isoformat()[:7],), back == 0)
