from __future__ import annotations

from datetime import UTC, date, datetime

import pytest
from hypothesis import given
from hypothesis import strategies as st

from kiosk.enrolment.holder import CardWarning
from kiosk.enrolment.rules import (
    Eligibility,
    age_on,
    day_began,
    eligibility,
    is_test_card_among_real_people,
    legal_birth_date,
    local_day,
)
from tests.fakes.card_slot import card, person
from wire.nir import InsAuthority

TODAY = date(2026, 11, 22)


@pytest.mark.parametrize(
    ("raw", "expected"),
    [
        ("19850214", date(1985, 2, 14)),
        ("19421901", date(1942, 1, 1)),  # month 19: vitale.md §3.4
        ("19602000", date(1960, 1, 1)),
        ("19600000", date(1960, 1, 1)),
        ("19600500", date(1960, 1, 1)),
        ("19609931", date(1960, 1, 1)),
        ("19850231", None),
        ("19850432", None),
        ("19851399", None),
        ("1985O214", None),
        ("198502", None),
        ("00000000", None),
        ("", None),
    ],
)
def test_a_birth_date_is_read_as_the_card_means_it(raw: str, expected: date | None) -> None:
    assert legal_birth_date(raw) == expected


@given(st.text())
def test_no_eight_characters_break_the_reading_of_a_birth_date(raw: str) -> None:
    assert legal_birth_date(raw) is None or len(raw) == 8


@pytest.mark.parametrize(
    ("birth_date", "expected"),
    [
        ("20081122", Eligibility.MAY),  # eighteen today
        ("20081123", Eligibility.MINOR),  # tomorrow
        ("20081900", Eligibility.MAY),  # lunar: counts from 1 January 2008
        ("20091900", Eligibility.MINOR),
        ("19100101", Eligibility.BIRTH_DATE_UNSURE),  # a century too old: the card's century is wrong
        ("20300101", Eligibility.BIRTH_DATE_UNSURE),
        ("19850230", Eligibility.BIRTH_DATE_UNSURE),
    ],
)
def test_majority_is_counted_to_the_day(birth_date: str, expected: Eligibility) -> None:
    someone = person(birth_date=birth_date)
    assert eligibility(someone, card(someone), TODAY) is expected


def test_who_was_born_on_29_february_is_of_age_on_1_march() -> None:
    born = date(2008, 2, 29)
    assert age_on(born, date(2026, 2, 28)) == 17
    assert age_on(born, date(2026, 3, 1)) == 18


def test_the_day_begins_at_midnight_in_france() -> None:
    assert local_day(datetime(2026, 7, 1, 22, 30, tzinfo=UTC)) == date(2026, 7, 2)


@pytest.mark.parametrize(
    ("at", "began"),
    [
        (datetime(2026, 7, 1, 22, 30, tzinfo=UTC), datetime(2026, 7, 1, 22, tzinfo=UTC)),
        (datetime(2026, 11, 22, 9, 30, tzinfo=UTC), datetime(2026, 11, 21, 23, tzinfo=UTC)),
        (datetime(2026, 10, 25, 12, tzinfo=UTC), datetime(2026, 10, 24, 22, tzinfo=UTC)),  # the clocks go back
    ],
)
def test_a_moment_belongs_to_the_day_that_began_at_midnight_in_france(at: datetime, began: datetime) -> None:
    assert day_began(at) == began


def test_without_a_number_nobody_goes_on() -> None:
    someone = person(number="")
    assert eligibility(someone, card(someone), TODAY) is Eligibility.NO_NUMBER


def test_a_provisional_number_opens_no_dossier() -> None:
    someone = person(number="713490000012362")
    assert eligibility(someone, card(someone), TODAY) is Eligibility.PROVISIONAL


def test_a_number_shared_on_a_family_card_belongs_to_the_one_whose_birth_it_tells() -> None:
    insured = person("CAMILLE", "19600312")
    assert insured.nir is not None
    dependant = person("ALEX", "19851104", position=1, number=insured.nir.compact)
    family = card(insured, dependant)
    assert eligibility(insured, family, TODAY) is Eligibility.MAY
    assert eligibility(dependant, family, TODAY) is Eligibility.NUMBER_OF_ANOTHER


def test_a_shared_number_that_tells_the_birth_of_two_is_nobodys() -> None:
    one = person("CAMILLE", "19600312")
    assert one.nir is not None
    twin = person("ALEX", "19600312", position=1, number=one.nir.compact)
    assert eligibility(one, card(one, twin), TODAY) is Eligibility.NUMBER_OF_ANOTHER


def test_a_test_card_is_refused_only_where_dossiers_are_real() -> None:
    assert is_test_card_among_real_people(card(), InsAuthority.NIR_PRODUCTION)
    assert not is_test_card_among_real_people(card(), InsAuthority.NIR_TEST)
    assert not is_test_card_among_real_people(card(warnings=(CardWarning.COUNTS_DIFFER,)), InsAuthority.NIR_PRODUCTION)
