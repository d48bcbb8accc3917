"""Numbers, sums and dates as French pages write them."""

from __future__ import annotations

from datetime import UTC, date, datetime, timedelta

import pytest

from central.dashboards.wording import (
    age,
    date_name,
    day_name,
    days_name,
    euros,
    moment_name,
    number,
    share,
    short_month,
    week_name,
)


@pytest.mark.parametrize(
    ("cents", "written"),
    [(0, "0,00 €"), (5, "0,05 €"), (100, "1,00 €"), (123_456_789, "1 234 567,89 €"), (-150, "−1,50 €")],  # noqa: RUF001
)
def test_euros_are_exact_to_the_cent(cents: int, written: str) -> None:
    assert euros(cents).replace("\u202f", " ") == written


def test_thousands_are_set_apart() -> None:
    assert number(10_100_000).replace("\u202f", " ") == "10 100 000"


@pytest.mark.parametrize(("part", "whole", "written"), [(1, 3, "33,3 %"), (0, 9, "0,0 %"), (0, 0, "–")])  # noqa: RUF001
def test_a_share_has_one_decimal_and_nothing_is_divided_by_nothing(part: int, whole: int, written: str) -> None:
    assert share(part, whole).replace("\u202f", " ") == written


def test_a_moment_is_told_in_paris() -> None:
    assert moment_name(datetime(2026, 7, 31, 22, 5, tzinfo=UTC)) == "1er août 2026 à 0 h 05"


def test_the_first_of_a_month_is_said_as_one_says_it() -> None:
    assert day_name(date(2026, 12, 1)) == "mardi 1er décembre"
    assert week_name(date(2026, 6, 1)) == "semaine du 1er juin"


def test_a_threshold_of_one_day_is_no_plural() -> None:
    assert [days_name(timedelta(days=days)) for days in (1, 3)] == ["1 jour", "3 jours"]


def test_a_date_is_said_in_full_and_a_month_under_a_column_is_short() -> None:
    assert (date_name(date(2018, 11, 6)), short_month(date(2026, 2, 1))) == ("6 novembre 2018", "févr. 26")


@pytest.mark.parametrize(
    ("since", "said"),
    [
        ({"seconds": -5}, "à l’instant"),  # noqa: RUF001 - French
        ({"seconds": 59}, "à l’instant"),  # noqa: RUF001 - French
        ({"minutes": 59}, "il y a 59 min"),
        ({"hours": 47}, "il y a 47 h"),
        ({"hours": 48}, "il y a 2 jours"),
    ],
)
def test_an_age_is_said_in_the_unit_that_tells_most(since: dict[str, int], said: str) -> None:
    assert age(timedelta(**since)) == said
