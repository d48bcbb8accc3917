"""The table of accounts: one a dossier."""

from __future__ import annotations

from sqlalchemy import Column, ForeignKey, Table

from central.db import Id, Millis, Word, metadata

accounts = Table(
    "accounts",
    metadata,
    Column("dossier_id", Id, ForeignKey("dossiers.dossier_id"), primary_key=True),
    Column("state", Word, nullable=False),
    Column("changed_ms", Millis, nullable=False),  # by the vault's clock once it was activated there
    sqlite_with_rowid=False,
)
