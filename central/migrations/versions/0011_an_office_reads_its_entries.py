"""Ledger: an office's entries of a month are a range of an index, not looked for among everybody's."""

from __future__ import annotations

from alembic import op

revision = "0011"
down_revision = "0010"
branch_labels = None
depends_on = None

_INDEX = "ix_ledger_entries_office_id_booked_ms"


def upgrade() -> None:
    op.create_index(op.f(_INDEX), "ledger_entries", ["office_id", "booked_ms"])


def downgrade() -> None:
    op.drop_index(op.f(_INDEX), "ledger_entries")
