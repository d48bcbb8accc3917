"""How a database is reached: engines, transactions, and the few words that differ between SQLite and PostgreSQL.

A neutral leaf: holds no table, no data and no key, so that central and the vault may both stand on it.
SQLite runs with WAL and synchronous=FULL (perf.md point 11: with batches full durability costs nothing visible) and
writers begin with BEGIN IMMEDIATE, so that two writers queue instead of failing half way.

PostgreSQL reads one state of the database in each transaction (REPEATABLE READ). A writer that meets what another one
changed since begins again (:func:`in_transaction`); or, where a service names a ``queue``, writers stand in line at its
one row, each seeing all that the one before it wrote, as on SQLite. What neither sees (two that count rows and each add
one) is made to meet by :mod:`central.turns`. Decision and reasons: docs/decisions/0028. Nothing is kept in a session
between two transactions, so that PgBouncer may give each one another connection (docs/scaling.md).
"""

from __future__ import annotations

import functools
import operator
import random
import time
from collections.abc import Callable, Iterator, Mapping, Sequence
from contextlib import contextmanager
from dataclasses import dataclass
from typing import TYPE_CHECKING, Any, TypeVar, cast

from sqlalchemy import Connection, Engine, Table, create_engine, event
from sqlalchemy.dialects import postgresql, sqlite
from sqlalchemy.engine import URL, make_url
from sqlalchemy.engine.interfaces import DBAPIConnection
from sqlalchemy.exc import DBAPIError, IntegrityError, OperationalError
from sqlalchemy.pool import ConnectionPoolEntry

from central.sqlite_turn import take_turn

if TYPE_CHECKING:
    import sqlite3

T = TypeVar("T")

_BUSY_MS = 2_000  # how long SQLite itself waits for another, after writers took turns for 28 s (central.sqlite_turn)
_CHECKPOINT_PAGES = 4_000  # 16 MiB of write-ahead log between checkpoints: fewer double writes under load
_CACHE_KIB = 24 * 1024  # of each connection, and a worker has one a thread; more changed nothing (perf.md point 3)
_WRITES = "dmp_writes"
_OUT_OF_LINE = "dmp_out_of_line"
_SERIALIZATION_FAILURES = frozenset({"40001", "40P01"})  # PostgreSQL: serialization failure, deadlock
_ATTEMPTS = 6  # of work whose key was taken: the second run sees the row, so more than a few is an error of ours
_PATIENCE_S = 30.0  # of work that met another's: as long as a SQLite writer waits
_LONGEST_PAUSE_S = 0.1
_UNPREPARED = "prepare_threshold"
_ELEMENTS: Mapping[type, str] = {bytes: "bytea", str: "text", int: "bigint", bool: "boolean"}


def make_engine(url: str, *, queue: str | None = None) -> Engine:
    """An engine for ``url``, ``sqlite:///…`` or ``postgresql+psycopg://…``.

    ``queue``: a table of one row at which all writers of this database stand in line on PostgreSQL.
    ``?prepare_threshold=none`` in the URL keeps psycopg from preparing statements, which a PgBouncer before 1.21 needs.
    Parameters are hidden in errors and logs: they hold personal data.
    """
    if make_url(url).get_backend_name() == "postgresql":
        return _postgresql(make_url(url), queue)
    engine = create_engine(url, hide_parameters=True)
    event.listen(engine, "connect", _prepare_sqlite)
    event.listen(engine, "begin", _begin_sqlite)
    return engine


def _postgresql(url: URL, queue: str | None) -> Engine:
    arguments = {_UNPREPARED: None} if url.query.get(_UNPREPARED) == "none" else {}
    engine = create_engine(
        url.difference_update_query([_UNPREPARED]),
        hide_parameters=True,
        isolation_level="REPEATABLE READ" if queue is None else "READ COMMITTED",
        connect_args=arguments,
        pool_pre_ping=True,  # after a fail-over the pool holds connections to a server that is no more
    )
    if queue is not None:
        event.listen(engine, "begin", functools.partial(_stand_in_line, queue))
    return engine


def _stand_in_line(queue: str, connection: Connection) -> None:
    """Under READ COMMITTED each statement after this one sees what the writer before has committed."""
    options = connection.get_execution_options()
    if options.get(_WRITES, False) and not options.get(_OUT_OF_LINE, False):
        connection.exec_driver_sql(f"SELECT 1 FROM {queue} FOR UPDATE")  # noqa: S608 - a table's name, ours


def out_of_line(engine: Engine) -> Engine:
    """The same engine for a migration: the queue's own table may not be there yet."""
    return engine.execution_options(**{_OUT_OF_LINE: True})


def _prepare_sqlite(connection: DBAPIConnection, _entry: ConnectionPoolEntry) -> None:
    connection.isolation_level = None  # the driver begins nothing by itself: _begin_sqlite does
    cursor = connection.cursor()
    for pragma in (
        f"busy_timeout={_BUSY_MS}",
        "journal_mode=WAL",
        "synchronous=FULL",
        "foreign_keys=ON",
        "temp_store=MEMORY",
        f"wal_autocheckpoint={_CHECKPOINT_PAGES}",
        f"cache_size=-{_CACHE_KIB}",
    ):
        cursor.execute(f"PRAGMA {pragma}")
    cursor.close()


def _begin_sqlite(connection: Connection) -> None:
    if not connection.get_execution_options().get(_WRITES, False):
        connection.exec_driver_sql("BEGIN")
    elif not take_turn(cast("sqlite3.Connection", connection.connection.driver_connection)):
        connection.exec_driver_sql("BEGIN IMMEDIATE")  # says what is wrong, in SQLAlchemy's words


