"""Central's first tables: terminals, records, persons, dossiers, ledger, audit, counters, outbox."""

from __future__ import annotations

import sqlalchemy as sa
from alembic import op

from central.partitions import by_hash, split

revision = "0001"
down_revision = None
branch_labels = None
depends_on = None


def upgrade() -> None:
    op.create_table(
        "audit_entries",
        sa.Column("shard", sa.Integer(), autoincrement=False, nullable=False),
        sa.Column("number", sa.BigInteger(), autoincrement=False, nullable=False),
        sa.Column("at_ms", sa.BigInteger(), nullable=False),
        sa.Column("tag", sa.String(length=32), nullable=False),
        sa.Column("subject", sa.LargeBinary(length=32), nullable=False),
        sa.Column("actor", sa.String(length=64), nullable=False),
        sa.Column("detail", sa.String(length=64), nullable=True),
        sa.Column("entry_hash", sa.LargeBinary(length=32), nullable=False),
        sa.PrimaryKeyConstraint("shard", "number", name=op.f("pk_audit_entries")),
        sqlite_with_rowid=False,
        **by_hash("shard", "number"),
    )
    op.create_table(
        "chain_heads",
        sa.Column("chain", sa.String(length=32), nullable=False),
        sa.Column("shard", sa.Integer(), autoincrement=False, nullable=False),
        sa.Column("number", sa.BigInteger(), nullable=False),
        sa.Column("hash", sa.LargeBinary(length=32), nullable=False),
        sa.PrimaryKeyConstraint("chain", "shard", name=op.f("pk_chain_heads")),
    )
    op.create_table(
        "chain_incidents",
        sa.Column("terminal_id", sa.String(length=32), nullable=False),
        sa.Column("kind", sa.String(length=32), nullable=False),
        sa.Column("sequence", sa.BigInteger(), autoincrement=False, nullable=False),
        sa.Column("evidence", sa.LargeBinary(length=32), nullable=False),
        sa.Column("expected_sequence", sa.BigInteger(), nullable=True),
        sa.Column("missing", sa.BigInteger(), nullable=True),
        sa.Column("times", sa.Integer(), nullable=False),
        sa.Column("first_ms", sa.BigInteger(), nullable=False),
        sa.Column("last_ms", sa.BigInteger(), nullable=False),
        sa.Column("closed_ms", sa.BigInteger(), nullable=True),
        sa.Column("closed_by", sa.String(length=64), nullable=True),
        sa.PrimaryKeyConstraint("terminal_id", "kind", "sequence", "evidence", name=op.f("pk_chain_incidents")),
    )
    op.create_table(
        "counters",
        sa.Column("dimension", sa.String(length=32), nullable=False),
        sa.Column("period", sa.String(length=10), nullable=False),
        sa.Column("measure", sa.String(length=32), nullable=False),
        sa.Column("member", sa.String(length=64), nullable=False),
        sa.Column("shard", sa.Integer(), autoincrement=False, nullable=False),
        sa.Column("value", sa.BigInteger(), nullable=False),
        sa.PrimaryKeyConstraint("dimension", "period", "measure", "member", "shard", name=op.f("pk_counters")),
        sqlite_with_rowid=False,
    )
    op.create_table(
        "dossiers",
        sa.Column("dossier_id", sa.LargeBinary(length=16), nullable=False),
        sa.Column("record_id", sa.LargeBinary(length=16), nullable=False),
        sa.Column("state", sa.String(length=32), nullable=False),
        sa.Column("break_glass_refused", sa.Boolean(), nullable=False),
        sa.Column("centre_15_refused", sa.Boolean(), nullable=False),
        sa.Column("terminal_id", sa.String(length=32), nullable=False),
        sa.Column("office_id", sa.String(length=32), nullable=False),
        sa.Column("channel", sa.String(length=32), nullable=False),
        sa.Column("sub_channel", sa.String(length=32), nullable=False),
        sa.Column("captured_ms", sa.BigInteger(), nullable=False),
        sa.Column("earliest_ms", sa.BigInteger(), nullable=False),
        sa.Column("received_ms", sa.BigInteger(), nullable=False),
        sa.Column("opened_on", sa.String(length=10), nullable=False),
        sa.PrimaryKeyConstraint("dossier_id", name=op.f("pk_dossiers")),
        sqlite_with_rowid=False,
        **by_hash("dossier_id"),
    )
    op.create_table(
        "offices",
        sa.Column("office_id", sa.String(length=32), nullable=False),
        sa.Column("name", sa.Text(), nullable=False),
        sa.Column("lines", sa.Text(), nullable=False),
        sa.Column("kind", sa.String(length=32), nullable=False),
        sa.Column("finess", sa.String(length=9), nullable=True),
        sa.Column("departement", sa.String(length=3), nullable=False),
        sa.Column("region", sa.String(length=3), nullable=False),
        sa.Column("help_line", sa.Text(), nullable=True),
        sa.Column("created_ms", sa.BigInteger(), nullable=False),
        sa.PrimaryKeyConstraint("office_id", name=op.f("pk_offices")),
    )
    op.create_table(
        "outbox",
        sa.Column("queued_ms", sa.BigInteger(), nullable=False),
        sa.Column("dossier_id", sa.LargeBinary(length=16), nullable=False),
        sa.Column("record_id", sa.LargeBinary(length=16), nullable=False),
        sa.Column("action", sa.String(length=32), nullable=False),
        sa.Column("terminal_id", sa.String(length=32), nullable=False),
        sa.Column("vault", sa.LargeBinary(), nullable=False),
        sa.Column("state", sa.String(length=32), nullable=False),
        sa.Column("attempts", sa.Integer(), nullable=False),
        sa.Column("next_ms", sa.BigInteger(), nullable=False),
        sa.Column("code", sa.String(length=64), nullable=True),
        sa.PrimaryKeyConstraint("queued_ms", "dossier_id", "record_id", name=op.f("pk_outbox")),
    )
    op.create_table(
        "persons",
        sa.Column("fingerprint", sa.LargeBinary(length=16), nullable=False),
        sa.Column("dossier_id", sa.LargeBinary(length=16), nullable=False),
        sa.PrimaryKeyConstraint("fingerprint", name=op.f("pk_persons")),
        sqlite_with_rowid=False,
        **by_hash("fingerprint"),
    )
    op.create_table(
        "quarantine",
        sa.Column("record_id", sa.LargeBinary(length=16), nullable=False),
        sa.Column("reason", sa.String(length=32), nullable=False),
        sa.Column("terminal_id", sa.String(length=32), nullable=False),
        sa.Column("received_ms", sa.BigInteger(), nullable=False),
        sa.Column("settled_ms", sa.BigInteger(), nullable=True),
        sa.Column("settled_by", sa.String(length=64), nullable=True),
        sa.PrimaryKeyConstraint("record_id", name=op.f("pk_quarantine")),
    )
    op.create_table(
        "records",
        sa.Column("record_id", sa.LargeBinary(length=16), nullable=False),
        sa.Column("record_hash", sa.LargeBinary(length=32), nullable=False),
        sa.Column("kind", sa.String(length=32), nullable=False),
        sa.Column("terminal_id", sa.String(length=32), nullable=False),
        sa.Column("sequence", sa.BigInteger(), nullable=False),
        sa.Column("received_ms", sa.BigInteger(), nullable=False),
        sa.Column("counted_on", sa.String(length=10), nullable=False),
        sa.Column("raw", sa.LargeBinary(), nullable=False),
        sa.PrimaryKeyConstraint("record_id", name=op.f("pk_records")),
        **by_hash("record_id"),
    )
    op.create_table(
        "slips",
        sa.Column("enrolment_id", sa.LargeBinary(length=16), nullable=False),
        sa.Column("record_id", sa.LargeBinary(length=16), nullable=False),
        sa.Column("slip", sa.String(length=32), nullable=False),
        sa.Column("copy_number", sa.Integer(), nullable=False),
        sa.Column("result", sa.String(length=32), nullable=False),
        sa.Column("settled_ms", sa.BigInteger(), nullable=False),
        sa.PrimaryKeyConstraint("enrolment_id", "record_id", name=op.f("pk_slips")),
        sqlite_with_rowid=False,
        **by_hash("enrolment_id"),
    )
    op.create_table(
        "status_nonces",
        sa.Column("terminal_id", sa.String(length=32), nullable=False),
        sa.Column("nonce", sa.LargeBinary(length=16), nullable=False),
        sa.Column("asked_ms", sa.BigInteger(), nullable=False),
        sa.PrimaryKeyConstraint("terminal_id", "nonce", name=op.f("pk_status_nonces")),
    )
    op.create_table(
        "vault_cursor",
        sa.Column("name", sa.String(length=32), nullable=False),
        sa.Column("number", sa.BigInteger(), nullable=False),
        sa.PrimaryKeyConstraint("name", name=op.f("pk_vault_cursor")),
    )
    op.create_table(
        "accounts",
        sa.Column("dossier_id", sa.LargeBinary(length=16), nullable=False),
        sa.Column("state", sa.String(length=32), nullable=False),
        sa.Column("changed_ms", sa.BigInteger(), nullable=False),
        sa.Column("activated_on", sa.String(length=10), nullable=True),
        sa.ForeignKeyConstraint(["dossier_id"], ["dossiers.dossier_id"], name=op.f("fk_accounts_dossier_id")),
        sa.PrimaryKeyConstraint("dossier_id", name=op.f("pk_accounts")),
        sqlite_with_rowid=False,
        **by_hash("dossier_id"),
    )
    op.create_table(
        "consents",
        sa.Column("dossier_id", sa.LargeBinary(length=16), nullable=False),
        sa.Column("record_id", sa.LargeBinary(length=16), nullable=False),
        sa.Column("evidence", sa.LargeBinary(), nullable=False),
        sa.ForeignKeyConstraint(["dossier_id"], ["dossiers.dossier_id"], name=op.f("fk_consents_dossier_id")),
        sa.PrimaryKeyConstraint("dossier_id", "record_id", name=op.f("pk_consents")),
        sqlite_with_rowid=False,
        **by_hash("dossier_id"),
    )
    op.create_table(
        "devices",
        sa.Column("terminal_id", sa.String(length=32), nullable=False),
        sa.Column("office_id", sa.String(length=32), nullable=False),
        sa.Column("channel", sa.String(length=32), nullable=False),
        sa.Column("sub_channel", sa.String(length=32), nullable=False),
        sa.Column("state", sa.String(length=32), nullable=False),
        sa.Column("public_key", sa.LargeBinary(length=32), nullable=True),
        sa.Column("registered_ms", sa.BigInteger(), nullable=True),
        sa.Column("revoked_ms", sa.BigInteger(), nullable=True),
        sa.Column("last_seen_ms", sa.BigInteger(), nullable=True),
        sa.Column("last_sequence", sa.BigInteger(), nullable=True),
        sa.Column("last_hash", sa.LargeBinary(length=32), nullable=True),
        sa.ForeignKeyConstraint(["office_id"], ["offices.office_id"], name=op.f("fk_devices_office_id")),
        sa.PrimaryKeyConstraint("terminal_id", name=op.f("pk_devices")),
    )
    op.create_table(
        "ledger_entries",
        sa.Column("dossier_id", sa.LargeBinary(length=16), nullable=False),
        sa.Column("entry", sa.String(length=32), nullable=False),
        sa.Column("shard", sa.Integer(), nullable=False),
        sa.Column("number", sa.BigInteger(), nullable=False),
        sa.Column("record_id", sa.LargeBinary(length=16), nullable=False),
        sa.Column("terminal_id", sa.String(length=32), nullable=False),
        sa.Column("office_id", sa.String(length=32), nullable=False),
        sa.Column("state", sa.String(length=32), nullable=False),
        sa.Column("hold", sa.String(length=32), nullable=True),
        sa.Column("cents", sa.BigInteger(), nullable=False),
        sa.Column("opened_on", sa.String(length=10), nullable=False),
        sa.Column("booked_ms", sa.BigInteger(), nullable=False),
        sa.Column("rule", sa.String(length=32), nullable=False),
        sa.Column("rules_version", sa.Integer(), nullable=False),
        sa.Column("entry_hash", sa.LargeBinary(length=32), nullable=False),
        sa.ForeignKeyConstraint(["dossier_id"], ["dossiers.dossier_id"], name=op.f("fk_ledger_entries_dossier_id")),
        sa.PrimaryKeyConstraint("dossier_id", "entry", name=op.f("pk_ledger_entries")),
        *_numbers_once(),
        sqlite_with_rowid=False,
        **by_hash("dossier_id"),
    )
    op.create_table(
        "operators",
        sa.Column("office_id", sa.String(length=32), nullable=False),
        sa.Column("operator_id", sa.String(length=32), nullable=False),
        sa.Column("role", sa.String(length=32), nullable=False),
        sa.Column("display_name", sa.Text(), nullable=False),
        sa.Column("pin_hash", sa.Text(), nullable=False),
        sa.Column("created_ms", sa.BigInteger(), nullable=False),
        sa.Column("retired_ms", sa.BigInteger(), nullable=True),
        sa.ForeignKeyConstraint(["office_id"], ["offices.office_id"], name=op.f("fk_operators_office_id")),
        sa.PrimaryKeyConstraint("office_id", "operator_id", name=op.f("pk_operators")),
    )
    split("audit_entries", "dossiers", "persons", "records", "slips", "accounts", "consents", "ledger_entries")


def _numbers_once() -> list[sa.UniqueConstraint]:
    """Not on PostgreSQL: a hash partition keeps unique only what it is split by (0005 does without everywhere)."""
    if op.get_bind().dialect.name == "postgresql":
        return []
    return [sa.UniqueConstraint("shard", "number", name=op.f("uq_ledger_entries_shard_number"))]


def downgrade() -> None:
    op.drop_table("operators")
    op.drop_table("ledger_entries")
    op.drop_table("devices")
    op.drop_table("consents")
    op.drop_table("accounts")
    op.drop_table("vault_cursor")
    op.drop_table("status_nonces")
    op.drop_table("slips")
    op.drop_table("records")
    op.drop_table("quarantine")
    op.drop_table("persons")
    op.drop_table("outbox")
    op.drop_table("offices")
    op.drop_table("dossiers")
    op.drop_table("counters")
    op.drop_table("chain_incidents")
    op.drop_table("chain_heads")
    op.drop_table("audit_entries")
