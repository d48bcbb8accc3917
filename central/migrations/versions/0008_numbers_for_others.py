"""Service accounts of the JSON API and their calls; published series of indicator 2.8.4 and their sources."""

from __future__ import annotations

import sqlalchemy as sa
from alembic import op

revision = "0008"
down_revision = "0007"
branch_labels = None
depends_on = None


def upgrade() -> None:
    word = sa.String(length=32)
    op.create_table(
        "service_accounts",
        sa.Column("account_id", word, nullable=False),
        sa.Column("role", word, nullable=False),
        sa.Column("region", sa.String(length=3), nullable=True),
        sa.Column("token_hash", sa.LargeBinary(length=32), nullable=False),
        sa.Column("created_ms", sa.BigInteger(), nullable=False),
        sa.Column("expires_ms", sa.BigInteger(), nullable=False),
        sa.Column("revoked_ms", sa.BigInteger(), nullable=True),
        sa.PrimaryKeyConstraint("account_id", name=op.f("pk_service_accounts")),
    )
    op.create_index(op.f("ix_service_accounts_token_hash"), "service_accounts", ["token_hash"], unique=True)
    op.create_table(
        "service_calls",
        sa.Column("account_id", word, nullable=False),
        sa.Column("minute", sa.BigInteger(), autoincrement=False, nullable=False),
        sa.Column("calls", sa.Integer(), nullable=False),
        sa.PrimaryKeyConstraint("account_id", "minute", name=op.f("pk_service_calls")),
    )
    op.create_table(
        "published_sources",
        sa.Column("source_key", word, nullable=False),
        sa.Column("name", sa.Text(), nullable=False),
        sa.Column("published_on", sa.String(length=10), nullable=False),
        sa.PrimaryKeyConstraint("source_key", name=op.f("pk_published_sources")),
    )
    op.create_table(
        "published_figures",
        sa.Column("source_key", word, nullable=False),
        sa.Column("measure", word, nullable=False),
        sa.Column("channel", word, nullable=False),
        sa.Column("region", sa.String(length=3), nullable=False),
        sa.Column("since", sa.String(length=10), nullable=False),
        sa.Column("until", sa.String(length=10), nullable=False),
        sa.Column("value", sa.BigInteger(), nullable=False),
        sa.Column("highest", sa.BigInteger(), nullable=True),
        sa.Column("kind", word, nullable=False),
        sa.Column("note", sa.Text(), nullable=False),
        sa.Column("imported_ms", sa.BigInteger(), nullable=False),
        sa.ForeignKeyConstraint(
            ["source_key"], ["published_sources.source_key"], name=op.f("fk_published_figures_source_key")
        ),
        sa.PrimaryKeyConstraint(
            "source_key", "measure", "channel", "region", "since", "until", name=op.f("pk_published_figures")
        ),
    )


def downgrade() -> None:
    for table in ("published_figures", "published_sources", "service_calls", "service_accounts"):
        op.drop_table(table)
