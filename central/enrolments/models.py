"""Tables of persons, dossiers, what was decided about them, consent evidence, slips, and what waits for a dossier.

No identity stands here in clear: a person is a keyed fingerprint; name, NIR and contact stay in the record's
administrative part as the terminal sealed it (``records.raw``), to be opened by intake's key when somebody entitled
must see them (docs/decisions: identities stay sealed).
"""

from __future__ import annotations

from sqlalchemy import BigInteger, Boolean, Column, ForeignKey, Index, Integer, LargeBinary, String, Table, false, text

from central.db import Day, Id, Millis, Name, Word, metadata
from central.partitions import by_hash

persons = Table(
    "persons",
    metadata,
    # The one random unique index at intake (perf.md point 3): kept as narrow as can be.
    Column("fingerprint", Id, primary_key=True),
    Column("dossier_id", Id, nullable=False),
    sqlite_with_rowid=False,
    **by_hash("fingerprint"),
)

_TO_DESTROY = text("purge_on IS NOT NULL AND destroyed_on IS NULL")

dossiers = Table(
    "dossiers",
    metadata,
    Column("dossier_id", Id, primary_key=True),
    Column("record_id", Id, nullable=False),  # what opened it: an enrolment, or the letter of an automatic opening
    Column("state", Word, nullable=False),
    Column("break_glass_refused", Boolean, nullable=False),
    Column("centre_15_refused", Boolean, nullable=False),
    Column("terminal_id", Name, nullable=False),  # empty, like the office, when no terminal opened it
    Column("office_id", Name, nullable=False),
    Column("channel", Word, nullable=False),
    Column("sub_channel", Word, nullable=False),
    Column("captured_ms", Millis, nullable=False),  # by the terminal's clock
    Column("earliest_ms", Millis, nullable=False),  # not before this, by signed server time (invariant 12)
    Column("received_ms", Millis, nullable=False),  # not after this
    Column("opened_on", Day, nullable=False),  # date in Paris of captured_ms, clamped into the bound
    # When the word that holds now was given, by the clamped time; 0: nobody has said anything else than yes.
    Column("break_glass_decided_ms", Millis, nullable=False, server_default="0"),
    Column("centre_15_decided_ms", Millis, nullable=False, server_default="0"),
    Column("state_decided_ms", Millis, nullable=False, server_default="0"),
    Column("copies", Integer, nullable=False, server_default="0"),  # activation slips made for it, all told
    Column("closed_on", Day),
    Column("motive", Word),
    Column("purge_on", Day),  # the last day its content is kept
    Column("deletion_asked", Boolean, nullable=False, server_default=false()),
    Column("destroyed_on", Day),  # by the vault, which told us
    # Only of closed ones that are there still, so that it stays small: what is to be destroyed, and when.
    Index(None, "purge_on", sqlite_where=_TO_DESTROY, postgresql_where=_TO_DESTROY),
    sqlite_with_rowid=False,
    **by_hash("dossier_id"),
)

changes = Table(
    "changes",
    metadata,
    # Every fact about a dossier that exists, also one that changed nothing: what it did stands in ``effect``.
    Column("dossier_id", Id, ForeignKey("dossiers.dossier_id"), primary_key=True),
    Column("record_id", Id, primary_key=True),
    Column("kind", Word, nullable=False),
    Column("decided_ms", Millis, nullable=False),  # the record's clamped time
    Column("effect", Word, nullable=False),  # central.enrolments.standing.Effect
    sqlite_with_rowid=False,
    **by_hash("dossier_id"),
)

access_decisions = Table(
    "access_decisions",
    metadata,
    # Every refusal of an emergency access, and every later word that gives it; the latest one holds.
    Column("dossier_id", Id, ForeignKey("dossiers.dossier_id"), primary_key=True),
    Column("record_id", Id, primary_key=True),
    Column("access", Word, primary_key=True),
    Column("refused", Boolean, nullable=False),
    Column("decided_ms", Millis, nullable=False),
    Column("changed", Boolean, nullable=False),  # whether the dossier's flag became another by it
    sqlite_with_rowid=False,
    **by_hash("dossier_id"),
)

consents = Table(
    "consents",
    metadata,
    Column("dossier_id", Id, ForeignKey("dossiers.dossier_id"), primary_key=True),
    Column("record_id", Id, primary_key=True),
    Column("evidence", LargeBinary, nullable=False),  # ConsentEvidence, or InformationEvidence of a letter
    sqlite_with_rowid=False,
    **by_hash("dossier_id"),
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
    **by_hash("enrolment_id"),
)

waiting_facts = Table(
    "waiting_facts",
    metadata,
    # Facts about a person who has no dossier yet, or a closed one: they take effect when it opens.
    Column("fingerprint", Id, primary_key=True),
    Column("record_id", Id, primary_key=True),
    Column("received_ms", Millis, nullable=False),
    sqlite_with_rowid=False,
)

pending_ins = Table(
    "pending_ins",
    metadata,
    # A child without a number of their own (dmp.md §15 row 6): nothing is opened until somebody has found it.
    Column("record_id", Id, primary_key=True),
    Column("terminal_id", Name, nullable=False),
    Column("received_ms", Millis, nullable=False),
    Column("given_ms", Millis),
    Column("given_by", String(64)),
)
