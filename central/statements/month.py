"""What a closed month owes, office by office: a page of the list, and the sums of all. Reads only."""

from __future__ import annotations

import operator
from collections.abc import Sequence
from dataclasses import dataclass
from itertools import groupby

from sqlalchemy import Connection, func, select

from central.devices.models import offices
from central.statements.models import statement_steps
from central.statements.standing import StatementState, fold_steps

AT_ONCE = 100
"""Offices a page."""


@dataclass(frozen=True, slots=True)
class OfficeLine:
    """One office's statement of the month; amounts in cents."""

    office_id: str
    name: str
    openings: int
    cents: int
    owed: int
    state: StatementState


@dataclass(frozen=True, slots=True)
class Month:
    """A piece of the list, by office; ``onward`` is the last office of it when there are more."""

    statements: int
    openings: int
    cents: int
    owed: int
    lines: Sequence[OfficeLine]
    onward: str | None


def read_month(connection: Connection, month: str, *, after: str = "", limit: int = AT_ONCE) -> Month:
    """The statements of a month, from the office that comes next after ``after``; none while it is open."""
    stated = statement_steps.c.month == month, statement_steps.c.step == 0
    sums = (func.sum(statement_steps.c[name]) for name in ("openings", "cents", "owed"))
    count, *totals = connection.execute(select(func.count(), *sums).where(*stated)).one()
    listed = connection.execute(
        select(statement_steps.c.office_id)
        .where(*stated, statement_steps.c.office_id > after)
        .order_by(statement_steps.c.office_id)
        .limit(limit + 1)
    )
    names = list(listed.scalars())
    onward = names[limit - 1] if len(names) > limit else None
    lines = _lines(connection, month, names[:limit])
    openings, cents, owed = (int(total or 0) for total in totals)
    return Month(count, openings, cents, owed, lines, onward)


def _lines(connection: Connection, month: str, listed: Sequence[str]) -> list[OfficeLine]:
    rows = connection.execute(
        select(statement_steps, offices.c.name)
        .join(offices, offices.c.office_id == statement_steps.c.office_id)
        .where(statement_steps.c.month == month, statement_steps.c.office_id.in_(listed))
        .order_by(statement_steps.c.office_id, statement_steps.c.step)
    ).mappings()
    lines = []
    for office_id, group in groupby(rows, key=operator.itemgetter("office_id")):
        steps = list(group)
        first, state = steps[0], fold_steps(steps).state
        lines.append(OfficeLine(office_id, first["name"], first["openings"], first["cents"], first["owed"], state))
    return lines
