"""A month that is closed stays as it is."""

from __future__ import annotations

from datetime import UTC, datetime, timedelta

import pytest
from sqlalchemy import Connection
from sqlalchemy.exc import DBAPIError

from central.engine import in_transaction, writing
from central.errors import AlreadyThereError, SetupError
from central.ledger import months
from central.ledger.amending import amend
from central.ledger.models import ledger_entries
from central.ledger.service import Saying
from central.ledger.standing import Word
from tests.central.money_rig import BY, MoneyRig
from wire.identifiers import milliseconds


@pytest.mark.parametrize(
    ("month", "starts"),
    [
        ("2018-11", "2018-10-31T23:00:00+00:00"),
        ("2018-07", "2018-06-30T22:00:00+00:00"),
        ("2018-04", "2018-03-31T22:00:00+00:00"),  # the clocks changed a week before
        ("2019-01", "2018-12-31T23:00:00+00:00"),
    ],
)
def test_a_month_begins_at_midnight_in_paris(month: str, starts: str) -> None:
    start, end = months.bounds_ms(month)
    assert start == milliseconds(datetime.fromisoformat(starts))
    assert (months.month_of(start), months.month_of(start - 1)) == (month, months.month_of(start - 1))
    assert months.month_of(end) == months.next_month(month)


@pytest.mark.parametrize("period", ["2018-13", "18-01", "x", "2018-1", ""])
def test_what_is_no_period_is_said_so(period: str) -> None:
    with pytest.raises(SetupError):
        months.months_of(period)


def test_a_month_that_runs_is_not_closed(money: MoneyRig) -> None:
    money.at("2018-11-30T22:59:59.999+00:00")
    with pytest.raises(SetupError) as refused:
        money.close_months("2018-11")
    assert refused.value.code == "period_open"
    money.pass_by(1)
    assert money.close_months("2018-11")[0] == ["2018-11"]


def test_closing_a_year_closes_each_of_its_months_once(money: MoneyRig) -> None:
    money.enrol(money.terminal(), 1)
    money.at("2019-01-02T09:00:00+00:00")
    assert money.close_months("2018")[0] == ["2018-11", "2018-12"]
    assert money.close_months("2018") == ([], 0)


def test_a_closed_month_is_closed_once(money: MoneyRig) -> None:
    money.at("2018-12-02T09:00:00+00:00")
    money.close_months("2018-11")
    with pytest.raises(AlreadyThereError):
        in_transaction(
            money.engine,
            lambda connection: months.close_month(connection, "2018-11", by=BY, shards=1, now_ms=money.now_ms),
        )


def test_a_worker_whose_clock_is_behind_books_in_the_open_month(money: MoneyRig) -> None:
    """Its time stays what it said; the money is booked at the first moment that is still open, and counted there."""
    terminal = money.terminal()
    money.at("2018-12-01T00:00:10+01:00")
    money.close_months("2018-11")
    late = datetime(2018, 11, 30, 22, 59, 50, tzinfo=UTC)
    money.send(terminal, terminal.enrol(1, at=late - timedelta(minutes=1)), at=late)
    [entry] = money.rows(ledger_entries)
    assert (months.month_of(entry.booked_ms), entry.opened_on) == ("2018-12", "2018-11-30")
    assert money.check_everything()["cents_stated"] == 0


@pytest.mark.only_on("postgresql")  # SQLite has one writer: the two cannot overlap
def test_who_books_while_somebody_closes_begins_again(money: MoneyRig) -> None:
    """It had decided on its month before the closing: the head of its chain tells it."""
    money.enrol(money.terminal(), 1)
    money.at("2018-12-01T12:00:00+00:00")
    saying = Saying(money.dossier(1), Word.HELD, "a")

    def book(booking: Connection) -> None:
        assert months.open_from(booking) == 0
        money.close_months("2018-11")
        amend(booking, [saying], actor="test", shards=1, now_ms=money.now_ms - 86_400_000)

    with writing(money.engine) as booking, pytest.raises(DBAPIError, match="serialize"):
        book(booking)
    assert money.amend(1, Word.HELD, "a")
    money.check_everything()
