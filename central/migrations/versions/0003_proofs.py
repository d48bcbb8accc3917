"""One-time codes for contacts: proofs, and the questions asked about them."""

from __future__ import annotations

import sqlalchemy as sa
from alembic import op

revision = "0003"
down_revision = "0002"
branch_labels = None
depends_on = None


def upgrade() -> None:
    op.create_table(
        "contact_proofs",
        sa.Column("proof_id", sa.LargeBinary(length=16), nullable=False),
        sa.Column("terminal_id", sa.String(length=32), nullable=False),
        sa.Column("contact", sa.String(length=32), nullable=False),
        sa.Column("address_hash", sa.LargeBinary(length=32), nullable=False),
        sa.Column("code_hash", sa.LargeBinary(length=32), nullable=True),
        sa.Column("wrong_tries", sa.Integer(), nullable=False),
        sa.Column("asked_ms", sa.BigInteger(), nullable=False),
        sa.Column("valid_until_ms", sa.BigInteger(), nullable=False),
        sa.Column("proved_ms", sa.BigInteger(), nullable=True),
        sa.PrimaryKeyConstraint("proof_id", name=op.f("pk_contact_proofs")),
    )
    for columns in (["address_hash", "asked_ms"], ["terminal_id", "asked_ms"], ["asked_ms"]):
        op.create_index(op.f(f"ix_contact_proofs_{'_'.join(columns)}"), "contact_proofs", columns)
    op.create_table(
        "proof_nonces",
        sa.Column("terminal_id", sa.String(length=32), nullable=False),
        sa.Column("nonce", sa.LargeBinary(length=16), nullable=False),
        sa.Column("asked_ms", sa.BigInteger(), nullable=False),
        sa.PrimaryKeyConstraint("terminal_id", "nonce", name=op.f("pk_proof_nonces")),
    )


def downgrade() -> None:
    op.drop_table("proof_nonces")
    op.drop_table("contact_proofs")
