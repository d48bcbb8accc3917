"""Tables of automatic creation: the register of persons by fingerprint, and the oppositions that terminals brought.

No identity in clear: traits and number of who was informed are sealed to intake, like a record's.
"""

from __future__ import annotations

import enum

from sqlalchemy import Column, Index, LargeBinary, Table

from central.db import Day, Id, Millis, Word, metadata
from central.partitions import by_hash


class RegisterState(enum.Enum):
    """Where a person stands (dmp.md §15 transitions 15 and 16)."""

    INFORMED = "informed"
    OPPOSED = "opposed"
    CONSENTED = "consented"  # opposed once, then enrolled of their own will
    SETTLED = "settled"  # has a dossier: opened by itself, or asked for before the six weeks were over


register = Table(
    "automatic_register",
    metadata,
    Column("fingerprint", Id, primary_key=True),
    Column("state", Word, nullable=False),
    Column("informed_on", Day),  # None: opposed before any letter was noted
    Column("letter_id", Id),  # built like a record id; names the opening that follows
    Column("sealed", LargeBinary),  # central.automatic.letters.InformedPerson, sealed to intake
    Index(None, "state", "informed_on"),
    sqlite_with_rowid=False,
    **by_hash("fingerprint"),
)

oppositions = Table(
    "oppositions",
    metadata,
    Column("fingerprint", Id, primary_key=True),
    Column("record_id", Id, primary_key=True),
    Column("decided_ms", Millis, nullable=False),  # the record's clamped time
    Column("effect", Word, nullable=False),  # central.enrolments.standing.Effect
    Column("evidence", LargeBinary, nullable=False),  # central.enrolments.evidence.ConsentEvidence
    sqlite_with_rowid=False,
)
