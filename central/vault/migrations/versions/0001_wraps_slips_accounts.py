"""Wraps, slips, accounts, hand-overs, tries, events and audit."""

import sqlalchemy as sa
from alembic import op

from central.partitions import by_hash, split

revision = "0001"
down_revision = None
branch_labels = None
depends_on = None

_ID = sa.LargeBinary(16)
_HASH = sa.LargeBinary(32)
_WORD = sa.String(40)


def upgrade() -> None:
    op.create_table(
        "records",
        sa.Column("record_id", _ID, nullable=False),
        sa.Column("digest", _HASH, nullable=False),
        sa.Column("dossier_id", _ID, nullable=False),
        sa.Column("action", _WORD, nullable=False),
        sa.Column("received_ms", sa.BigInteger, nullable=False),
        sa.PrimaryKeyConstraint("record_id", name="pk_records"),
        **by_hash("record_id"),
    )
    op.create_table(
        "dossiers",
        sa.Column("dossier_id", _ID, nullable=False),
        sa.Column("record_id", _ID, nullable=False),
        sa.Column("terminal", sa.String(32), nullable=False),
        sa.Column("dossier_public", _HASH, nullable=False),
        sa.Column("generation", sa.Integer, nullable=False),
        sa.Column("generation_due", sa.Integer, nullable=False),
        sa.Column("account", _WORD, nullable=False),
        sa.Column("opened_ms", sa.BigInteger, nullable=False),
        sa.PrimaryKeyConstraint("dossier_id", name="pk_dossiers"),
        **by_hash("dossier_id"),
    )
    op.create_table(
        "wraps",
        sa.Column("dossier_id", _ID, nullable=False),
        sa.Column("generation", sa.Integer, autoincrement=False, nullable=False),
        sa.Column("role", _WORD, nullable=False),
        sa.Column("sealed", sa.LargeBinary, nullable=False),
        sa.Column("salt", sa.LargeBinary(16), nullable=True),
        sa.Column("kdf", sa.String(80), nullable=True),
        sa.Column("made_ms", sa.BigInteger, nullable=False),
        sa.PrimaryKeyConstraint("dossier_id", "generation", "role", name="pk_wraps"),
        **by_hash("dossier_id"),
    )
    op.create_table(
        "refusals",
        sa.Column("dossier_id", _ID, nullable=False),
        sa.Column("role", _WORD, nullable=False),
        sa.Column("noted_ms", sa.BigInteger, nullable=False),
        sa.PrimaryKeyConstraint("dossier_id", "role", name="pk_refusals"),
    )
    op.create_table(
        "slips",
        sa.Column("locator", sa.String(8), nullable=False),
        sa.Column("record_id", _ID, nullable=False),
        sa.Column("dossier_id", _ID, nullable=False),
        sa.Column("code_public", _HASH, nullable=False),
        sa.Column("state", _WORD, nullable=False),
        sa.Column("wrong_tries", sa.Integer, nullable=False),
        sa.Column("received_ms", sa.BigInteger, nullable=False),
        sa.PrimaryKeyConstraint("locator", "record_id", name="pk_slips"),
    )
    op.create_table(
        "attempts",
        sa.Column("subject", _HASH, nullable=False),
        sa.Column("at_ms", sa.BigInteger, autoincrement=False, nullable=False),
        sa.Column("number", sa.Integer, autoincrement=False, nullable=False),
        sa.PrimaryKeyConstraint("subject", "at_ms", "number", name="pk_attempts"),
    )
    op.create_index("ix_attempts_at_ms", "attempts", ["at_ms"])
    op.create_table(
        "quarantine",
        sa.Column("digest", _HASH, nullable=False),
        sa.Column("code", _WORD, nullable=False),
        sa.Column("item", sa.LargeBinary, nullable=False),
        sa.Column("received_ms", sa.BigInteger, nullable=False),
        sa.PrimaryKeyConstraint("digest", name="pk_quarantine"),
    )
    op.create_table(
        "events",
        sa.Column("number", sa.Integer, autoincrement=False, nullable=False),
        sa.Column("kind", _WORD, nullable=False),
        sa.Column("dossier_id", _ID, nullable=False),
        sa.Column("at_ms", sa.BigInteger, nullable=False),
        sa.PrimaryKeyConstraint("number", name="pk_events"),
    )
    op.create_table(
        "audit",
        sa.Column("number", sa.Integer, autoincrement=False, nullable=False),
        sa.Column("at_ms", sa.BigInteger, nullable=False),
        sa.Column("tag", _WORD, nullable=False),
        sa.Column("dossier_id", _ID, nullable=True),
        sa.Column("record_id", _ID, nullable=True),
        sa.Column("previous_hash", _HASH, nullable=False),
        sa.Column("hash", _HASH, nullable=False),
        sa.PrimaryKeyConstraint("number", name="pk_audit"),
        **by_hash("number"),
    )
    split("records", "dossiers", "wraps", "audit")


def downgrade() -> None:
    for table in ("audit", "events", "quarantine", "attempts", "slips", "refusals", "wraps", "dossiers", "records"):
        op.drop_table(table)
