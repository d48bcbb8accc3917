"""Booking: entries are chained and written in the transaction of the opening they pay."""

from __future__ import annotations

import enum
import operator
from collections.abc import Callable, Mapping, Sequence
from typing import Any

import msgspec
from sqlalchemy import Connection

from central.chains import ChainName, Content, Head, extend, head_of, move_head
from central.engine import insert_rows
from central.ledger.models import ledger_entries

OPENING = "opening"


class LedgerState(enum.Enum):
    """What an amount is: owed, or kept back until a person has looked."""

    ACCRUED = "accrued"
    HELD = "held"


class Booking(msgspec.Struct, frozen=True, gc=False, kw_only=True):
    """An amount for the opening of a dossier by a record; ``hold`` says why it is held, None when it is owed."""

    dossier_id: bytes
    record_id: bytes
    terminal_id: str
    office_id: str
    cents: int
    opened_on: str
    rule: str
    rules_version: int
    hold: str | None = None

    @property
    def state(self) -> LedgerState:
        """Held when there is a reason to, else accrued."""
        return LedgerState.ACCRUED if self.hold is None else LedgerState.HELD


def book(connection: Connection, shard: int, bookings: Sequence[Booking], *, at_ms: int) -> None:
    """Chain and write bookings, in order.

    Raises:
        sqlalchemy.exc.IntegrityError: a dossier was booked before (:func:`central.engine.in_transaction` runs again).
    """
    if not bookings:
        return
    head = head_of(connection, ChainName.LEDGER, shard)
    rows = [_row(booking, shard, head.number + place, at_ms) for place, booking in enumerate(bookings, 1)]
    hashes = extend(head, (content_of(row) for row in rows))
    for row, entry_hash in zip(rows, hashes, strict=True):
        row["entry_hash"] = entry_hash
    insert_rows(connection, ledger_entries, rows)
    move_head(connection, ChainName.LEDGER, shard, Head(head.number + len(rows), hashes[-1]))


content_of: Callable[[Mapping[str, Any]], Content] = operator.itemgetter(
    "number",
    "dossier_id",
    "entry",
    "record_id",
    "terminal_id",
    "office_id",
    "state",
    "hold",
    "cents",
    "opened_on",
    "booked_ms",
    "rule",
    "rules_version",
)
"""What an entry's hash covers: its number first, then every column but shard and hash."""


def _row(booking: Booking, shard: int, number: int, at_ms: int) -> dict[str, int | str | bytes | None]:
    return {
        "dossier_id": booking.dossier_id,
        "entry": OPENING,
        "shard": shard,
        "number": number,
        "record_id": booking.record_id,
        "terminal_id": booking.terminal_id,
        "office_id": booking.office_id,
        "state": booking.state.value,
        "hold": booking.hold,
        "cents": booking.cents,
        "opened_on": booking.opened_on,
        "booked_ms": at_ms,
        "rule": booking.rule,
        "rules_version": booking.rules_version,
    }
