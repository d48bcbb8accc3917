from __future__ import annotations

from datetime import date

import pytest

from wire.birth_dates import age_of, legal_birth_date

DAY = date(2026, 11, 22)


@pytest.mark.parametrize(
    ("raw", "age"),
    [
        ("20081122", 18),
        ("20081123", 17),
        ("20261122", 0),
        ("20261123", None),
        ("19111122", 115),
        ("19101122", None),
        ("20084200", 18),  # lunar month: from 1 January of the year
        ("20080015", 18),
        ("20081100", 18),
        ("20080231", None),
        ("2008112", None),
        ("2008112a", None),
        ("٢٠٠٨١١٢٢", None),
        ("", None),
    ],
)
def test_ages_by_the_characters_of_a_card(raw: str, age: int | None) -> None:
    assert age_of(raw, DAY) == age


def test_who_was_born_on_29_february_grows_older_on_1_march() -> None:
    assert (age_of("20080229", date(2026, 2, 28)), age_of("20080229", date(2026, 3, 1))) == (17, 18)


def test_the_year_zero_is_no_date() -> None:
    assert legal_birth_date("00000101") is None
