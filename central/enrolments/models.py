"""Tables of persons, dossiers, consent evidence and slips.

No identity stands here in clear: a person is a keyed fingerprint; name, NIR and contact stay in the record's
administrative part as the terminal sealed it (``records.raw``), to be opened by intake's key when somebody entitled
must see them (docs/decisions: identities stay sealed).
"""

from __future__ import annotations

from sqlalchemy import BigInteger, Boolean, Column, ForeignKey, Integer, LargeBinary, Table

from central.db import Day, Id, Millis, Name, Word, metadata

persons = Table(
    "persons",
    metadata,
    # The one random unique index at intake (perf.md point 3): kept as narrow as can be.
    Column("fingerprint", Id, primary_key=True),
    Column("dossier_id", Id, nullable=False),
    sqlite_with_rowid=False,
)

dossiers = Table(
    "dossiers",
    metadata,
    Column("dossier_id", Id, primary_key=True),
    Column("record_id", Id, nullable=False),  # the enrolment that opened it
    Column("state", Word, nullable=False),
    Column("break_glass_refused", Boolean, nullable=False),
    Column("centre_15_refused", Boolean, nullable=False),
    Column("terminal_id", Name, nullable=False),
    Column("office_id", Name, nullable=False),
    Column("channel", Word, nullable=False),
    Column("sub_channel", Word, nullable=False),
    Column("captured_ms", Millis, nullable=False),  # by the terminal's clock
    Column("earliest_ms", Millis, nullable=False),  # not before this, by signed server time (invariant 12)
    Column("received_ms", Millis, nullable=False),  # not after this
    Column("opened_on", Day, nullable=False),  # date in Paris of captured_ms, clamped into the bound
    sqlite_with_rowid=False,
)

consents = Table(
    "consents",
    metadata,
    Column("dossier_id", Id, ForeignKey("dossiers.dossier_id"), primary_key=True),
    Column("record_id", Id, primary_key=True),
    Column("evidence", LargeBinary, nullable=False),  # central.enrolments.evidence.ConsentEvidence
    sqlite_with_rowid=False,
)

slips = Table(
    "slips",
    metadata,
    Column("enrolment_id", Id, primary_key=True),  # the record the slip belongs to
    Column("record_id", Id, primary_key=True),  # the record that tells of it
    Column("slip", Word, nullable=False),
    Column("copy_number", Integer, nullable=False),
    Column("result", Word, nullable=False),
    Column("settled_ms", BigInteger, nullable=False),  # by the terminal's clock
    sqlite_with_rowid=False,
)
