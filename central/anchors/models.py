"""The table of anchors: signed documents, each naming the one before."""

from __future__ import annotations

from sqlalchemy import BigInteger, Column, LargeBinary, Table

from central.db import Millis, metadata

anchors = Table(
    "anchors",
    metadata,
    Column("number", BigInteger, primary_key=True, autoincrement=False),
    Column("at_ms", Millis, nullable=False),
    Column("document", LargeBinary, nullable=False),  # signed with the ledger key
)
