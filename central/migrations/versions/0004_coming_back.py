"""Coming back: words with their time, closings, changes, what waits, automatic creation, contacts known of accounts."""

from __future__ import annotations

from typing import Any

import sqlalchemy as sa
from alembic import op

from central.partitions import by_hash, split

revision = "0004"
down_revision = "0003"
branch_labels = None
depends_on = None

_TIME = (sa.BigInteger(), "0")
_FLAG = (sa.Boolean(), sa.false())
_DAY = (sa.String(length=10), None)
_ADDED: dict[str, dict[str, tuple[Any, Any]]] = {  # table → column → type, default (None: may be null)
    "dossiers": {
        "break_glass_decided_ms": _TIME,
        "centre_15_decided_ms": _TIME,
        "state_decided_ms": _TIME,
        "copies": (sa.Integer(), "0"),
        "closed_on": _DAY,
        "motive": (sa.String(length=32), None),
        "purge_on": _DAY,
        "deletion_asked": _FLAG,
    },
    "accounts": {
        "has_email": _FLAG,
        "has_mobile": _FLAG,
        "email_proved": _FLAG,
        "mobile_proved": _FLAG,
        "contact_decided_ms": _TIME,
    },
    "offices": {"pre_ticked_emergency": _FLAG},
    "outbox": {"kind": (sa.String(length=32), "enrolment")},
}
# The terminal's time clamped into central's bound, as central.enrolments.opening_time does it.
_COUNTED = """
    CASE WHEN captured_ms > received_ms THEN received_ms
         WHEN captured_ms < earliest_ms THEN earliest_ms
         ELSE captured_ms END
"""


def upgrade() -> None:
    for table, columns in _ADDED.items():
        for name, (kind, default) in columns.items():
            op.add_column(table, sa.Column(name, kind, nullable=default is None, server_default=default))
    op.create_index(op.f("ix_outbox_dossier_id"), "outbox", ["dossier_id"])
    closed = sa.text("purge_on IS NOT NULL")
    op.create_index(
        op.f("ix_dossiers_purge_on"), "dossiers", ["purge_on"], sqlite_where=closed, postgresql_where=closed
    )
    _create_facts()
    _create_automatic()
    split("changes", "access_decisions", "automatic_register")
    _carry_over()


def _create_facts() -> None:
    dossier = ["dossier_id"], ["dossiers.dossier_id"]
    op.create_table(
        "changes",
        sa.Column("dossier_id", sa.LargeBinary(length=16), nullable=False),
        sa.Column("record_id", sa.LargeBinary(length=16), nullable=False),
        sa.Column("kind", sa.String(length=32), nullable=False),
        sa.Column("decided_ms", sa.BigInteger(), nullable=False),
        sa.Column("effect", sa.String(length=32), nullable=False),
        sa.ForeignKeyConstraint(*dossier, name=op.f("fk_changes_dossier_id")),
        sa.PrimaryKeyConstraint("dossier_id", "record_id", name=op.f("pk_changes")),
        sqlite_with_rowid=False,
        **by_hash("dossier_id"),
    )
    op.create_table(
        "access_decisions",
        sa.Column("dossier_id", sa.LargeBinary(length=16), nullable=False),
        sa.Column("record_id", sa.LargeBinary(length=16), nullable=False),
        sa.Column("access", sa.String(length=32), nullable=False),
        sa.Column("refused", sa.Boolean(), nullable=False),
        sa.Column("decided_ms", sa.BigInteger(), nullable=False),
        sa.Column("changed", sa.Boolean(), nullable=False),
        sa.ForeignKeyConstraint(*dossier, name=op.f("fk_access_decisions_dossier_id")),
        sa.PrimaryKeyConstraint("dossier_id", "record_id", "access", name=op.f("pk_access_decisions")),
        sqlite_with_rowid=False,
        **by_hash("dossier_id"),
    )
    op.create_table(
        "waiting_facts",
        sa.Column("fingerprint", sa.LargeBinary(length=16), nullable=False),
        sa.Column("record_id", sa.LargeBinary(length=16), nullable=False),
        sa.Column("received_ms", sa.BigInteger(), nullable=False),
        sa.PrimaryKeyConstraint("fingerprint", "record_id", name=op.f("pk_waiting_facts")),
        sqlite_with_rowid=False,
    )
    op.create_table(
        "pending_ins",
        sa.Column("record_id", sa.LargeBinary(length=16), nullable=False),
        sa.Column("terminal_id", sa.String(length=32), nullable=False),
        sa.Column("received_ms", sa.BigInteger(), nullable=False),
        sa.Column("given_ms", sa.BigInteger(), nullable=True),
        sa.Column("given_by", sa.String(length=64), nullable=True),
        sa.PrimaryKeyConstraint("record_id", name=op.f("pk_pending_ins")),
    )


