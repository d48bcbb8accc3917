"""Months of the ledger: which one is open, and closing one for ever.

A period is a month of Paris; an entry belongs to the month of its ``booked_ms``. Closing a month closes all before it.
What is booked later, by a worker whose clock is behind or whose transaction began before, is booked at the first moment
of the open month: so a closed one cannot change, and a correction falls where it is made.
"""

from __future__ import annotations

from datetime import date

from sqlalchemy import Connection, func, insert, select

from central.chains import ChainName, head_of, move_head
from central.dates import paris_day, starts_ms
from central.errors import AlreadyThereError, SetupError
from central.ledger.models import closed_months, ledger_entries

_MONTHS = 12
MONTH_LENGTH = 7  # of 2018-11


def month_of(at_ms: int) -> str:
    """The month in Paris of a moment, written 2018-11."""
    return paris_day(at_ms)[:MONTH_LENGTH]


def next_month(month: str) -> str:
    """The month after."""
    year, number = (int(part) for part in month.split("-"))
    return f"{year + number // _MONTHS:04d}-{number % _MONTHS + 1:02d}"


def bounds_ms(month: str) -> tuple[int, int]:
    """The first millisecond of a month, and the first after it.

    Raises:
        SetupError: ``period_form``: not written like 2018-11.
    """
    try:
        first, after = (date.fromisoformat(f"{one}-01") for one in (month, next_month(month)))
    except ValueError as error:
        raise SetupError("a month is written like 2018-11", code="period_form") from error
    return starts_ms(first), starts_ms(after)


def months_of(period: str) -> tuple[str, ...]:
    """The months of a period: itself, or the twelve of a year written 2018."""
    if period.isascii() and period.isdigit():
        return tuple(f"{period}-{number:02d}" for number in range(1, _MONTHS + 1))
    bounds_ms(period)
    return (period,)


def last_closed(connection: Connection) -> str | None:
    """The latest month that is closed; None before the first closing."""
    month: str | None = connection.scalar(select(func.max(closed_months.c.month)))
    return month


def open_from(connection: Connection) -> int:
    """The first millisecond in which something may be booked."""
    closed = last_closed(connection)
    return 0 if closed is None else bounds_ms(closed)[1]


def months_to_close(connection: Connection, period: str) -> list[str]:
    """The months that closing up to the end of a period has to close, oldest first; none when all are closed."""
    upto, closed = months_of(period)[-1], last_closed(connection)
    if closed is not None:
        month = next_month(closed)
    else:
        first = connection.scalar(select(func.min(ledger_entries.c.booked_ms)))
        month = upto if first is None else min(upto, month_of(first))
    months = []
    while month <= upto:
        months.append(month)
        month = next_month(month)
    return months


def close_month(connection: Connection, month: str, *, by: str, shards: int, now_ms: int) -> None:
    """Close a month: from the end of this transaction on nothing is booked in it.

    Steps:

    1. the month is over, and follows the last one that was closed;
    2. it is written down as closed;
    3. the head of every shard's chain is written again as it was: whoever is booking at the same time, and decided on
       its month before this, meets that row, and begins again (on PostgreSQL; SQLite has one writer).

    Raises:
        SetupError: ``period_open``: 1, not over yet. AlreadyThereError: 1, closed before.
    """
    closed = last_closed(connection)
    if closed is not None and month <= closed:
        raise AlreadyThereError("this month is closed")
    if bounds_ms(month)[1] > now_ms:  # 1
        raise SetupError("this month is not over", code="period_open")
    connection.execute(insert(closed_months).values(month=month, closed_ms=now_ms, closed_by=by))  # 2
    for shard in range(shards):  # 3
        move_head(connection, ChainName.LEDGER, shard, head_of(connection, ChainName.LEDGER, shard))
