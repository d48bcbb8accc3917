"""How much each terminal handed in on the last day it was heard of."""

from __future__ import annotations

import sqlalchemy as sa
from alembic import op

revision = "0009"
down_revision = "0008"
branch_labels = None
depends_on = None


def upgrade() -> None:
    op.create_table(
        "device_days",
        sa.Column("terminal_id", sa.String(length=32), nullable=False),
        sa.Column("day", sa.Integer(), nullable=False),
        sa.Column("records", sa.Integer(), nullable=False),
        sa.Column("size", sa.BigInteger(), nullable=False),
        sa.ForeignKeyConstraint(["terminal_id"], ["devices.terminal_id"], name=op.f("fk_device_days_terminal_id")),
        sa.PrimaryKeyConstraint("terminal_id", name=op.f("pk_device_days")),
    )


def downgrade() -> None:
    op.drop_table("device_days")
