"""Turns: who decides by how many rows there are takes a turn first, so that of two at once one sees what the other did.

On PostgreSQL two transactions that each read "five so far, one more is allowed" and each add a row would both be right
in what they saw, and seven would stand there: neither changed a row of the other's. A turn is the row that both change.
Under REPEATABLE READ the later one begins again (:func:`central.engine.in_transaction`) and counts six.

Names share 4,096 rows, so that nothing is left to clean up; two names on one row wait for each other and no more.
SQLite has one writer at a time, so nothing is written there.
"""

from __future__ import annotations

import zlib
from typing import Any

from sqlalchemy import BigInteger, Column, Connection, Integer, Table

from central.db import metadata
from central.engine import insert_into

STRIPES = 4096

turns = Table(
    "turns",
    metadata,
    Column("stripe", Integer, primary_key=True, autoincrement=False),
    Column("taken", BigInteger, nullable=False),
)


def take_turns(connection: Connection, *names: bytes) -> None:
    """Before counting what these names have; in one order, so that no two wait for each other."""
    if connection.dialect.name == "sqlite":
        return
    stripes = sorted({zlib.crc32(name) % STRIPES for name in names})
    insert: Any = insert_into(connection, turns)
    again = insert.on_conflict_do_update(index_elements=["stripe"], set_={"taken": turns.c.taken + 1})
    for stripe in stripes:
        connection.execute(again, {"stripe": stripe, "taken": 1})
