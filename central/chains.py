"""Hash chains of append-only tables: each entry's hash covers its content and the hash before it.

A chain has shards so that workers need not queue behind each other; each shard has its head in ``chain_heads``, which
an auditor can write down: whoever changes an entry must change everything after it, and the head. Two workers that
append to one shard meet at the unique number: one of them runs again (:func:`central.engine.in_transaction`).
"""

from __future__ import annotations

import enum
import functools
import hashlib
from collections.abc import Iterable, Sequence
from dataclasses import dataclass
from typing import Any

from sqlalchemy import BigInteger, Column, Connection, Integer, Table, bindparam, select

from central.db import Hash, Word, metadata
from central.engine import insert_for
from wire.canonical import encode

_DOMAIN = b"dmp-link-v1"
FIRST_LINK = hashlib.sha256(_DOMAIN).digest()
"""What stands before the first entry of every chain."""

Content = Sequence[int | str | bytes | None]


class ChainName(enum.Enum):
    """The chains of central."""

    AUDIT = "audit"
    LEDGER = "ledger"
    STATEMENTS = "statements"


chain_heads = Table(
    "chain_heads",
    metadata,
    Column("chain", Word, primary_key=True),
    Column("shard", Integer, primary_key=True, autoincrement=False),
    Column("number", BigInteger, nullable=False),
    Column("hash", Hash, nullable=False),
)
_HEAD = select(chain_heads.c.number, chain_heads.c.hash).where(
    chain_heads.c.chain == bindparam("chain"), chain_heads.c.shard == bindparam("shard")
)

_HEADS_HELD = (
    select(chain_heads.c.chain)
    .where(chain_heads.c.shard == bindparam("shard"))
    .order_by(chain_heads.c.chain)
    .with_for_update()
)


@dataclass(frozen=True, slots=True)
class Head:
    """Number and hash of the last entry; number 0 before the first."""

    number: int
    hash: bytes


def head_of(connection: Connection, chain: ChainName, shard: int) -> Head:
    """Where the chain ends now."""
    row = connection.execute(_HEAD, {"chain": chain.value, "shard": shard}).one_or_none()
    return Head(0, FIRST_LINK) if row is None else Head(row.number, row.hash)


def wait_for_others(connection: Connection, shard: int) -> None:
    """First of all, in a transaction that will append to this shard's chains: let who appends now come to their end.

    On PostgreSQL it then begins again (:func:`central.engine.in_transaction`) with nothing done yet, instead of meeting
    them at its end with everything done. SQLite's writers have waited before they began.
    """
    if connection.dialect.name != "sqlite":
        connection.execute(_HEADS_HELD, {"shard": shard})


def move_head(connection: Connection, chain: ChainName, shard: int, head: Head) -> None:
    """Write down where the chain ends."""
    values = {"chain": chain.value, "shard": shard, "number": head.number, "hash": head.hash}
    connection.execute(_move(connection.dialect.name), values)


@functools.cache
def _move(dialect: str) -> Any:
    insert = insert_for(dialect, chain_heads)
    now = {"number": insert.excluded.number, "hash": insert.excluded.hash}
    return insert.on_conflict_do_update(index_elements=["chain", "shard"], set_=now)


def link(previous: bytes, content: Content) -> bytes:
    """The hash of an entry: SHA-256 over domain, previous hash and the canonical bytes of its content."""
    return hashlib.sha256(_DOMAIN + previous + encode(content)).digest()


def extend(head: Head, contents: Iterable[Content]) -> list[bytes]:
    """The hashes of entries that follow ``head``; each content begins with its own number."""
    hashes, previous = [], head.hash
    for content in contents:
        previous = hashlib.sha256(_DOMAIN + previous + encode(content)).digest()  # link(), without its call
        hashes.append(previous)
    return hashes


@dataclass(frozen=True, slots=True)
class ChainReport:
    """What a verification found: ``broken_at`` is the first entry that does not fit, None when all do."""

    chain: ChainName
    shard: int
    entries: int
    broken_at: int | None


def verify_entries(chain: ChainName, shard: int, entries: Iterable[tuple[Content, bytes]], head: Head) -> ChainReport:
    """Walk a whole chain, oldest first.

    Steps:

    1. entries are numbered from 1 without a gap (the number is the content's first field);
    2. each entry's hash is that of its content after the hash before it;
    3. the last entry is the one the head names: none was cut off at the end.

    Not checked: whether the head itself was replaced together with the entries; for that it must be anchored outside.
    """
    previous, number = FIRST_LINK, 0
    for content, stored in entries:
        number += 1
        if content[0] != number or link(previous, content) != stored:  # 1, 2
            return ChainReport(chain, shard, number, number)
        previous = stored
    broken = None if (number, previous) == (head.number, head.hash) else number + 1  # 3
    return ChainReport(chain, shard, number, broken)
