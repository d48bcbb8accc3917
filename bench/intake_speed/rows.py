"""The bare half that writes: the rows that intake made of a batch, inserted again beside them, and nothing else.

They are inserted into the same tables of the same database, as full as it is, under the same keys and constraints: as
the rows of other records, whose ids differ in one byte, so that both can stand there.
"""

from __future__ import annotations

import re
import sqlite3
from collections.abc import Callable, Iterable, Iterator, Mapping, Sequence
from contextlib import contextmanager
from dataclasses import dataclass
from typing import Any, Protocol

import psycopg
from sqlalchemy import Engine, event
from sqlalchemy.engine import make_url

from central.schema import all_tables

_INSERT = re.compile(r"INSERT INTO (\w+) \(([^)]+)\) VALUES \([?, ]+\)(?P<sums> ON CONFLICT .*)?$", re.DOTALL)
_PASSED = frozenset({"chain_heads", "device_days", "chain_incidents"})  # moved by each batch; of the rehearsal alone
_OTHER_SHARDS = 512
_ARRAYS: Mapping[type, str] = {bytes: "bytea", str: "text", int: "bigint", bool: "boolean"}
_PRAGMAS = ("journal_mode=WAL", "synchronous=FULL", "wal_autocheckpoint=4000", "cache_size=-24576", "foreign_keys=ON")


@dataclass(frozen=True, slots=True)
class RowsOfTable:
    """Rows that one statement inserts; ``sums`` is how it ends where rows are added to rows that stand there."""

    table: str
    columns: tuple[str, ...]
    rows: tuple[tuple[Any, ...], ...]
    sums: str = ""


@contextmanager
def recorded(engine: Engine) -> Iterator[list[RowsOfTable]]:
    """What is inserted over an SQLite engine from now on, as the rows of other records."""
    seen: list[RowsOfTable] = []

    def note(
        _connection: object, _cursor: object, statement: str, parameters: Any, _context: object, many: bool
    ) -> None:
        found = _INSERT.match(statement)
        if found is not None and found[1] not in _PASSED:
            columns = tuple(name.strip() for name in found[2].split(","))
            rows = parameters if many else [parameters]
            seen.append(RowsOfTable(found[1], columns, _of_others(columns, rows), found["sums"] or ""))

    event.listen(engine, "before_cursor_execute", note)
    try:
        yield seen
    finally:
        event.remove(engine, "before_cursor_execute", note)


def _of_others(columns: Sequence[str], rows: Iterable[Sequence[Any]]) -> tuple[tuple[Any, ...], ...]:
    changes = [_CHANGES.get(name, _same) for name in columns]
    return tuple(tuple(change(value) for change, value in zip(changes, row, strict=True)) for row in rows)


def _same(value: Any) -> Any:
    return value


def _later_id(value: bytes) -> bytes:
    """Its time stays: it lies beside the other in the index, as a record of that second would."""
    return value[:-1] + bytes([value[-1] ^ 1])


def _other_person(value: bytes) -> bytes:
    """Somewhere else in the index: persons come in no order."""
    return bytes([value[0] ^ 0x55]) + value[1:]


_CHANGES: Mapping[str, Callable[[Any], Any]] = {
    "record_id": _later_id,
    "dossier_id": _later_id,
    "fingerprint": _other_person,
    "shard": lambda shard: shard + _OTHER_SHARDS,
}


class BareInsert(Protocol):
    """Inserts batches of rows, a transaction each."""

    def insert(self, rows: Sequence[RowsOfTable]) -> Callable[[], None]:
        """Get everything ready that is not inserting; calling what comes back inserts."""


def bare_insert(database: str) -> BareInsert:
    """For a database's URL."""
    url = make_url(database)
    if url.get_backend_name() == "sqlite":
        assert url.database is not None
        return _SqliteRows(url.database)
    return _PostgresqlRows(url.render_as_string(hide_password=False).replace("+psycopg", ""))


class _SqliteRows:
    def __init__(self, file: str) -> None:
        self._connection = sqlite3.connect(file, isolation_level=None, timeout=30.0)
        for pragma in _PRAGMAS:
            self._connection.execute(f"PRAGMA {pragma}")

    def insert(self, rows: Sequence[RowsOfTable]) -> Callable[[], None]:
        statements = [
            (f"{_head(part)} VALUES ({', '.join('?' * len(part.columns))}){part.sums}", part.rows) for part in rows
        ]

        def run() -> None:
            self._connection.execute("BEGIN IMMEDIATE")
            for statement, values in statements:
                self._connection.executemany(statement, values)
            self._connection.execute("COMMIT")

        return run


class _PostgresqlRows:
    """A table's rows in one statement, a column an array: a multi-row VALUES takes more than twice as long."""

    def __init__(self, conninfo: str) -> None:
        self._connection = psycopg.connect(conninfo, autocommit=True)
        self._tables = all_tables().tables

    def insert(self, rows: Sequence[RowsOfTable]) -> Callable[[], None]:
        statements = []
        for part in rows:
            types = [_ARRAYS[self._tables[part.table].c[name].type.python_type] for name in part.columns]
            arrays = ", ".join(f"%b::{name}[]" for name in types)
            statement = f"{_head(part)} SELECT * FROM unnest({arrays}){part.sums}"
            statements.append((statement.encode(), tuple(map(list, zip(*part.rows, strict=True)))))

        def run() -> None:
            with self._connection.transaction(), self._connection.cursor() as cursor:
                for statement, values in statements:
                    cursor.execute(statement, values)

        return run


def _head(part: RowsOfTable) -> str:
    return f"INSERT INTO {part.table} ({', '.join(part.columns)})"
