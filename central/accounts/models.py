"""The table of accounts: one a dossier. Which contacts there are, not what they are: those stay sealed."""

from __future__ import annotations

from sqlalchemy import Boolean, Column, ForeignKey, Table, false

from central.db import Day, Id, Millis, Word, metadata
from central.partitions import by_hash

accounts = Table(
    "accounts",
    metadata,
    Column("dossier_id", Id, ForeignKey("dossiers.dossier_id"), primary_key=True),
    Column("state", Word, nullable=False),
    Column("changed_ms", Millis, nullable=False),  # by the clock of whoever told of it: central or the vault
    Column("activated_on", Day),  # date in Paris of the first activation, by the vault's clock
    Column("has_email", Boolean, nullable=False, server_default=false()),
    Column("has_mobile", Boolean, nullable=False, server_default=false()),
    Column(
        "email_proved", Boolean, nullable=False, server_default=false()
    ),  # by central's own proof, or the vault's word
    Column("mobile_proved", Boolean, nullable=False, server_default=false()),
    Column("contact_decided_ms", Millis, nullable=False, server_default="0"),  # the clamped time of the record
    sqlite_with_rowid=False,
    **by_hash("dossier_id"),
)
