"""Turns, for who decides by counting rows; the ledger's numbers are unique by the head of their chain alone."""

from __future__ import annotations

from contextlib import AbstractContextManager

import sqlalchemy as sa
from alembic import op
from alembic.operations import BatchOperations

revision = "0005"
down_revision = "0004"
branch_labels = None
depends_on = None

_NUMBER = "uq_ledger_entries_shard_number"


def upgrade() -> None:
    op.create_table(
        "turns",
        sa.Column("stripe", sa.Integer(), autoincrement=False, nullable=False),
        sa.Column("taken", sa.BigInteger(), nullable=False),
        sa.PrimaryKeyConstraint("stripe", name=op.f("pk_turns")),
    )
    if _is_sqlite():  # on PostgreSQL it never was: a hash partition keeps unique only what it is split by
        with _ledger() as ledger:
            ledger.drop_constraint(_NUMBER, type_="unique")
    op.create_index(op.f("ix_ledger_entries_shard_number"), "ledger_entries", ["shard", "number"])


def downgrade() -> None:
    op.drop_index(op.f("ix_ledger_entries_shard_number"), "ledger_entries")
    if _is_sqlite():
        with _ledger() as ledger:
            ledger.create_unique_constraint(_NUMBER, ["shard", "number"])
    op.drop_table("turns")


def _is_sqlite() -> bool:
    return op.get_bind().dialect.name == "sqlite"


def _ledger() -> AbstractContextManager[BatchOperations]:
    return op.batch_alter_table("ledger_entries", table_kwargs={"sqlite_with_rowid": False})
