"""Tables of programs that may ask: their accounts, and how often each asked in the last minutes."""

from __future__ import annotations

from sqlalchemy import BigInteger, Column, Index, Integer, String, Table

from central.db import Hash, Millis, Name, Word, metadata

service_accounts = Table(
    "service_accounts",
    metadata,
    Column("account_id", Name, primary_key=True),
    Column("role", Word, nullable=False),  # central.staff.permissions.Role
    Column("region", String(3)),  # INSEE code of the region; null: sees them all
    Column("token_hash", Hash, nullable=False),  # of 256 random bits: nothing to guess, so no slow hash
    Column("created_ms", Millis, nullable=False),
    Column("expires_ms", Millis, nullable=False),
    Column("revoked_ms", Millis),
    Index(None, "token_hash", unique=True),
)

service_calls = Table(
    "service_calls",
    metadata,
    Column("account_id", Name, primary_key=True),
    Column("minute", BigInteger, primary_key=True, autoincrement=False),  # since 1970
    Column("calls", Integer, nullable=False),
)
