"""When a target would be reached: a range by the pace of late, and nothing where there is none to speak of."""

from __future__ import annotations

from datetime import date, timedelta

import pytest
from hypothesis import given
from hypothesis import strategies as st

from central.dashboards.projection import HORIZON_WEEKS, LEAST_WEEKS, WEEKS, project

TODAY = date(2026, 11, 23)


def test_an_even_pace_gives_one_date() -> None:
    found = project(1_000_000, 1_800_000, [100_000] * 8, TODAY)
    assert found is not None
    assert found.earliest == found.latest == TODAY + timedelta(weeks=8)


def test_an_uneven_pace_gives_a_range_by_its_quartiles() -> None:
    found = project(0, 1000, [10, 10, 10, 20, 20, 40, 40, 40], TODAY)
    assert found is not None
    assert (found.pace.slow, found.pace.fast) == (10, 40)
    assert (found.earliest, found.latest) == (TODAY + timedelta(weeks=25), TODAY + timedelta(weeks=100))


def test_weeks_before_the_launch_do_not_slow_the_pace() -> None:
    found = project(0, 400, [100] * 4 + [0] * 4, TODAY)
    assert found is not None
    assert (found.pace.slow, found.pace.weeks) == (100, 4)


@pytest.mark.parametrize("weeks", [[], [100] * 3, [100, 100, 100, 0, 0, 0, 0, 0], [0] * 8])
def test_of_too_few_weeks_nothing_is_said(weeks: list[int]) -> None:
    assert project(300, 40_000_000, weeks, TODAY) is None


def test_a_target_that_is_reached_has_no_date() -> None:
    assert project(800_000, 800_000, [100] * 8, TODAY) is None


def test_a_pace_that_came_to_a_stand_has_no_latest_date() -> None:
    found = project(1000, 2000, [0, 0, 0, 100, 100, 100, 100, 100], TODAY)
    assert found is not None
    assert found.earliest is not None
    assert found.latest is None


@given(st.integers(0, 10**8), st.integers(1, 10**8), st.lists(st.integers(0, 10**6), max_size=12))
def test_the_range_never_runs_backwards_nor_beyond_the_horizon(total: int, target: int, weeks: list[int]) -> None:
    found = project(total, target, weeks, TODAY)
    if found is None:
        return
    assert LEAST_WEEKS <= found.pace.weeks <= WEEKS
    dates = [day for day in (found.earliest, found.latest) if day is not None]
    assert dates == sorted(dates)
    assert all(TODAY < day <= TODAY + timedelta(weeks=HORIZON_WEEKS) for day in dates)
