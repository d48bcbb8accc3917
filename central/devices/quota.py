"""How much a terminal may hand in: a hostile one, registered or revoked, must not fill central's disk.

Counted by day, in one row a terminal, in the transaction that keeps the records. What is beyond is refused as a whole
and kept nowhere but on the terminal, which comes again: an honest one is done the day after.
"""

from __future__ import annotations

import functools
from dataclasses import dataclass
from typing import Any

from sqlalchemy import Connection, bindparam, case, func, select

from central.devices.models import device_days
from central.engine import insert_for
from central.errors import TooManyError

USUAL_RECORDS = 50_000
"""A hall opens some hundred dossiers a day, of three records each: half a year's worth."""

_USUAL_BYTES = 1 << 30
_DAY_MS = 24 * 3600 * 1000
_TODAY = select(device_days.c.records, device_days.c.size).where(
    device_days.c.terminal_id == bindparam("terminal"), device_days.c.day == bindparam("day")
)


@dataclass(frozen=True, slots=True)
class Quota:
    """Records and bytes a terminal a day; ``revoked``: records in all that are kept of one after its revocation."""

    records: int = USUAL_RECORDS
    size: int = _USUAL_BYTES
    revoked: int = 1000


def check(connection: Connection, terminal_id: str, quota: Quota, *, records: int, size: int, now_ms: int) -> None:
    """Return when so many records of so many bytes may come today.

    Not promised: to the record; batches of one terminal that arrive at the same instant are all let in.

    Raises:
        TooManyError: ``terminal_quota``.
    """
    row = connection.execute(_TODAY, {"terminal": terminal_id, "day": now_ms // _DAY_MS}).one_or_none()
    had, had_size = (0, 0) if row is None else (row.records, row.size)
    if had + records > quota.records or had_size + size > quota.size:
        raise TooManyError("this terminal has handed in all that it may in a day", code="terminal_quota")


def add(connection: Connection, terminal_id: str, *, records: int, size: int, now_ms: int) -> None:
    """Count what is kept, or written down as damaged; a new day begins at nothing."""
    values = {"terminal_id": terminal_id, "day": now_ms // _DAY_MS, "records": records, "size": size}
    connection.execute(_add(connection.dialect.name), values)


@functools.cache
def _add(dialect: str) -> Any:
    insert = insert_for(dialect, device_days)
    same_day = device_days.c.day == insert.excluded.day

    def grown(column: str) -> object:
        given = insert.excluded[column]
        return case((same_day, device_days.c[column] + given), else_=given)

    change = {"day": insert.excluded.day, "records": grown("records"), "size": grown("size")}
    return insert.on_conflict_do_update(index_elements=["terminal_id"], set_=change)


def of_day(connection: Connection, *, now_ms: int) -> int:
    """The most that any terminal has handed in today: for whoever watches whether one comes near its bound."""
    today = select(func.max(device_days.c.records)).where(device_days.c.day == now_ms // _DAY_MS)
    return connection.scalar(today) or 0
