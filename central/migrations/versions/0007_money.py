"""Money: words on an amount after its opening, rules, closed months; statements, payments, anchors, abuse."""

from __future__ import annotations

from typing import Any

import sqlalchemy as sa
from alembic import op

from central.partitions import by_hash, split

revision = "0007"
down_revision = "0006"
branch_labels = None
depends_on = None

_KEY = "pk_ledger_entries"
_OLD = (
    "dossier_id, entry, shard, number, record_id, terminal_id, office_id, state, {reason}, cents, opened_on, "
    "booked_ms, rule, rules_version, entry_hash"
)


def upgrade() -> None:
    """An opening owes all or nothing by its state; its hash covers neither step nor owed: chains stay as they are."""
    if _is_sqlite():
        _make_again("reason", [_integer("step"), sa.Column("owed", sa.BigInteger(), nullable=False)], "step")
        op.execute(
            f"INSERT INTO ledger_entries ({_OLD.format(reason='reason')}, step, owed) "  # noqa: S608 - our own words
            f"SELECT {_OLD.format(reason='hold')}, 0, CASE state WHEN 'accrued' THEN cents ELSE 0 END "
            "FROM ledger_before"
        )
        op.drop_table("ledger_before")
    else:
        op.alter_column("ledger_entries", "hold", new_column_name="reason")
        op.add_column("ledger_entries", sa.Column("step", sa.Integer(), nullable=False, server_default="0"))
        op.add_column("ledger_entries", sa.Column("owed", sa.BigInteger(), nullable=False, server_default="0"))
        op.execute("UPDATE ledger_entries SET owed = cents WHERE state = 'accrued'")
        op.alter_column("ledger_entries", "step", server_default=None)
        op.alter_column("ledger_entries", "owed", server_default=None)
        op.drop_constraint(_KEY, "ledger_entries", type_="primary")
        op.create_primary_key(_KEY, "ledger_entries", ["dossier_id", "step"])
    _index()
    op.create_index(op.f("ix_ledger_entries_booked_ms"), "ledger_entries", ["booked_ms"])
    op.create_table(
        "rule_versions",
        _integer("version"),
        sa.Column("document", sa.LargeBinary(), nullable=False),
        sa.Column("noted_ms", sa.BigInteger(), nullable=False),
        sa.PrimaryKeyConstraint("version", name=op.f("pk_rule_versions")),
    )
    op.create_table(
        "closed_months",
        sa.Column("month", sa.String(length=7), nullable=False),
        sa.Column("closed_ms", sa.BigInteger(), nullable=False),
        sa.Column("closed_by", sa.String(length=64), nullable=False),
        sa.PrimaryKeyConstraint("month", name=op.f("pk_closed_months")),
    )
    _create_statements()
    _create_payments()
    _create_abuse()
    op.create_table(
        "anchors",
        sa.Column("number", sa.BigInteger(), autoincrement=False, nullable=False),
        sa.Column("at_ms", sa.BigInteger(), nullable=False),
        sa.Column("document", sa.LargeBinary(), nullable=False),
        sa.PrimaryKeyConstraint("number", name=op.f("pk_anchors")),
    )


def _create_statements() -> None:
    word = sa.String(length=32)
    op.create_table(
        "statement_steps",
        sa.Column("office_id", word, nullable=False),
        sa.Column("month", sa.String(length=7), nullable=False),
        _integer("step"),
        sa.Column("word", word, nullable=False),
        *(sa.Column(name, sa.BigInteger(), nullable=False) for name in ("entries", "openings", "cents", "owed")),
        sa.Column("digest", sa.LargeBinary(length=32), nullable=True),
        sa.Column("paid", sa.BigInteger(), nullable=False),
        sa.Column("payment_id", word, nullable=True),
        sa.Column("reason", word, nullable=True),
        sa.Column("actor", sa.String(length=64), nullable=False),
        sa.Column("at_ms", sa.BigInteger(), nullable=False),
        _integer("shard"),
        sa.Column("number", sa.BigInteger(), nullable=False),
        sa.Column("entry_hash", sa.LargeBinary(length=32), nullable=False),
        sa.ForeignKeyConstraint(["office_id"], ["offices.office_id"], name=op.f("fk_statement_steps_office_id")),
        sa.PrimaryKeyConstraint("office_id", "month", "step", name=op.f("pk_statement_steps")),
        sqlite_with_rowid=False,
    )
    op.create_index(op.f("ix_statement_steps_month"), "statement_steps", ["month"])
    op.create_index(op.f("ix_statement_steps_shard_number"), "statement_steps", ["shard", "number"])


