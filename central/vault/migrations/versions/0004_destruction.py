"""A closed dossier has the day of its end; one that is destroyed keeps its row."""

import sqlalchemy as sa
from alembic import op

revision = "0004"
down_revision = "0003"
branch_labels = None
depends_on = None

_INDEX = "ix_dossiers_destroy_due_ms"
_TEN_YEARS_MS = 3655 * 24 * 3600 * 1000  # never less than ten years and two days


def upgrade() -> None:
    op.add_column("dossiers", sa.Column("destroyed_ms", sa.BigInteger, nullable=True))
    op.execute(
        f"UPDATE dossiers SET destroy_due_ms = closed_ms + {_TEN_YEARS_MS} "  # noqa: S608 - our own number
        "WHERE closed_ms IS NOT NULL AND destroy_due_ms IS NULL"
    )
    due = sa.text("destroy_due_ms IS NOT NULL")
    op.create_index(_INDEX, "dossiers", ["destroy_due_ms"], sqlite_where=due, postgresql_where=due)


def downgrade() -> None:
    op.drop_index(_INDEX, "dossiers")
    op.drop_column("dossiers", "destroyed_ms")
