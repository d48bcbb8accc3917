"""Tables of what arrived: every record as it came, what is set aside for a person, incidents, questions asked."""

from __future__ import annotations

from sqlalchemy import BigInteger, Column, Integer, LargeBinary, String, Table

from central.db import Hash, Id, Millis, Name, Word, metadata
from central.partitions import by_hash

records = Table(
    "records",
    metadata,
    Column("record_id", Id, primary_key=True),  # UUIDv7: the index grows at its end
    Column("record_hash", Hash, nullable=False),
    Column("kind", Word, nullable=False),  # "unknown" for a kind of a later version: the raw bytes know
    Column("terminal_id", Name, nullable=False),
    Column("sequence", BigInteger, nullable=False),
    Column("received_ms", Millis, nullable=False),
    Column("counted_on", String(10), nullable=False),  # date in Paris of the clamped capture (invariant 12)
    Column("raw", LargeBinary, nullable=False),
    **by_hash("record_id"),
)

quarantine = Table(
    "quarantine",
    metadata,
    Column("record_id", Id, primary_key=True),
    Column("reason", Word, nullable=False),
    Column("terminal_id", Name, nullable=False),
    Column("received_ms", Millis, nullable=False),
    Column("settled_ms", Millis),  # a person has looked and decided
    Column("settled_by", String(64)),
)

chain_incidents = Table(
    "chain_incidents",
    metadata,
    # The key makes the same incident, reported again by the same bytes, one row.
    Column("terminal_id", Name, primary_key=True),
    Column("kind", Word, primary_key=True),
    Column("sequence", BigInteger, primary_key=True, autoincrement=False),
    Column("evidence", LargeBinary(32), primary_key=True),  # hash of the record (or of the bytes) it was found at
    Column("expected_sequence", BigInteger),
    Column("missing", BigInteger),  # of a gap: how many records have still not come
    Column("times", Integer, nullable=False),
    Column("first_ms", Millis, nullable=False),
    Column("last_ms", Millis, nullable=False),
    Column("closed_ms", Millis),
    Column("closed_by", String(64)),  # a manager, or "filled": the missing records came
)

status_nonces = Table(
    "status_nonces",
    metadata,
    Column("terminal_id", Name, primary_key=True),
    Column("nonce", Id, primary_key=True),
    Column("asked_ms", Millis, nullable=False),  # by central's clock
)
