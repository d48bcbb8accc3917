"""The migration to amounts with later words, with money in the database."""

from __future__ import annotations

import pytest
from sqlalchemy import inspect

from central import schema
from central.engine import reading
from central.ledger.models import ledger_entries
from central.ledger.standing import Word
from tests.central.money_rig import MoneyRig

BEFORE = "0006"


@pytest.fixture
def booked(money: MoneyRig) -> MoneyRig:
    """An opening that is owed, and one that intake held."""
    terminal = money.terminal()
    money.enrol(terminal, 1)
    money.enrol(terminal, 2, operator="NOBODY-1")
    return money


def test_openings_of_before_owe_by_their_state_and_keep_their_hashes(booked: MoneyRig) -> None:
    before = booked.rows(ledger_entries)
    schema.downgrade(booked.engine, BEFORE)
    with reading(booked.engine) as connection:
        columns = {column["name"] for column in inspect(connection).get_columns("ledger_entries")}
    assert ("hold" in columns, {"step", "owed", "reason"} & columns) == (True, set())
    schema.upgrade(booked.engine)
    assert schema.drift(booked.engine) == []
    assert sorted(booked.rows(ledger_entries)) == sorted(before)
    booked.check_everything()


@pytest.mark.parametrize("later", ["a word", "a closed month"])
def test_what_the_older_shape_cannot_hold_is_not_thrown_away(booked: MoneyRig, later: str) -> None:
    if later == "a word":
        booked.amend(1, Word.HELD, "a")
    else:
        booked.at("2018-12-05T09:00:00+00:00")
        booked.close_months()
    before = booked.rows(ledger_entries)
    with pytest.raises(RuntimeError):
        schema.downgrade(booked.engine, BEFORE)
    assert schema.is_current(booked.engine)
    assert booked.rows(ledger_entries) == before
    booked.check_everything()
