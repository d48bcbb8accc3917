"""The two bare halves of intake: opening the records of batches, and inserting the rows they become."""

from __future__ import annotations

import sqlite3
import time
from collections.abc import Sequence
from dataclasses import dataclass
from pathlib import Path
from typing import Any

from cryptography.hazmat.primitives.asymmetric.ed25519 import Ed25519PublicKey

from central.keys import CentralKeys
from wire.batch import BatchItem, read_batch
from wire.facts import read_administrative
from wire.identifiers import RecordId, TerminalId
from wire.sealing import SealPurpose, unseal
from wire.signing import SigningPurpose, verify

RECORDS = 100
# Rows a record brings to each table, in the order of writing: what (b) inserts.
_TABLES = {
    "records": ("record_id", 1),
    "dossiers": ("dossier_id", 1),
    "persons": ("dossier_id", 1),
    "consents": ("dossier_id", 1),
    "accounts": ("dossier_id", 1),
    "outbox": ("dossier_id", 1),
    "ledger_entries": ("number", 1),
    "audit_entries": ("number", 3),
}


@dataclass(frozen=True, slots=True)
class Sent:
    """A batch, of which terminal, and the key it signs with."""

    terminal: TerminalId
    device: Ed25519PublicKey
    body: bytes


def open_all(batches: Sequence[Sent], keys: CentralKeys) -> None:
    """Decode, verify the one signature a batch, open and decode each record."""
    for sent in batches:
        batch = read_batch(sent.body)
        verify(SigningPurpose.BATCH, batch.header_bytes, batch.signature, sent.device)
        for item in batch.items:
            assert isinstance(item, BatchItem)
            assert item.record.administrative is not None
            context = RecordId(item.routing.record_id), TerminalId(item.routing.terminal)
            read_administrative(unseal(item.record.administrative, keys.intake, SealPurpose.ADMINISTRATIVE, *context))


def bare_insert(database: Path, batches: int) -> tuple[float, float]:
    """Insert the round's rows into a copy of central's database as it was without them; seconds, and CPU seconds."""
    copy = database.with_name("bare.db")
    source = sqlite3.connect(database)
    rows = {name: _newest(source, name, batches * RECORDS * share, order) for name, (order, share) in _TABLES.items()}
    totals = source.execute("SELECT * FROM counters").fetchall()
    target = sqlite3.connect(copy, isolation_level=None)
    source.backup(target)
    source.close()
    for pragma in ("journal_mode=WAL", "synchronous=FULL", "wal_autocheckpoint=4000", "cache_size=-24576"):
        target.execute(f"PRAGMA {pragma}")
    _forget(target, rows)
    started, own = time.perf_counter(), time.process_time()
    for batch in range(batches):
        _insert_batch(target, rows, totals, batch)
    elapsed, cpu = time.perf_counter() - started, time.process_time() - own
    target.close()
    for path in copy.parent.glob("bare.db*"):
        path.unlink()
    return elapsed, cpu


def _insert_batch(target: sqlite3.Connection, rows: dict[str, list[Any]], totals: list[Any], batch: int) -> None:
    target.execute("BEGIN IMMEDIATE")
    for name, all_rows in rows.items():
        size = RECORDS * _TABLES[name][1]
        part = all_rows[batch * size : (batch + 1) * size]
        target.executemany(f"INSERT INTO {name} VALUES ({', '.join('?' * len(part[0]))})", part)
    target.executemany(
        "INSERT INTO counters VALUES (?, ?, ?, ?, ?, ?) ON CONFLICT DO UPDATE SET value = value + excluded.value",
        totals,
    )
    target.execute("COMMIT")


def _newest(source: sqlite3.Connection, name: str, count: int, order: str) -> list[Any]:
    newest = source.execute(f"SELECT * FROM {name} ORDER BY {order} DESC LIMIT {count}").fetchall()
    return newest[::-1]


def _forget(target: sqlite3.Connection, rows: dict[str, list[Any]]) -> None:
    """Take the rows out again, and what was written to do so off the log, before the clock starts."""
    target.execute("BEGIN IMMEDIATE")
    for name in reversed(rows):
        order = _TABLES[name][0]
        column = [row[1] for row in target.execute(f"PRAGMA table_info({name})")].index(order)
        target.execute(f"DELETE FROM {name} WHERE {order} >= ?", (rows[name][0][column],))
    target.execute("COMMIT")
    target.execute("PRAGMA wal_checkpoint(TRUNCATE)")
