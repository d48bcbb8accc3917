"""Tables of managers, of their tries to sign in, and of their sessions: hashes of passwords, names and session ids."""

from __future__ import annotations

from sqlalchemy import Column, Integer, String, Table, Text

from central.db import Hash, Millis, Name, metadata

managers = Table(
    "managers",
    metadata,
    Column("manager_id", Name, primary_key=True),
    Column("region", String(3)),  # INSEE code of the region; null: national, sees them all
    Column("password_hash", Text, nullable=False),  # argon2id
    Column("created_ms", Millis, nullable=False),
)

sign_in_tries = Table(
    "sign_in_tries",
    metadata,
    # Of the name as typed: names that do not exist are counted alike, and people type passwords into this field.
    Column("name_hash", Hash, primary_key=True),
    Column("failures", Integer, nullable=False),
    Column("last_ms", Millis, nullable=False, index=True),
)

staff_sessions = Table(
    "staff_sessions",
    metadata,
    Column("session_hash", Hash, primary_key=True),
    Column("manager_id", Name, nullable=False, index=True),
    Column("started_ms", Millis, nullable=False, index=True),
)