def _create_payments() -> None:
    word, iban, bic = sa.String(length=32), sa.String(length=34), sa.String(length=11)
    office = ["office_id"], ["offices.office_id"]
    op.create_table(
        "bank_accounts",
        sa.Column("office_id", word, nullable=False),
        sa.Column("since_ms", sa.BigInteger(), autoincrement=False, nullable=False),
        sa.Column("holder", sa.Text(), nullable=False),
        sa.Column("iban", iban, nullable=False),
        sa.Column("bic", bic, nullable=True),
        sa.Column("set_by", sa.String(length=64), nullable=False),
        sa.ForeignKeyConstraint(*office, name=op.f("fk_bank_accounts_office_id")),
        sa.PrimaryKeyConstraint("office_id", "since_ms", name=op.f("pk_bank_accounts")),
    )
    op.create_table(
        "payments",
        sa.Column("payment_id", word, nullable=False),
        sa.Column("month", sa.String(length=7), nullable=False),
        sa.Column("made_ms", sa.BigInteger(), nullable=False),
        sa.Column("execution_on", sa.String(length=10), nullable=False),
        sa.Column("payer_name", sa.Text(), nullable=False),
        sa.Column("payer_iban", iban, nullable=False),
        sa.Column("payer_bic", bic, nullable=True),
        sa.Column("lines", sa.Integer(), nullable=False),
        sa.Column("cents", sa.BigInteger(), nullable=False),
        sa.Column("file_hash", sa.LargeBinary(length=32), nullable=False),
        sa.Column("made_by", sa.String(length=64), nullable=False),
        sa.PrimaryKeyConstraint("payment_id", name=op.f("pk_payments")),
    )
    op.create_table(
        "payment_lines",
        sa.Column("payment_id", word, nullable=False),
        sa.Column("office_id", word, nullable=False),
        sa.Column("cents", sa.BigInteger(), nullable=False),
        sa.Column("holder", sa.Text(), nullable=False),
        sa.Column("iban", iban, nullable=False),
        sa.Column("bic", bic, nullable=True),
        sa.ForeignKeyConstraint(["payment_id"], ["payments.payment_id"], name=op.f("fk_payment_lines_payment_id")),
        sa.ForeignKeyConstraint(*office, name=op.f("fk_payment_lines_office_id")),
        sa.PrimaryKeyConstraint("payment_id", "office_id", name=op.f("pk_payment_lines")),
    )


def _create_abuse() -> None:
    word, number = sa.String(length=32), sa.LargeBinary(length=16)
    dossier = ["dossier_id"], ["dossiers.dossier_id"]
    op.create_table(
        "enrolment_signals",
        sa.Column("dossier_id", number, nullable=False),
        sa.Column("record_id", number, nullable=False),
        sa.Column("office_id", word, nullable=False),
        sa.Column("terminal_id", word, nullable=False),
        sa.Column("operator_id", sa.String(length=64), nullable=False),
        sa.Column("made_ms", sa.BigInteger(), nullable=False),
        sa.Column("reading_s", sa.Integer(), nullable=True),
        sa.Column("email_mark", number, nullable=True),
        sa.Column("mobile_mark", number, nullable=True),
        sa.ForeignKeyConstraint(*dossier, name=op.f("fk_enrolment_signals_dossier_id")),
        sa.PrimaryKeyConstraint("dossier_id", "record_id", name=op.f("pk_enrolment_signals")),
        sqlite_with_rowid=False,
        **by_hash("dossier_id"),
    )
    split("enrolment_signals")
    op.create_index(op.f("ix_enrolment_signals_record_id"), "enrolment_signals", ["record_id"])
    op.create_table(
        "abuse_cases",
        sa.Column("case_id", number, nullable=False),
        sa.Column("score", word, nullable=False),
        sa.Column("office_id", word, nullable=False),
        sa.Column("subject", sa.String(length=64), nullable=False),
        sa.Column("percent", sa.Integer(), nullable=False),
        sa.Column("figures", sa.Text(), nullable=False),
        sa.Column("found_ms", sa.BigInteger(), nullable=False),
        sa.Column("verdict", word, nullable=False),
        sa.Column("decided_ms", sa.BigInteger(), nullable=True),
        sa.Column("decided_by", sa.String(length=64), nullable=True),
        sa.Column("because", word, nullable=True),
        sa.PrimaryKeyConstraint("case_id", name=op.f("pk_abuse_cases")),
    )
    op.create_table(
        "abuse_evidence",
        sa.Column("dossier_id", number, nullable=False),
        sa.Column("score", word, nullable=False),
        sa.Column("case_id", number, nullable=False),
        sa.ForeignKeyConstraint(*dossier, name=op.f("fk_abuse_evidence_dossier_id")),
        sa.ForeignKeyConstraint(["case_id"], ["abuse_cases.case_id"], name=op.f("fk_abuse_evidence_case_id")),
        sa.PrimaryKeyConstraint("dossier_id", "score", name=op.f("pk_abuse_evidence")),
        sqlite_with_rowid=False,
    )
    op.create_index(op.f("ix_abuse_evidence_case_id"), "abuse_evidence", ["case_id"])


