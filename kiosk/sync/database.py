"""The terminal's one SQLite file: opened so that a commit is on the disk, and what is deleted is overwritten.

WAL with ``synchronous=FULL``: one fsync a commit. ``secure_delete`` zeroes what is freed, and :meth:`tidy` folds the
write-ahead log back and cuts it to nothing, so that no old page outlives its row. One connection behind one lock: the
touch screen's thread and the worker's take turns, each for a millisecond.
"""

from __future__ import annotations

import contextlib
import os
import sqlite3
import threading
from collections.abc import Iterator
from pathlib import Path

from sqlite_utils import Database

from kiosk.enrolment.errors import StoreError
from kiosk.sync.schema import steps

_FILE_MODE = 0o600
_BUSY_TIMEOUT_S = 5.0  # the self-check may look at the file while the terminal runs
_AUTOCHECKPOINT_PAGES = 4000  # 16 MB: only a backstop, the worker tidies up long before


class TerminalDatabase:
    """The open file. Every failure of SQLite or of the disk comes out as StoreError, with nothing half-written."""

    def __init__(self, path: Path) -> None:
        self._path = path
        self._lock = threading.RLock()
        with _translated():
            self._database = _open(path)
            steps.apply(self._database)

    @contextlib.contextmanager
    def transaction(self) -> Iterator[Database]:
        """One transaction: all of it is on the disk when the block ends, or none of it."""
        with self._lock, _translated(), self._database.atomic():
            yield self._database

    @contextlib.contextmanager
    def reading(self) -> Iterator[Database]:
        """The database for queries."""
        with self._lock, _translated():
            yield self._database

    def tidy(self) -> None:
        """Fold the write-ahead log into the file and cut it: old pages of forgotten records are gone with it."""
        with self._lock, _translated():
            self._database.conn.execute("PRAGMA wal_checkpoint(TRUNCATE)").fetchone()

    def close(self) -> None:
        """Close the file; harmless twice."""
        with self._lock, contextlib.suppress(sqlite3.Error):
            self._database.close()


def _open(path: Path) -> Database:
    # The file is made before SQLite opens it: -wal and -shm take over its mode.
    handle = os.open(path, os.O_RDWR | os.O_CREAT, _FILE_MODE)
    os.fchmod(handle, _FILE_MODE)
    os.close(handle)
    connection = sqlite3.connect(path, check_same_thread=False, timeout=_BUSY_TIMEOUT_S)
    for pragma in (
        "journal_mode = WAL",
        "synchronous = FULL",
        "secure_delete = ON",
        "foreign_keys = ON",
        "temp_store = MEMORY",
        f"wal_autocheckpoint = {_AUTOCHECKPOINT_PAGES}",
    ):
        connection.execute(f"PRAGMA {pragma}").fetchone()
    return Database(connection, execute_plugins=False)


@contextlib.contextmanager
def _translated() -> Iterator[None]:
    try:
        yield
    except sqlite3.IntegrityError as error:
        raise StoreError("the database refused: a rule of the schema would be broken") from error
    except (sqlite3.Error, OSError) as error:
        raise StoreError("nothing was kept: the disk is full, read-only or damaged") from error
