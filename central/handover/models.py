"""Tables of what waits for the vault, and of how far its events were read."""

from __future__ import annotations

from sqlalchemy import BigInteger, Column, Integer, LargeBinary, String, Table

from central.db import Id, Millis, Name, Word, metadata

outbox = Table(
    "outbox",
    metadata,
    # In the order of arrival; a row leaves when the vault has it, so the table is short while the vault is up.
    Column("queued_ms", Millis, primary_key=True),
    Column("dossier_id", Id, primary_key=True, index=True),  # what is about one dossier is told in its order
    Column("record_id", Id, primary_key=True),
    Column("action", Word, nullable=False),
    Column("kind", Word, nullable=False, server_default="enrolment"),  # of the record
    Column("terminal_id", Name, nullable=False),
    Column("vault", LargeBinary, nullable=False),  # as the terminal sealed it; empty for MAKE
    Column("state", Word, nullable=False),  # waiting, or dead: the vault refused it, a person must look
    Column("attempts", Integer, nullable=False),
    Column("next_ms", Millis, nullable=False),  # not before
    Column("code", String(64)),  # the vault's word of the last refusal or delay
)

vault_cursor = Table(
    "vault_cursor",
    metadata,
    Column("name", Word, primary_key=True),
    Column("number", BigInteger, nullable=False),  # the last event that was taken in
)