def downgrade() -> None:
    """Back to one entry a dossier, while there is no more than one.

    Raises:
        RuntimeError: money was held, released or taken back since, or a month is closed: the older shape would owe
            other sums than were stated. Restore a backup instead.
    """
    connection = op.get_bind()
    later = connection.scalar(sa.text("SELECT count(*) FROM ledger_entries WHERE step > 0"))
    closed = connection.scalar(sa.text("SELECT count(*) FROM closed_months"))
    if later or closed:
        raise RuntimeError("the ledger holds what the older shape cannot: it would owe other sums than were stated")
    for table in (
        "anchors",
        "abuse_evidence",
        "abuse_cases",
        "enrolment_signals",
        "payment_lines",
        "payments",
        "bank_accounts",
        "statement_steps",
        "closed_months",
        "rule_versions",
    ):
        op.drop_table(table)
    op.drop_index(op.f("ix_ledger_entries_booked_ms"), "ledger_entries")
    if _is_sqlite():
        _make_again("hold", [], "entry")
        op.execute(
            f"INSERT INTO ledger_entries ({_OLD.format(reason='hold')}) "  # noqa: S608 - our own words
            f"SELECT {_OLD.format(reason='reason')} FROM ledger_before"
        )
        op.drop_table("ledger_before")
    else:
        op.drop_constraint(_KEY, "ledger_entries", type_="primary")
        op.create_primary_key(_KEY, "ledger_entries", ["dossier_id", "entry"])
        op.drop_column("ledger_entries", "owed")
        op.drop_column("ledger_entries", "step")
        op.alter_column("ledger_entries", "reason", new_column_name="hold")
    _index()


def _make_again(reason: str, added: list[sa.Column[Any]], second: str) -> None:
    """SQLite cannot change a primary key: the table is made anew, and its rows are copied by the caller."""
    op.drop_index(op.f("ix_ledger_entries_shard_number"), "ledger_entries")
    op.rename_table("ledger_entries", "ledger_before")
    word = sa.String(length=32)
    op.create_table(
        "ledger_entries",
        sa.Column("dossier_id", sa.LargeBinary(length=16), nullable=False),
        sa.Column("entry", word, nullable=False),
        _integer("shard"),
        sa.Column("number", sa.BigInteger(), nullable=False),
        sa.Column("record_id", sa.LargeBinary(length=16), nullable=False),
        sa.Column("terminal_id", word, nullable=False),
        sa.Column("office_id", word, nullable=False),
        sa.Column("state", word, nullable=False),
        sa.Column(reason, word, nullable=True),
        sa.Column("cents", sa.BigInteger(), nullable=False),
        sa.Column("opened_on", sa.String(length=10), nullable=False),
        sa.Column("booked_ms", sa.BigInteger(), nullable=False),
        sa.Column("rule", word, nullable=False),
        _integer("rules_version"),
        sa.Column("entry_hash", sa.LargeBinary(length=32), nullable=False),
        *added,
        sa.ForeignKeyConstraint(["dossier_id"], ["dossiers.dossier_id"], name=op.f("fk_ledger_entries_dossier_id")),
        sa.PrimaryKeyConstraint("dossier_id", second, name=op.f(_KEY)),
        sqlite_with_rowid=False,
    )


def _index() -> None:
    if _is_sqlite():
        op.create_index(op.f("ix_ledger_entries_shard_number"), "ledger_entries", ["shard", "number"])


def _integer(name: str) -> sa.Column[Any]:
    return sa.Column(name, sa.Integer(), autoincrement=False, nullable=False)


def _is_sqlite() -> bool:
    return op.get_bind().dialect.name == "sqlite"
