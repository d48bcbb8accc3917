"""What a file is asked to hold: the question behind an address, for who asks. Pure."""

from __future__ import annotations

from collections.abc import Mapping
from datetime import date

from central.counters.models import Measure
from central.tables.outside import BREAKDOWNS, MEASURES
from central.tables.periods import EVER, Period, Step, day_of, month_before, month_of, week_of
from central.tables.shape import By, Question, Reader

_MONTHS_SHOWN = 3  # to outsiders, beside all time
_SERIES_BY = (By.TOTAL, By.CHANNEL, By.SUB_CHANNEL, By.REGION, By.DEPARTEMENT)


def reader_of(read: Mapping[str, str], region: str | None, *, is_outside: bool) -> Reader:
    """For whom: outsiders are outsiders; others may ask for a file that is to leave the house."""
    return Reader(region or read.get("region"), is_outside or read["audience"] == "outside")


def counts_question(read: Mapping[str, str], reader: Reader, today: date) -> Question:
    """Today, this week, this month and all time; for outsiders the last months that are over and all time."""
    inside = (day_of(today), week_of(today), month_of(today))
    periods = _months_over(today) if reader.is_outside else inside
    return Question(measure=Measure(read["measure"]), by=By(read["by"]), periods=(*periods, EVER))


def offered_measures(*, is_outside: bool) -> tuple[Measure, ...]:
    """What the page lists."""
    return tuple(one for one in Measure if not is_outside or one in MEASURES)


def offered_breakdowns(*, is_outside: bool) -> tuple[By, ...]:
    """What the page lists for a breakdown."""
    return tuple(one for one in By if not is_outside or one in BREAKDOWNS)


def offered_series(*, is_outside: bool) -> tuple[By, ...]:
    """What the page lists for a series: no office and no terminal, they are too many."""
    return tuple(one for one in _SERIES_BY if not is_outside or one in BREAKDOWNS)


def offered_steps(*, is_outside: bool) -> tuple[Step, ...]:
    """How finely a series may be cut."""
    return (Step.MONTH,) if is_outside else tuple(Step)


def _months_over(today: date) -> tuple[Period, ...]:
    found = [month_before(today)]
    while len(found) < _MONTHS_SHOWN:
        first = found[0].first
        assert first is not None  # a month has a first day
        found.insert(0, month_before(first))
    return tuple(found)
