"""Managers' roles, second factors, recovery codes, locks that grow, and who comes by the identity provider."""

from __future__ import annotations

from typing import Any

import sqlalchemy as sa
from alembic import op

revision = "0006"
down_revision = "0005"
branch_labels = None
depends_on = None

_WORD = sa.String(length=32)
_ADDED: dict[str, dict[str, tuple[Any, str | None]]] = {  # table → column → type, default (None: may be null)
    "managers": {
        "role": (_WORD, "regional_manager"),
        "password_until_ms": (sa.BigInteger(), None),
        "locked_ms": (sa.BigInteger(), None),
        "factor_salt": (sa.LargeBinary(length=16), None),
        "factor_since_ms": (sa.BigInteger(), None),
        "factor_step": (sa.BigInteger(), None),
        "oidc_subject": (sa.String(length=255), None),
    },
    "sign_in_tries": {"locks": (sa.Integer(), "0")},
    "staff_sessions": {"stage": (_WORD, "open")},
}


def upgrade() -> None:
    for table, columns in _ADDED.items():
        for name, (kind, default) in columns.items():
            op.add_column(table, sa.Column(name, kind, nullable=default is None, server_default=default))
    op.execute("UPDATE managers SET role = 'national' WHERE region IS NULL")
    op.create_index(op.f("ix_managers_oidc_subject"), "managers", ["oidc_subject"], unique=True)
    op.create_table(
        "manager_recovery_codes",
        sa.Column("manager_id", sa.String(length=32), nullable=False),
        sa.Column("code_hash", sa.LargeBinary(length=32), nullable=False),
        sa.Column("used_ms", sa.BigInteger(), nullable=True),
        sa.ForeignKeyConstraint(
            ["manager_id"], ["managers.manager_id"], name=op.f("fk_manager_recovery_codes_manager_id")
        ),
        sa.PrimaryKeyConstraint("manager_id", "code_hash", name=op.f("pk_manager_recovery_codes")),
    )


def downgrade() -> None:
    op.drop_table("manager_recovery_codes")
    # What the older shape cannot hold must not become more than it was: a locked manager would come in again, a fleet
    # operator would see every sum, a sign-in under way would be a session.
    op.execute("DELETE FROM staff_sessions")
    op.execute("DELETE FROM managers WHERE locked_ms IS NOT NULL OR role NOT IN ('regional_manager', 'national')")
    op.drop_index(op.f("ix_managers_oidc_subject"), "managers")
    for table, columns in _ADDED.items():
        for name in reversed(columns):
            op.drop_column(table, name)
