"""The columns of a drawing: which days, weeks and months they are of."""

from __future__ import annotations

from datetime import date, timedelta
from itertools import pairwise

from hypothesis import given
from hypothesis import strategies as st

from central.dashboards.series import SHOWN, Grain, buckets

SUNDAY = date(2026, 11, 22)


def test_days_end_with_today() -> None:
    days = buckets(Grain.DAY, SUNDAY)
    assert (days[0].periods, days[-1].periods) == (("2026-10-24",), ("2026-11-22",))
    assert [day.under_way for day in days] == [False] * 29 + [True]


def test_a_week_is_monday_to_sunday() -> None:
    assert buckets(Grain.WEEK, SUNDAY)[-1].periods == tuple(f"2026-11-{day}" for day in range(16, 23))


def test_months_go_over_the_turn_of_the_year() -> None:
    months = buckets(Grain.MONTH, date(2026, 1, 31))
    assert [month.periods[0] for month in months[-3:]] == ["2025-11", "2025-12", "2026-01"]


@given(st.dates(date(2011, 1, 1), date(2090, 1, 1)), st.sampled_from(Grain))
def test_columns_follow_each_other_without_a_hole_and_no_two_are_written_alike(today: date, grain: Grain) -> None:
    columns = buckets(grain, today)
    periods = [period for column in columns for period in column.periods]
    assert len(columns) == SHOWN[grain] == len({column.short for column in columns})
    assert periods == sorted(set(periods))
    firsts = [column.first for column in columns]
    longest = {Grain.DAY: 1, Grain.WEEK: 7, Grain.MONTH: 31}[grain]
    assert all(timedelta(0) < after - first <= timedelta(days=longest) for first, after in pairwise(firsts))
