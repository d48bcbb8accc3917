"""Central keeps the day on which the vault destroyed a closed dossier."""

from __future__ import annotations

import sqlalchemy as sa
from alembic import op

revision = "0012"
down_revision = "0011"
branch_labels = None
depends_on = None


_INDEX = "ix_dossiers_purge_on"


def upgrade() -> None:
    op.add_column("dossiers", sa.Column("destroyed_on", sa.String(10), nullable=True))
    _index_again("purge_on IS NOT NULL AND destroyed_on IS NULL")


def downgrade() -> None:
    _index_again("purge_on IS NOT NULL")
    op.drop_column("dossiers", "destroyed_on")


def _index_again(of_which: str) -> None:
    op.drop_index(op.f(_INDEX), "dossiers")
    rows = sa.text(of_which)
    op.create_index(op.f(_INDEX), "dossiers", ["purge_on"], sqlite_where=rows, postgresql_where=rows)
