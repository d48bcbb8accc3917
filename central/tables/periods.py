"""Periods one may ask for, each as the counters' rows it is the sum of: days, ISO weeks, months, years, all time. Pure.

Days are those of Paris (central/dates.py).
"""

from __future__ import annotations

import calendar
import enum
import re
from dataclasses import dataclass
from datetime import date, timedelta

from central.counters.models import ALL_TIME
from central.errors import QuestionError

PATTERN = r"^(all|20[0-9]{2}(-W[0-5][0-9]|-[01][0-9](-[0-3][0-9])?)?)$"
"""What a period looks like; not every one that does exists (2026-02-30)."""

LONGEST_SERIES = 400  # steps of one series: a year of days, with room
_WEEK = 7
_MONTHS = 12
_MONTH_LENGTH = 7


@dataclass(frozen=True, slots=True)
class Period:
    """A period by its name, its first and last day (None: all time), and the counters' periods that add up to it."""

    name: str
    first: date | None
    last: date | None
    keys: tuple[str, ...]

    @property
    def is_month(self) -> bool:
        """Whether it is one month of the calendar."""
        return len(self.name) == _MONTH_LENGTH


EVER = Period(ALL_TIME, None, None, (ALL_TIME,))


class Step(enum.Enum):
    """How finely a series is cut."""

    DAY = "day"
    WEEK = "week"
    MONTH = "month"


def period(name: str) -> Period:
    """The period of a name: ``2026-11-22``, ``2026-W47``, ``2026-11``, ``2026`` or ``all``.

    Raises:
        QuestionError: 400 ``period``, not written like one; 404 ``period_unknown``, the calendar has none such.
    """
    if not re.fullmatch(PATTERN, name):
        raise QuestionError("a period is written like 2026-11-22, 2026-W47, 2026-11, 2026 or all", code="period")
    if name == ALL_TIME:
        return EVER
    try:
        if "W" in name:
            return week_of(date.fromisocalendar(int(name[:4]), int(name[6:]), 1))
        parts = [int(part) for part in name.split("-")]
        if len(parts) == 1:
            return _year(parts[0])
        year, month, *days = parts
        return day_of(date(year, month, days[0])) if days else month_of(date(year, month, 1))
    except ValueError as error:
        raise QuestionError("the calendar has no such period", code="period_unknown", status=404) from error


def day_of(day: date) -> Period:
    """One day."""
    return Period(day.isoformat(), day, day, (day.isoformat(),))


def week_of(day: date) -> Period:
    """The ISO week in which a day lies, Monday to Sunday."""
    monday = day - timedelta(days=day.weekday())
    days = [monday + timedelta(days=later) for later in range(_WEEK)]
    year, number, _ = day.isocalendar()
    return Period(f"{year}-W{number:02d}", days[0], days[-1], tuple(one.isoformat() for one in days))


def month_of(day: date) -> Period:
    """The month in which a day lies."""
    last = day.replace(day=calendar.monthrange(day.year, day.month)[1])
    name = day.isoformat()[:_MONTH_LENGTH]
    return Period(name, day.replace(day=1), last, (name,))


def _year(year: int) -> Period:
    months = tuple(f"{year}-{month:02d}" for month in range(1, _MONTHS + 1))
    return Period(str(year), date(year, 1, 1), date(year, _MONTHS, 31), months)


def month_before(day: date) -> Period:
    """The last month that was over on ``day``."""
    return month_of(day.replace(day=1) - timedelta(days=1))


def series(step: Step, first: date, last: date) -> tuple[Period, ...]:
    """The periods from the one in which ``first`` lies to the one in which ``last`` lies.

    Raises:
        QuestionError: 404 ``series_empty``, it ends before it begins; 404 ``series_long``, more than 400 steps.
    """
    of = {Step.DAY: day_of, Step.WEEK: week_of, Step.MONTH: month_of}[step]
    if last < first:
        raise QuestionError("a series ends after it begins", code="series_empty", status=404)
    found: list[Period] = []
    day = first
    while day <= last:
        if len(found) == LONGEST_SERIES:
            raise QuestionError(f"a series has at most {LONGEST_SERIES} steps", code="series_long", status=404)
        found.append(of(day))
        end = found[-1].last
        assert end is not None  # only all time has none
        day = end + timedelta(days=1)
    return tuple(found)
