"""The latest word holds, whatever came first; closings end on the right day."""

from __future__ import annotations

import itertools
from functools import reduce

import pytest
from hypothesis import given
from hypothesis import strategies as st

from central.accounts.service import AccountState
from central.enrolments.standing import Access, Closing, DossierState, Motive, Standing, purge_day

WORDS = st.lists(st.tuples(st.booleans(), st.integers(1, 5)), min_size=1, max_size=5)
OPEN = Standing(bytes(16), DossierState.CREATED, 1, Access(), Access(), AccountState.ACTIVE)


def said(words: list[tuple[bool, int]]) -> Access:
    return reduce(lambda held, word: held.after(refused=word[0], at_ms=word[1]), words, Access())


@given(WORDS)
def test_the_order_in_which_words_arrive_makes_no_difference(words: list[tuple[bool, int]]) -> None:
    assert len({(one.refused, one.decided_ms) for one in map(said, map(list, itertools.permutations(words)))}) == 1


def test_the_later_word_holds() -> None:
    assert said([(True, 3), (False, 5)]) == Access(refused=False, decided_ms=5)
    assert said([(False, 5), (True, 3)]) == Access(refused=False, decided_ms=5)


def test_at_equal_times_the_refusal_holds() -> None:
    assert said([(False, 5), (True, 5)]).refused
    assert said([(True, 5), (False, 5)]).refused


@pytest.mark.parametrize(
    ("closed_on", "delete_now", "purge_on"),
    [
        ("2018-11-06", False, "2028-11-06"),
        ("2020-02-29", False, "2030-02-28"),
        ("2018-02-28", False, "2028-02-28"),
        ("2018-11-06", True, "2019-01-24"),
        ("2018-12-01", True, "2019-02-18"),
    ],
)
def test_what_is_closed_is_kept_ten_years_or_not_three_months(
    closed_on: str, *, delete_now: bool, purge_on: str
) -> None:
    assert purge_day(closed_on, delete_now=delete_now) == purge_on


@pytest.mark.parametrize(("day", "may"), [("2028-11-06", True), ("2028-11-07", False)])
def test_what_is_gone_cannot_be_opened_again(day: str, *, may: bool) -> None:
    closed = OPEN.closed(Closing("2018-11-06", Motive.PATIENT_REQUEST, "2028-11-06"), at_ms=2)
    assert closed.may_reopen(day) is may


def test_the_dossier_of_a_dead_person_is_never_opened_again() -> None:
    closed = OPEN.closed(Closing("2018-11-06", Motive.DEATH, "2028-11-06"), at_ms=2)
    assert not closed.may_reopen("2018-11-07")


def test_closing_disables_the_account_and_opening_again_leaves_nothing_of_it() -> None:
    closed = OPEN.closed(Closing("2018-11-06", Motive.PATIENT_REQUEST, "2028-11-06"), at_ms=2)
    again = closed.reopened(AccountState.TO_ACTIVATE, at_ms=3)
    assert (closed.account, closed.state) == (AccountState.DISABLED, DossierState.CLOSED)
    assert (again.closing, again.state, again.account) == (None, DossierState.CREATED, AccountState.TO_ACTIVATE)
