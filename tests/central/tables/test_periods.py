from __future__ import annotations

from datetime import date

import pytest

from central.errors import QuestionError
from central.tables.periods import LONGEST_SERIES, Step, month_before, period, series


@pytest.mark.parametrize(
    ("name", "first", "last", "keys"),
    [
        ("2026-11-22", date(2026, 11, 22), date(2026, 11, 22), 1),
        ("2026-W47", date(2026, 11, 16), date(2026, 11, 22), 7),
        ("2020-W53", date(2020, 12, 28), date(2021, 1, 3), 7),
        ("2024-02", date(2024, 2, 1), date(2024, 2, 29), 1),
        ("2026", date(2026, 1, 1), date(2026, 12, 31), 12),
        ("all", None, None, 1),
    ],
)
def test_a_period_has_its_days_and_the_counters_that_add_up_to_it(
    name: str, first: date | None, last: date | None, keys: int
) -> None:
    found = period(name)
    assert (found.name, found.first, found.last, len(found.keys)) == (name, first, last, keys)


@pytest.mark.parametrize("name", ["", "hier", "1999", "2026-1", "2026-11-22\n", "2026-11-22T00:00", "ALL"])
def test_what_is_not_written_like_a_period_is_malformed(name: str) -> None:
    with pytest.raises(QuestionError) as refused:
        period(name)
    assert (refused.value.status, refused.value.code) == (400, "period")


@pytest.mark.parametrize("name", ["2026-02-30", "2026-00", "2026-13", "2026-W00", "2026-W54", "2025-W53"])
def test_what_the_calendar_does_not_have_is_not_found(name: str) -> None:
    with pytest.raises(QuestionError) as refused:
        period(name)
    assert (refused.value.status, refused.value.code) == (404, "period_unknown")


def test_a_series_covers_the_days_named_and_the_whole_of_its_ends() -> None:
    weeks = series(Step.WEEK, date(2026, 11, 18), date(2026, 11, 23))
    assert [week.name for week in weeks] == ["2026-W47", "2026-W48"]
    months = series(Step.MONTH, date(2025, 12, 31), date(2026, 2, 1))
    assert [month.name for month in months] == ["2025-12", "2026-01", "2026-02"]


def test_a_series_has_an_end() -> None:
    assert len(series(Step.DAY, date(2026, 1, 1), date(2027, 2, 4))) == LONGEST_SERIES
    with pytest.raises(QuestionError, match="at most 400"):
        series(Step.DAY, date(2026, 1, 1), date(2027, 2, 5))
    with pytest.raises(QuestionError, match="after it begins"):
        series(Step.DAY, date(2026, 1, 2), date(2026, 1, 1))


def test_the_month_before_a_first_of_march_is_february() -> None:
    assert month_before(date(2024, 3, 1)).last == date(2024, 2, 29)