@contextmanager
def reading(engine: Engine) -> Iterator[Connection]:
    """A transaction that reads one state of the database, and on PostgreSQL cannot write."""
    with engine.connect().execution_options(**_reading_options(engine.dialect.name)) as connection, connection.begin():
        yield connection


def _reading_options(dialect: str) -> dict[str, Any]:
    if dialect != "postgresql":
        return {}
    return {"isolation_level": "REPEATABLE READ", "postgresql_readonly": True}


@contextmanager
def writing(engine: Engine) -> Iterator[Connection]:
    """A transaction that writes: committed when the block ends, rolled back when it raises."""
    with engine.connect().execution_options(**{_WRITES: True}) as connection, connection.begin():
        yield connection


def in_transaction(engine: Engine, work: Callable[[Connection], T], *, attempts: int = _ATTEMPTS) -> T:
    """Run ``work`` in one writing transaction; again from its start when another worker was first.

    ``work`` must read whatever it decides by inside the transaction: unique keys decide who was first, and the
    second run sees what the first one wrote.

    Raises:
        DBAPIError: the last conflict, when ``attempts`` runs found a key taken, or when for half a minute others were
            always first; any other error at once.
    """
    deadline, run = time.monotonic() + _PATIENCE_S, 1
    while True:
        try:
            with writing(engine) as connection:
                return work(connection)
        except DBAPIError as error:
            if not _another_was_first(error):
                raise
            if run >= attempts and (isinstance(error, IntegrityError) or time.monotonic() > deadline):
                raise
        time.sleep(random.uniform(0, _LONGEST_PAUSE_S * (1 - 0.9**run)))  # noqa: S311 - no secret: they part
        run += 1


def _another_was_first(error: DBAPIError) -> bool:
    if isinstance(error, IntegrityError):
        return True
    if getattr(error.orig, "sqlstate", None) in _SERIALIZATION_FAILURES:
        return True
    return isinstance(error, OperationalError) and "locked" in str(error.orig)


def insert_into(connection: Connection, table: Table) -> Any:
    """An INSERT that knows ``on_conflict_do_nothing`` and ``on_conflict_do_update`` in this database's words."""
    return insert_for(connection.dialect.name, table)


def insert_for(dialect: str, table: Table) -> Any:
    """The same for a database named by its dialect: lets a hot statement be built once and kept."""
    insert = postgresql.insert(table) if dialect == "postgresql" else sqlite.insert(table)
    # Without this, psycopg has forgotten by the time one asks whether the row was new.
    return insert.execution_options(preserve_rowcount=True)


def insert_rows(connection: Connection, table: Table, rows: Sequence[Mapping[str, Any]]) -> None:
    """Insert many rows with one statement; every row names the same columns.

    Nothing is converted on the way, which saves half of what a row costs here (bench/intake_speed): so only columns of
    bytes, text, whole numbers and booleans. SQLite takes the rows one after the other into one prepared statement;
    PostgreSQL takes them in one execution, a column an array, for each execution of its own costs it more than the row.
    """
    if rows:
        insert_values(connection, table, tuple(rows[0]), _values(rows))


def insert_values(
    connection: Connection, table: Table, columns: tuple[str, ...], rows: Sequence[tuple[Any, ...]]
) -> None:
    """The same for rows that are values already, in the order of ``columns``."""
    if rows:
        _run(connection, _many_rows(connection.dialect.name, table, columns, None), rows)


def add_rows(connection: Connection, table: Table, rows: Sequence[Mapping[str, Any]], *, value: str) -> None:
    """The same for sums: where a row with that primary key stands, ``value`` is added to its own.

    No two of the rows may have one key; in the order of their keys, two workers never wait for each other.
    """
    if rows:
        _run(connection, _many_rows(connection.dialect.name, table, tuple(rows[0]), value), _values(rows))


def _values(rows: Sequence[Mapping[str, Any]]) -> list[tuple[Any, ...]]:
    in_order = operator.itemgetter(*rows[0])
    return [in_order(row) for row in rows]


@dataclass(frozen=True, slots=True)
class _ManyRows:
    """A statement that inserts; ``by_column``: it takes the rows in one execution, each column as a list."""

    statement: str
    by_column: bool


def _run(connection: Connection, many: _ManyRows, rows: Sequence[tuple[Any, ...]]) -> None:
    columns = tuple(map(list, zip(*rows, strict=True))) if many.by_column else rows
    connection.exec_driver_sql(many.statement, columns)


@functools.lru_cache(maxsize=256)
def _many_rows(dialect: str, table: Table, columns: tuple[str, ...], added: str | None) -> _ManyRows:
    by_column = dialect == "postgresql"
    if by_column:
        # As text, not as varchar(n): a cast to that would cut a word that is too long, where an assignment refuses it.
        arrays = ", ".join(f"%b::{_ELEMENTS[table.c[name].type.python_type]}[]" for name in columns)
        source = f"SELECT * FROM unnest({arrays})"  # noqa: S608 - names of our own columns
    else:
        source = f"VALUES ({', '.join('?' * len(columns))})"
    statement = f"INSERT INTO {table.name} ({', '.join(columns)}) {source}"
    if added is not None:
        key = ", ".join(column.name for column in table.primary_key)
        statement = f"{statement} ON CONFLICT ({key}) DO UPDATE SET {added} = {table.name}.{added} + excluded.{added}"
    return _ManyRows(statement, by_column)
