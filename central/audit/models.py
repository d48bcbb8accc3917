"""The table of the audit: append-only, chained shard by shard."""

from __future__ import annotations

from sqlalchemy import BigInteger, Column, Integer, LargeBinary, String, Table

from central.db import Hash, Millis, Word, metadata
from central.partitions import by_hash

audit_entries = Table(
    "audit_entries",
    metadata,
    Column("shard", Integer, primary_key=True, autoincrement=False),
    Column("number", BigInteger, primary_key=True, autoincrement=False),
    Column("at_ms", Millis, nullable=False),
    Column("tag", Word, nullable=False),
    Column("subject", LargeBinary(32), nullable=False),
    Column("actor", String(64), nullable=False),
    Column("detail", String(64)),
    Column("entry_hash", Hash, nullable=False),
    sqlite_with_rowid=False,
    **by_hash("shard", "number"),
)
