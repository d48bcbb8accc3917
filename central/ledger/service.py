"""Booking: entries are chained and written in the transaction of what they follow from."""

from __future__ import annotations

import operator
from collections.abc import Callable, Iterable, Iterator, Mapping, Sequence
from itertools import groupby
from typing import Any

import msgspec
from sqlalchemy import Connection, select

from central.chains import ChainName, Content, Head, extend, head_of, move_head
from central.db import shard_of
from central.engine import insert_rows
from central.ledger.models import ledger_entries
from central.ledger.standing import LedgerState, Standing, Word, fold_rows

_AT_ONCE = 500  # dossiers named by one statement
_NAMED = (  # what a later entry takes over from the opening
    "dossier_id",
    "record_id",
    "terminal_id",
    "office_id",
    "opened_on",
    "rule",
    "rules_version",
)


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


class Saying(msgspec.Struct, frozen=True, gc=False):
    """A word on an amount that stands in the ledger.

    ``priced``: the rule that a correction goes by, and the version of the rules; its amount stands in the reason.
    """

    dossier_id: bytes
    word: Word
    reason: str
    priced: tuple[str, int] | None = None


class Said(msgspec.Struct, frozen=True, gc=False):
    """An entry that was written because of a saying: ``cents`` and ``owed`` are the differences it made."""

    dossier_id: bytes
    terminal_id: str
    step: int
    word: Word
    state: LedgerState
    reason: str
    cents: int
    owed: int


def book(connection: Connection, shard: int, bookings: Sequence[Booking], *, at_ms: int) -> None:
    """Chain and write openings, in order; ``at_ms`` lies in an open month (:func:`central.ledger.months.open_from`).

    Raises:
        sqlalchemy.exc.IntegrityError: a dossier was booked before (:func:`central.engine.in_transaction` runs again).
    """
    _append(connection, shard, [_opening(booking, at_ms) for booking in bookings])


def say(connection: Connection, sayings: Iterable[Saying], *, shards: int, at_ms: int) -> list[Said]:
    """Write what is said of amounts; what was written, without the words that said what was so already.

    A dossier that has no amount is passed: there is nothing to hold or to take back. Two who speak of one dossier at
    once meet at its next step: one of them runs again and sees what the other said.
    """
    told = sorted(sayings, key=lambda one: (one.dossier_id, one.word.value, one.reason))
    held = {dossier_id: list(rows) for dossier_id, rows in _by_dossier(connection, {one.dossier_id for one in told})}
    rows: dict[int, list[dict[str, Any]]] = {}
    for saying in told:
        entries = held.get(saying.dossier_id)
        row = None if entries is None else _later(entries, saying, at_ms)
        if entries is not None and row is not None:
            entries.append(row)
            rows.setdefault(shard_of(row["terminal_id"].encode(), shards), []).append(row)
    for shard in sorted(rows):
        _append(connection, shard, rows[shard])
    return [_said(row) for written in rows.values() for row in written]


content_of_opening: Callable[[Mapping[str, Any]], Content] = operator.itemgetter(
    "number",
    "dossier_id",
    "entry",
    "record_id",
    "terminal_id",
    "office_id",
    "state",
    "reason",
    "cents",
    "opened_on",
    "booked_ms",
    "rule",
    "rules_version",
)
_ADDED: Callable[[Mapping[str, Any]], Content] = operator.itemgetter("step", "owed")


def content_of(row: Mapping[str, Any]) -> Content:
    """What an entry's hash covers: its number first, then every column but shard and hash.

    An opening is step 0 and owes all or nothing by its state, so neither is in its hash (and an opening that was booked
    before there were later steps keeps the hash it had); whether they are so, the recount says.
    """
    content = content_of_opening(row)
    return content if row["step"] == 0 else (*content, *_ADDED(row))


def _append(connection: Connection, shard: int, rows: list[dict[str, Any]]) -> None:
    if not rows:
        return
    head = head_of(connection, ChainName.LEDGER, shard)
    for number, row in enumerate(rows, head.number + 1):
        row["shard"], row["number"] = shard, number
    hashes = extend(head, (content_of(row) for row in rows))
    for row, entry_hash in zip(rows, hashes, strict=True):
        row["entry_hash"] = entry_hash
    insert_rows(connection, ledger_entries, rows)
    move_head(connection, ChainName.LEDGER, shard, Head(head.number + len(rows), hashes[-1]))


def _opening(booking: Booking, at_ms: int) -> dict[str, Any]:
    return {
        "dossier_id": booking.dossier_id,
        "step": 0,
        "entry": Word.OPENING.value,
        "record_id": booking.record_id,
        "terminal_id": booking.terminal_id,
        "office_id": booking.office_id,
        "state": booking.state.value,
        "reason": booking.hold,
        "cents": booking.cents,
        "owed": booking.cents if booking.hold is None else 0,
        "opened_on": booking.opened_on,
        "booked_ms": at_ms,
        "rule": booking.rule,
        "rules_version": booking.rules_version,
    }


def _later(entries: Sequence[Mapping[str, Any]], saying: Saying, at_ms: int) -> dict[str, Any] | None:
    """The entry that a saying makes after these; None when it says what is so already."""
    before = fold_rows(entries)
    after = before.after(saying.word, saying.reason)
    if after == before:
        return None
    row: dict[str, Any] = {name: entries[-1][name] for name in _NAMED}
    if saying.priced is not None:
        row["rule"], row["rules_version"] = saying.priced
    return row | {
        "step": len(entries),
        "entry": saying.word.value,
        "state": after.state.value,
        "reason": saying.reason,
        "cents": after.earned - before.earned,
        "owed": after.owed - before.owed,
        "booked_ms": at_ms,
    }


def _said(row: Mapping[str, Any]) -> Said:
    return Said(
        row["dossier_id"],
        row["terminal_id"],
        row["step"],
        Word(row["entry"]),
        LedgerState(row["state"]),
        row["reason"],
        row["cents"],
        row["owed"],
    )


def _by_dossier(connection: Connection, dossier_ids: set[bytes]) -> Iterator[tuple[bytes, Iterator[Mapping[str, Any]]]]:
    """All entries of dossiers, each dossier's oldest first; asked for in portions that a statement can name."""
    wanted = sorted(dossier_ids)
    for start in range(0, len(wanted), _AT_ONCE):
        entries = connection.execute(
            select(ledger_entries)
            .where(ledger_entries.c.dossier_id.in_(wanted[start : start + _AT_ONCE]))
            .order_by(ledger_entries.c.dossier_id, ledger_entries.c.step)
        ).mappings()
        yield from groupby(entries, key=operator.itemgetter("dossier_id"))


def standings_of(connection: Connection, dossier_ids: set[bytes]) -> dict[bytes, Standing]:
    """How the amounts of these openings stand; what nothing was booked for is not there."""
    return {dossier_id: fold_rows(entries) for dossier_id, entries in _by_dossier(connection, dossier_ids)}


def entries_of(connection: Connection, dossier_id: bytes) -> list[Mapping[str, Any]]:
    """All that was booked for one dossier, oldest first."""
    return [entry for _, entries in _by_dossier(connection, {dossier_id}) for entry in entries]
