"""A migrated database for each central and each vault of a test: a file, or one on a real PostgreSQL server.

Which of the two is ``--database`` of the test run (``tests/central/conftest.py``); outside of tests/central it is
always a file. A file is copied from one that was migrated once; a server's database is lent again, emptied.
"""

from __future__ import annotations

import shutil
import tempfile
from collections.abc import Callable, Iterator
from contextlib import contextmanager
from functools import cache
from pathlib import Path

import psycopg
from sqlalchemy import Engine, Table, text

from central import schema
from central.engine import make_engine, writing
from central.vault.db import migrate, open_engine
from tests.fakes.postgres import PARTS, server

CENTRAL, VAULT = "central", "vault"
_OPEN: dict[str, Callable[[str], Engine]] = {CENTRAL: make_engine, VAULT: open_engine}
_on_postgresql = False
_run_is_on_postgresql = False
_FEWER = 5


def announce_run(*, on_postgresql_alone: bool) -> None:
    """Before test modules are imported."""
    global _run_is_on_postgresql  # noqa: PLW0603 - as below
    _run_is_on_postgresql = on_postgresql_alone


def examples(many: int) -> int:
    """How many databases a property test makes: all on files, a fifth in the second run, on the server."""
    return many // _FEWER if _run_is_on_postgresql else many


@contextmanager
def on_postgresql(wanted: bool) -> Iterator[None]:
    """Inside, every new database is one of the server's; at the end they are taken back."""
    global _on_postgresql  # noqa: PLW0603 - fixtures and rigs many calls apart must agree
    before, _on_postgresql = _on_postgresql, wanted
    try:
        yield
    finally:
        _on_postgresql = before
        if wanted:
            server().take_back()


def is_postgresql() -> bool:
    """Whether databases are the server's now."""
    return _on_postgresql


def database_in(folder: Path, service: str) -> str:
    """The URL of a migrated database of ``central`` or ``vault``; the same folder gives the same one again."""
    if _on_postgresql:
        return server().copy_for(folder, service, _migrated)
    file = folder / f"{service}.db"
    if not file.exists():
        shutil.copyfile(_migrated_file(service), file)
    return f"sqlite:///{file}"


def empty_database_in(folder: Path, name: str = "empty") -> str:
    """The URL of a database in which nothing was made yet."""
    return server().empty_for(folder, name) if _on_postgresql else f"sqlite:///{folder / f'{name}.db'}"


def written_by(engine: Engine) -> bytes:
    """Every byte a service has in its database, for who looks for what must not be there.

    A file: with its write-ahead log, and what was deleted and not yet overwritten. On PostgreSQL: every row there is,
    in the server's binary form; what was deleted lies in its files until vacuum (docs/scaling.md).
    """
    if engine.dialect.name == "postgresql":
        return b"".join(_rows_of(engine))
    file = Path(str(engine.url.database))
    found = sorted(file.parent.glob(f"{file.name}*"))
    assert {file.name, f"{file.name}-wal"} <= {path.name for path in found}
    return b"".join(path.read_bytes() for path in found)


def _rows_of(engine: Engine) -> Iterator[bytes]:
    with psycopg.connect(engine.url.set(drivername="postgresql").render_as_string(hide_password=False)) as connection:
        tables = connection.execute(
            "SELECT relname::text FROM pg_class WHERE relkind = 'r' AND relnamespace = 2200"
        ).fetchall()
        for (table,) in tables:
            with connection.cursor().copy(f'COPY "{table}" TO STDOUT (FORMAT binary)') as copied:
                yield from (bytes(block) for block in copied)


def refuse_rows(engine: Engine, table: Table, **values: str) -> None:
    """From now on the database fails when a row with these values is inserted."""
    condition = " AND ".join(f"NEW.{column} = '{value}'" for column, value in values.items())
    trigger = f"CREATE TRIGGER refuses BEFORE INSERT ON {table.name}"
    with writing(engine) as connection:
        if connection.dialect.name == "sqlite":
            connection.execute(text(f"{trigger} WHEN {condition} BEGIN SELECT RAISE(ABORT, 'disk full'); END"))
            return
        fails = "BEGIN RAISE EXCEPTION 'disk full'; END"
        connection.execute(text(f"CREATE FUNCTION fail() RETURNS trigger LANGUAGE plpgsql AS $$ {fails} $$"))
        connection.execute(text(f"{trigger} FOR EACH ROW WHEN ({condition}) EXECUTE FUNCTION fail()"))


def _migrated(service: str, url: str) -> None:
    engine = _OPEN[service](url)
    (schema.upgrade if service == CENTRAL else migrate)(engine, parts=PARTS)
    engine.dispose()


@cache
def _migrated_file(service: str) -> Path:
    file = Path(tempfile.mkdtemp(prefix="migrated-")) / f"{service}.db"
    _migrated(service, f"sqlite:///{file}")
    return file
