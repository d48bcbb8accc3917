"""What terminals tell of themselves; offices are found by region and département, terminals by their office."""

from __future__ import annotations

import sqlalchemy as sa
from alembic import op

revision = "0010"
down_revision = "0009"
branch_labels = None
depends_on = None

_INDEXES = (("offices", "departement"), ("offices", "region"), ("devices", "office_id"))


def upgrade() -> None:
    op.create_table(
        "device_conditions",
        sa.Column("terminal_id", sa.String(length=32), nullable=False),
        sa.Column("faults", sa.Text(), nullable=False),
        sa.Column("enrols", sa.Boolean(), nullable=False),
        sa.Column("asked_ms", sa.BigInteger(), nullable=False),
        sa.Column("changed_ms", sa.BigInteger(), nullable=False),
        sa.ForeignKeyConstraint(
            ["terminal_id"], ["devices.terminal_id"], name=op.f("fk_device_conditions_terminal_id")
        ),
        sa.PrimaryKeyConstraint("terminal_id", name=op.f("pk_device_conditions")),
    )
    for table, column in _INDEXES:
        op.create_index(op.f(f"ix_{table}_{column}"), table, [column])


def downgrade() -> None:
    for table, column in _INDEXES:
        op.drop_index(op.f(f"ix_{table}_{column}"), table)
    op.drop_table("device_conditions")
