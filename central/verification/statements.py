"""Whether each statement is the entries booked in its month, and every office with an entry has one (invariant 9)."""

from __future__ import annotations

from collections.abc import Iterator

from sqlalchemy import Connection, select

from central.ledger.models import closed_months
from central.statements.book import Sums
from central.statements.closing import sums_of
from central.statements.models import statement_steps


def misstated(connection: Connection) -> Iterator[tuple[str, str]]:
    """Office and month of every statement that is missing, invented, or says something else than the ledger."""
    for month in connection.execute(select(closed_months.c.month).order_by(closed_months.c.month)).scalars():
        stated, booked = _stated(connection, month), sums_of(connection, month)
        for office in sorted(stated.keys() | booked.keys()):
            if stated.get(office) != booked.get(office):
                yield office, month


def _stated(connection: Connection, month: str) -> dict[str, Sums]:
    rows = connection.execute(
        select(statement_steps).where(statement_steps.c.month == month, statement_steps.c.step == 0)
    )
    return {row.office_id: Sums(row.entries, row.openings, row.cents, row.owed, row.digest) for row in rows}
