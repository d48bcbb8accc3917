"""The table of statements: append-only and chained, like the ledger they sum up."""

from __future__ import annotations

from sqlalchemy import BigInteger, Column, ForeignKey, Index, Integer, String, Table

from central.db import Hash, Millis, Name, Word, metadata

statement_steps = Table(
    "statement_steps",
    metadata,
    Column("office_id", Name, ForeignKey("offices.office_id"), primary_key=True),
    Column("month", String(7), primary_key=True),
    Column("step", Integer, primary_key=True, autoincrement=False),  # 0 states; each later word is one more
    Column("word", Word, nullable=False),  # central.statements.standing.Word
    # What step 0 states of the month; 0 in all later steps.
    Column("entries", BigInteger, nullable=False),  # of the ledger, booked in the month
    Column("openings", BigInteger, nullable=False),
    Column("cents", BigInteger, nullable=False),  # earned
    Column("owed", BigInteger, nullable=False),  # to be paid: may be less than nothing
    Column("digest", Hash),  # of the hashes of those entries, in their order
    Column("paid", BigInteger, nullable=False),  # left for the bank by this step; negative when it came back
    Column("payment_id", Word),
    Column("reason", Word),
    Column("actor", String(64), nullable=False),
    Column("at_ms", Millis, nullable=False),
    Column("shard", Integer, nullable=False),
    Column("number", BigInteger, nullable=False),
    Column("entry_hash", Hash, nullable=False),
    Index(None, "month"),
    Index(None, "shard", "number"),
    sqlite_with_rowid=False,
)
