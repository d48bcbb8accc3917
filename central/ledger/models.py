"""Tables of the ledger: entries, the rules they name, the months that are closed; nothing here is ever changed."""

from __future__ import annotations

from sqlalchemy import BigInteger, Column, ForeignKey, Index, Integer, LargeBinary, String, Table

from central.db import Day, Hash, Id, Millis, Name, Word, metadata
from central.partitions import by_hash

ledger_entries = Table(
    "ledger_entries",
    metadata,
    # One opening for a dossier, and one dossier for a person: no record and no person can be booked twice.
    Column("dossier_id", Id, ForeignKey("dossiers.dossier_id"), primary_key=True),
    Column("step", Integer, primary_key=True, autoincrement=False),  # 0 is the opening, each later word one more
    Column("entry", Word, nullable=False),  # central.ledger.standing.Word
    Column("shard", Integer, nullable=False),
    Column("number", BigInteger, nullable=False),
    Column("record_id", Id, nullable=False),  # every cent names its record: the one that opened
    Column("terminal_id", Name, nullable=False),
    Column("office_id", Name, nullable=False),
    Column("state", Word, nullable=False),  # what the amount is from this entry on: accrued, held or reversed
    Column("reason", Word),  # why it is held or reversed, or which of these reasons is gone
    Column("cents", BigInteger, nullable=False),  # by how much this entry changes what was earned
    Column("owed", BigInteger, nullable=False),  # by how much it changes what is to be paid
    Column("opened_on", Day, nullable=False),  # decides the rate
    Column("booked_ms", Millis, nullable=False),  # decides the period of the statement
    Column("rule", Word, nullable=False),
    Column("rules_version", Integer, nullable=False),
    Column("entry_hash", Hash, nullable=False),
    # Unique by the head of the chain, which whoever appends must move; a hash partition cannot promise it.
    Index(None, "shard", "number"),
    Index(None, "booked_ms"),  # a period is a range of it; grows at its end
    Index(None, "office_id", "booked_ms"),  # one office's statement
    sqlite_with_rowid=False,
    **by_hash("dossier_id"),
)

rule_versions = Table(
    "rule_versions",
    metadata,
    # The rules as they were when an entry named their version: a later file must not change what was the reason then.
    Column("version", Integer, primary_key=True, autoincrement=False),
    Column("document", LargeBinary, nullable=False),
    Column("noted_ms", Millis, nullable=False),
)

closed_months = Table(
    "closed_months",
    metadata,
    Column("month", String(7), primary_key=True),  # 2018-11; nothing is booked in it any more, or before it
    Column("closed_ms", Millis, nullable=False),
    Column("closed_by", String(64), nullable=False),
)
