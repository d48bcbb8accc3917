"""Tickets of terminals; managers, their tries to sign in, their sessions."""

from __future__ import annotations

import sqlalchemy as sa
from alembic import op

revision = "0002"
down_revision = "0001"
branch_labels = None
depends_on = None


def upgrade() -> None:
    op.create_table(
        "registration_tickets",
        sa.Column("token_hash", sa.LargeBinary(length=32), nullable=False),
        sa.Column("terminal_id", sa.String(length=32), nullable=False),
        sa.Column("issued_ms", sa.BigInteger(), nullable=False),
        sa.Column("expires_ms", sa.BigInteger(), nullable=False),
        sa.Column("used_ms", sa.BigInteger(), nullable=True),
        sa.ForeignKeyConstraint(
            ["terminal_id"], ["devices.terminal_id"], name=op.f("fk_registration_tickets_terminal_id")
        ),
        sa.PrimaryKeyConstraint("token_hash", name=op.f("pk_registration_tickets")),
    )
    op.create_index(op.f("ix_registration_tickets_terminal_id"), "registration_tickets", ["terminal_id"])
    op.create_table(
        "managers",
        sa.Column("manager_id", sa.String(length=32), nullable=False),
        sa.Column("region", sa.String(length=3), nullable=True),
        sa.Column("password_hash", sa.Text(), nullable=False),
        sa.Column("created_ms", sa.BigInteger(), nullable=False),
        sa.PrimaryKeyConstraint("manager_id", name=op.f("pk_managers")),
    )
    op.create_table(
        "sign_in_tries",
        sa.Column("name_hash", sa.LargeBinary(length=32), nullable=False),
        sa.Column("failures", sa.Integer(), nullable=False),
        sa.Column("last_ms", sa.BigInteger(), nullable=False),
        sa.PrimaryKeyConstraint("name_hash", name=op.f("pk_sign_in_tries")),
    )
    op.create_index(op.f("ix_sign_in_tries_last_ms"), "sign_in_tries", ["last_ms"])
    op.create_table(
        "staff_sessions",
        sa.Column("session_hash", sa.LargeBinary(length=32), nullable=False),
        sa.Column("manager_id", sa.String(length=32), nullable=False),
        sa.Column("started_ms", sa.BigInteger(), nullable=False),
        sa.PrimaryKeyConstraint("session_hash", name=op.f("pk_staff_sessions")),
    )
    op.create_index(op.f("ix_staff_sessions_manager_id"), "staff_sessions", ["manager_id"])
    op.create_index(op.f("ix_staff_sessions_started_ms"), "staff_sessions", ["started_ms"])


def downgrade() -> None:
    for table in ("staff_sessions", "sign_in_tries", "managers", "registration_tickets"):
        op.drop_table(table)
