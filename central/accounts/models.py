"""The table of accounts: one a dossier."""

from __future__ import annotations

from sqlalchemy import Column, ForeignKey, Table

from central.db import Day, Id, Millis, Word, metadata

accounts = Table(
    "accounts",
    metadata,
    Column("dossier_id", Id, ForeignKey("dossiers.dossier_id"), primary_key=True),
    Column("state", Word, nullable=False),
    Column("changed_ms", Millis, nullable=False),  # by the clock of whoever told of it: central or the vault
    Column("activated_on", Day),  # date in Paris of the first activation, by the vault's clock
    sqlite_with_rowid=False,
)
