"""How those who write to one SQLite database wait for each other: processes for the turn to write, threads for more.

A process asks again each millisecond, where SQLite's own waiting sleeps 1, 2, 5, 10 … 100 ms between two looks. A batch
holds the turn for some 20 ms, so two workers that write in turn slept through a tenth of what they could have done
(docs/measures.md). A look costs 20 µs.
There is no line: of several that wait, whoever looks first after the turn was given back has it, as with SQLite's own.

Threads of one process do long work one after the other. They end up in that line anyway, and while one writes another
that computes passes the interpreter's lock to and fro with it: that cost a batch a fifth more of the processor.
"""

from __future__ import annotations

import functools
import sqlite3
import time
from collections.abc import Callable, Iterator
from contextlib import AbstractContextManager, contextmanager, nullcontext
from threading import Lock

from sqlalchemy import Engine

PATIENCE_S = 28.0
LOOK_AGAIN_S = 0.001
THREADS_PATIENCE_S = 5.0
_PRIMARY = 0xFF  # of an extended result code


def take_turn(
    connection: sqlite3.Connection,
    *,
    patience_s: float = PATIENCE_S,
    now: Callable[[], float] = time.monotonic,
    sleep: Callable[[float], None] = time.sleep,
) -> bool:
    """Begin a writing transaction as soon as nobody else is in one.

    False when that took longer than ``patience_s``, or cannot be: who then begins without a turn is told why.
    The connection's own patience is left as it was: it still meets checkpoints, and whoever does not come by here.
    """
    own_patience = connection.execute("PRAGMA busy_timeout").fetchone()[0]
    connection.execute("PRAGMA busy_timeout=0")
    try:
        until = now() + patience_s
        while (begun := _begins(connection)) is None and now() < until:
            sleep(LOOK_AGAIN_S)
        return begun is True
    finally:
        connection.execute(f"PRAGMA busy_timeout={own_patience}")


def _begins(connection: sqlite3.Connection) -> bool | None:
    """None: another is in one. False: something else is wrong."""
    try:
        connection.execute("BEGIN IMMEDIATE")
    except sqlite3.DatabaseError as error:
        return None if error.sqlite_errorcode & _PRIMARY == sqlite3.SQLITE_BUSY else False
    return True


def one_at_a_time(
    engine: Engine, patience_s: float = THREADS_PATIENCE_S
) -> Callable[[], AbstractContextManager[object]]:
    """Makes blocks of which one runs at a time in this process; where the database is no SQLite, any number.

    It is for speed alone: who waited ``patience_s`` runs beside the one that takes so long.
    """
    return functools.partial(_held, Lock(), patience_s) if engine.dialect.name == "sqlite" else nullcontext


@contextmanager
def _held(lock: Lock, patience_s: float) -> Iterator[None]:
    is_ours = lock.acquire(timeout=patience_s)
    try:
        yield
    finally:
        if is_ours:
            lock.release()
