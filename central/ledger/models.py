"""The table of the ledger: append-only; an entry is corrected by another entry, never changed."""

from __future__ import annotations

from sqlalchemy import BigInteger, Column, ForeignKey, Index, Integer, Table

from central.db import Day, Hash, Id, Millis, Name, Word, metadata
from central.partitions import by_hash

ledger_entries = Table(
    "ledger_entries",
    metadata,
    # One entry of a kind for a dossier, and one dossier for a person: no record and no person can be booked twice.
    Column("dossier_id", Id, ForeignKey("dossiers.dossier_id"), primary_key=True),
    Column("entry", Word, primary_key=True),  # opening; reversals and corrections will have their own words
    Column("shard", Integer, nullable=False),
    Column("number", BigInteger, nullable=False),
    Column("record_id", Id, nullable=False),  # every cent names its record
    Column("terminal_id", Name, nullable=False),
    Column("office_id", Name, nullable=False),
    Column("state", Word, nullable=False),  # accrued or held
    Column("hold", Word),  # why it is held
    Column("cents", BigInteger, nullable=False),
    Column("opened_on", Day, nullable=False),  # decides the rate
    Column("booked_ms", Millis, nullable=False),  # decides the period of the statement
    Column("rule", Word, nullable=False),
    Column("rules_version", Integer, nullable=False),
    Column("entry_hash", Hash, nullable=False),
    # Unique by the head of the chain, which whoever appends must move; a hash partition cannot promise it.
    Index(None, "shard", "number"),
    sqlite_with_rowid=False,
    **by_hash("dossier_id"),
)
