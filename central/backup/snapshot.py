"""One state of a live database as a file, and back: SQLite by its online backup, PostgreSQL by pg_dump and pg_restore.

While it is copied the service goes on writing: SQLite's backup in one step reads one state of the write-ahead log;
pg_dump reads the very snapshot (``pg_export_snapshot``) in which the manifest's chain ends were read.
"""

from __future__ import annotations

import os
import shutil
import sqlite3
import subprocess
from collections.abc import Callable
from contextlib import closing
from dataclasses import dataclass
from pathlib import Path
from typing import TypeVar

from sqlalchemy import Connection, Engine, inspect, text

from central.backup.errors import RefusedBackupError, TargetError, ToolError
from central.engine import make_engine, reading

T = TypeVar("T")

_MODE = 0o600
_OWN_WORDS = ("prepare_threshold",)  # of our URLs; libpq does not know them
_BESIDE = ("", "-wal", "-shm", "-journal")  # files that SQLite has for one database


@dataclass(frozen=True, slots=True)
class Tools:
    """Where PostgreSQL's programs lie; None: wherever the system finds them. Not older than the server."""

    folder: Path | None = None

    def run(self, program: str, *arguments: str) -> None:
        """Run one of them to its end.

        Raises:
            ToolError: it is missing or failed; its own words are not passed on, they may quote a row.
        """
        found = shutil.which(program, path=None if self.folder is None else str(self.folder))
        if found is None:
            raise ToolError(f"{program} is not there: install PostgreSQL's client programs, or name their folder")
        done = subprocess.run([found, *arguments], check=False, stdin=subprocess.DEVNULL, capture_output=True)  # noqa: S603 - a program by its full path, arguments of ours
        if done.returncode:
            raise ToolError(
                f"{program} ended with {done.returncode}: is it as new as the server, may its user do this?"
            )


def copy_out(engine: Engine, target: Path, read: Callable[[Connection], T], tools: Tools) -> T:
    """Write one state of the database into the new file ``target``; what ``read`` finds in that very state.

    Raises:
        ToolError: pg_dump. OSError, sqlite3.Error: the disk.
    """
    os.close(os.open(target, os.O_WRONLY | os.O_CREAT | os.O_EXCL, _MODE))
    if engine.dialect.name == "postgresql":
        with reading(engine) as connection:
            snapshot = connection.scalar(text("SELECT pg_export_snapshot()"))
            dumping = ("--format=custom", "--compress=0", "--no-owner", "--no-privileges", f"--snapshot={snapshot}")
            with _Access(engine, target.with_name(target.name + ".pass")) as access:
                tools.run("pg_dump", *dumping, f"--file={target}", f"--dbname={access}")
            return read(connection)
    source = f"file:{engine.url.database}?mode=ro"
    with closing(sqlite3.connect(source, uri=True)) as live, closing(sqlite3.connect(target)) as copy:
        live.backup(copy)  # all pages in one step: writers of the service go on meanwhile
        copy.execute("PRAGMA journal_mode=DELETE")  # one file, nothing beside it
    return look_into(target, read)


def look_into(file: Path, read: Callable[[Connection], T]) -> T:
    """What ``read`` finds in a SQLite file."""
    engine = make_engine(f"sqlite:///{file}")
    try:
        with reading(engine) as connection:
            found = read(connection)
    finally:
        engine.dispose()
    with closing(sqlite3.connect(file)) as connection:
        connection.execute("PRAGMA journal_mode=DELETE")  # looking made it a WAL file again
    return found


def check_empty(engine: Engine) -> None:
    """Return when there is nothing in the database, or no file at all.

    Raises:
        TargetError: ``not_empty``.
    """
    if engine.dialect.name == "postgresql":
        is_empty = not inspect(engine).get_table_names()
    else:
        is_empty = not any(Path(f"{engine.url.database}{end}").exists() for end in _BESIDE)
    if not is_empty:
        raise TargetError(
            "there is a database already: a backup is put back into an empty place only", code="not_empty"
        )


def copy_in(engine: Engine, source: Path, check: Callable[[Connection], None], tools: Tools) -> None:
    """Make ``source`` the database, once ``check`` found it whole; ``source`` is used up.

    On PostgreSQL everything comes in one transaction, and is checked after it: when that fails the database is there,
    and must be dropped before another try.

    Raises:
        RefusedBackupError: SQLite finds the file damaged; whatever ``check`` raises. ToolError: pg_restore.
    """
    if engine.dialect.name == "postgresql":
        restoring = ("--exit-on-error", "--single-transaction", "--no-owner", "--no-privileges")
        with _Access(engine, source.with_name(source.name + ".pass")) as access:
            tools.run("pg_restore", *restoring, f"--dbname={access}", str(source))
        with reading(engine) as connection:
            check(connection)
        source.unlink()
        return
    with closing(sqlite3.connect(source)) as connection:
        if connection.execute("PRAGMA quick_check").fetchall() != [("ok",)]:
            raise RefusedBackupError("the database in the backup is damaged")
    look_into(source, check)
    source.replace(str(engine.url.database))


class _Access:
    """How PostgreSQL's programs reach the database: no password on a command line, which everybody can read."""

    def __init__(self, engine: Engine, passfile: Path) -> None:
        self._url, self._passfile = engine.url, passfile

    def __enter__(self) -> str:
        plain = self._url.set(drivername="postgresql", password=None).difference_update_query(list(_OWN_WORDS))
        if self._url.password is None:
            return plain.render_as_string()
        secret = str(self._url.password).replace("\\", "\\\\").replace(":", "\\:")
        with os.fdopen(os.open(self._passfile, os.O_WRONLY | os.O_CREAT | os.O_EXCL, _MODE), "w") as file:
            file.write(f"*:*:*:*:{secret}\n")
        return plain.update_query_dict({"passfile": str(self._passfile)}).render_as_string()

    def __exit__(self, *_: object) -> None:
        self._passfile.unlink(missing_ok=True)
