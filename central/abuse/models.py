"""Tables of abuse: what is read from an enrolment without any identity, the cases, and the openings each rests on."""

from __future__ import annotations

from sqlalchemy import Column, ForeignKey, Index, Integer, LargeBinary, String, Table, Text

from central.db import Id, Millis, Name, Word, metadata
from central.partitions import by_hash

enrolment_signals = Table(
    "enrolment_signals",
    metadata,
    # An opening, or the second enrolment of a person: then the record is another than the dossier's own.
    Column("dossier_id", Id, ForeignKey("dossiers.dossier_id"), primary_key=True),
    Column("record_id", Id, primary_key=True),
    Column("office_id", Name, nullable=False),
    Column("terminal_id", Name, nullable=False),
    Column("operator_id", String(64), nullable=False),
    Column("made_ms", Millis, nullable=False),  # the clamped time
    Column("reading_s", Integer),  # from the notice to the last answer; None: the record does not tell
    Column("email_mark", Id),  # keyed fingerprints: one person's address cannot be got back from them
    Column("mobile_mark", Id),
    Index(None, "record_id"),  # grows at its end, as the ids do
    sqlite_with_rowid=False,
    **by_hash("dossier_id"),
)

abuse_cases = Table(
    "abuse_cases",
    metadata,
    Column("case_id", Id, primary_key=True),
    Column("score", Word, nullable=False),  # central.abuse.scores
    Column("office_id", Name, nullable=False),
    Column("subject", String(64), nullable=False),  # what was counted: an office, a terminal, an operator, a mark
    Column("percent", Integer, nullable=False),  # 100 and more: the amounts are held back
    Column("figures", Text, nullable=False),  # what was counted: numbers and days, words by central.abuse.wording
    Column("found_ms", Millis, nullable=False),
    Column("verdict", Word, nullable=False),  # central.abuse.verdicts
    Column("decided_ms", Millis),
    Column("decided_by", String(64)),
    Column("because", Word),  # a word of the officer's, not a text: what is written freely ends up naming people
)

abuse_evidence = Table(
    "abuse_evidence",
    metadata,
    # An opening is evidence for a score once: what was decided about it is not asked again.
    Column("dossier_id", Id, ForeignKey("dossiers.dossier_id"), primary_key=True),
    Column("score", Word, primary_key=True),
    Column("case_id", LargeBinary(16), ForeignKey("abuse_cases.case_id"), nullable=False, index=True),
    sqlite_with_rowid=False,
)
