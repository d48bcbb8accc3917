"""What a statement says to an office: a month, or the months of a year, and each entry behind the sums. Reads only."""

from __future__ import annotations

import json
from collections.abc import Iterator, Sequence
from dataclasses import dataclass

from sqlalchemy import Connection, RowMapping, select

from central.dates import paris_day
from central.devices.models import offices
from central.errors import NotFoundError
from central.ledger.models import ledger_entries
from central.ledger.months import bounds_ms, months_of
from central.ledger.standing import Word
from central.statements.book import Sums, steps_of
from central.statements.standing import Statement, StatementState, fold_steps


@dataclass(frozen=True, slots=True)
class Line:
    """One entry of the ledger, as the office may read it: which record, never which person."""

    booked_on: str
    opened_on: str
    record_id: bytes
    terminal_id: str
    entry: str
    reason: str | None
    cents: int
    owed: int
    rule: str
    rules_version: int


@dataclass(frozen=True, slots=True)
class MonthRow:
    """A month as it was stated, and what became of it; ``statement`` is None while it is open or had nothing."""

    month: str
    sums: Sums
    statement: Statement | None
    payment_id: str | None

    @property
    def state(self) -> StatementState | None:
        """Stated, paid or contested."""
        return None if self.statement is None else self.statement.state


@dataclass(frozen=True, slots=True)
class OfficeStatement:
    """A statement of a month or a year, for one office."""

    office_id: str
    name: str
    address: tuple[str, ...]
    finess: str | None
    period: str
    months: Sequence[MonthRow]
    lines: Sequence[Line]

    @property
    def openings(self) -> int:
        """Openings of the period."""
        return sum(row.sums.openings for row in self.months)

    @property
    def cents(self) -> int:
        """Earned in the period."""
        return sum(row.sums.cents for row in self.months)

    @property
    def owed(self) -> int:
        """To be paid for the period."""
        return sum(row.sums.owed for row in self.months)

    @property
    def is_closed(self) -> bool:
        """Whether all months of the period that had an entry are stated: nothing here will change."""
        return all(row.statement is not None for row in self.months)


def read_statement(connection: Connection, office_id: str, period: str) -> OfficeStatement:
    """The statement of an office for 2018-11, or for 2018: months without an entry are left out.

    A month that is not closed is shown as its entries stand now; :attr:`OfficeStatement.is_closed` says so.

    Raises:
        NotFoundError: no such office. SetupError: ``period_form``.
    """
    office = connection.execute(select(offices).where(offices.c.office_id == office_id)).one_or_none()
    if office is None:
        raise NotFoundError("no such office")
    months, lines = [], []
    for month in months_of(period):
        of_month = list(_lines(connection, office_id, month))
        steps = steps_of(connection, office_id, month)
        if of_month or steps:
            months.append(_month(month, of_month, steps))
        lines += of_month
    address = tuple(str(line) for line in json.loads(office.lines))
    return OfficeStatement(office_id, office.name, address, office.finess, period, months, lines)


def _month(month: str, lines: Sequence[Line], steps: Sequence[RowMapping]) -> MonthRow:
    if not steps:
        openings = sum(line.entry == Word.OPENING.value for line in lines)
        sums = Sums(len(lines), openings, sum(line.cents for line in lines), sum(line.owed for line in lines))
        return MonthRow(month, sums, None, None)
    sums = Sums(*(steps[0][name] for name in Sums.__struct_fields__))
    statement = fold_steps(steps)
    payment = next((step["payment_id"] for step in reversed(steps) if step["payment_id"]), None)
    return MonthRow(month, sums, statement, payment if statement.is_ordered else None)


def _lines(connection: Connection, office_id: str, month: str) -> Iterator[Line]:
    start, end = bounds_ms(month)
    rows = connection.execute(
        select(ledger_entries)
        .where(ledger_entries.c.booked_ms >= start, ledger_entries.c.booked_ms < end)
        .where(ledger_entries.c.office_id == office_id)
        .order_by(ledger_entries.c.booked_ms, ledger_entries.c.shard, ledger_entries.c.number)
    )
    for row in rows:
        yield Line(
            booked_on=paris_day(row.booked_ms),
            opened_on=row.opened_on,
            record_id=row.record_id,
            terminal_id=row.terminal_id,
            entry=row.entry,
            reason=row.reason,
            cents=row.cents,
            owed=row.owed,
            rule=row.rule,
            rules_version=row.rules_version,
        )