def _create_automatic() -> None:
    op.create_table(
        "automatic_register",
        sa.Column("fingerprint", sa.LargeBinary(length=16), nullable=False),
        sa.Column("state", sa.String(length=32), nullable=False),
        sa.Column("informed_on", sa.String(length=10), nullable=True),
        sa.Column("letter_id", sa.LargeBinary(length=16), nullable=True),
        sa.Column("sealed", sa.LargeBinary(), nullable=True),
        sa.PrimaryKeyConstraint("fingerprint", name=op.f("pk_automatic_register")),
        sqlite_with_rowid=False,
        **by_hash("fingerprint"),
    )
    op.create_index(op.f("ix_automatic_register_state_informed_on"), "automatic_register", ["state", "informed_on"])
    op.create_table(
        "oppositions",
        sa.Column("fingerprint", sa.LargeBinary(length=16), nullable=False),
        sa.Column("record_id", sa.LargeBinary(length=16), nullable=False),
        sa.Column("decided_ms", sa.BigInteger(), nullable=False),
        sa.Column("effect", sa.String(length=32), nullable=False),
        sa.Column("evidence", sa.LargeBinary(), nullable=False),
        sa.PrimaryKeyConstraint("fingerprint", "record_id", name=op.f("pk_oppositions")),
        sqlite_with_rowid=False,
    )


def _carry_over() -> None:
    """What the older shape knew: refusals and openings get the time of the opening, slips are counted by enrolment.

    Whether an enrolment wanted a slip, and which contacts it gave, is sealed: each counts as one slip, and contacts are
    unknown until the next change.
    """
    op.execute(f"UPDATE dossiers SET state_decided_ms = {_COUNTED}")  # noqa: S608 - our own words
    op.execute(
        "UPDATE dossiers SET copies = (SELECT count(*) FROM consents c WHERE c.dossier_id = dossiers.dossier_id)"
    )
    for access in ("break_glass", "centre_15"):
        op.execute(f"UPDATE dossiers SET {access}_decided_ms = state_decided_ms WHERE {access}_refused")  # noqa: S608 - ours
        op.execute(
            f"""
            INSERT INTO access_decisions (dossier_id, record_id, access, refused, decided_ms, changed)
            SELECT d.dossier_id, d.record_id, '{access}', d.{access}_refused, d.state_decided_ms,
                   EXISTS (SELECT 1 FROM audit_entries a
                           WHERE a.tag = 'dossier:{access}_refused' AND a.subject = d.dossier_id)
            FROM dossiers d WHERE d.{access}_refused
            """  # noqa: S608 - our own words
        )


def downgrade() -> None:
    for table in ("oppositions", "automatic_register", "pending_ins", "waiting_facts", "access_decisions", "changes"):
        op.drop_table(table)
    op.drop_index(op.f("ix_dossiers_purge_on"), "dossiers")
    op.drop_index(op.f("ix_outbox_dossier_id"), "outbox")
    for table, columns in _ADDED.items():
        for name in columns:
            op.drop_column(table, name)
