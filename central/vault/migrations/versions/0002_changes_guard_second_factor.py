"""Decisions with their times, generations, contacts, the guard's work, notices and second factors."""

import sqlalchemy as sa
from alembic import op

from central.partitions import by_hash, split

revision = "0002"
down_revision = "0001"
branch_labels = None
depends_on = None

_ID = sa.LargeBinary(16)
_HASH = sa.LargeBinary(32)
_WORD = sa.String(40)
_MADE = ("awaited", "challenges", "notices", "contacts", "owed", "generations")


def upgrade() -> None:
    _make_tables()
    split("generations", "decisions", "contacts")
    op.add_column("dossiers", sa.Column("closed_ms", sa.BigInteger, nullable=True))
    op.add_column("dossiers", sa.Column("destroy_due_ms", sa.BigInteger, nullable=True))
    op.add_column("wraps", sa.Column("sealed_to", _HASH, nullable=True))
    op.execute(
        "INSERT INTO generations (dossier_id, generation, dossier_public, made_ms) "
        "SELECT dossier_id, generation, dossier_public, opened_ms FROM dossiers"
    )
    # When they were decided was not kept: any decision with a time stands above them.
    op.execute(
        "INSERT INTO decisions (dossier_id, role, refused, decided_ms, noted_ms) "
        "SELECT dossier_id, role, 1 = 1, 0, noted_ms FROM refusals"  # true, as SQLite and PostgreSQL both write it
    )
    op.drop_table("refusals")
    op.execute(
        "INSERT INTO owed (dossier_id, what, noted_ms) "
        "SELECT dossier_id, 'generation', opened_ms FROM dossiers WHERE generation_due > generation"
    )
    _raise_slips()
    _raise_attempts()


def downgrade() -> None:
    op.create_table(
        "refusals",
        sa.Column("dossier_id", _ID, nullable=False),
        sa.Column("role", _WORD, nullable=False),
        sa.Column("noted_ms", sa.BigInteger, nullable=False),
        sa.PrimaryKeyConstraint("dossier_id", "role", name="pk_refusals"),
    )
    op.execute(
        "INSERT INTO refusals (dossier_id, role, noted_ms) "
        "SELECT dossier_id, role, noted_ms FROM decisions WHERE refused"
    )
    op.drop_table("decisions")
    _lower_slips()
    _lower_attempts()
    with op.batch_alter_table("wraps") as wraps:
        wraps.drop_column("sealed_to")
    with op.batch_alter_table("dossiers") as dossiers:
        dossiers.drop_column("closed_ms")
        dossiers.drop_column("destroy_due_ms")
    for table in _MADE:
        op.drop_table(table)


def _raise_slips() -> None:
    op.add_column("slips", sa.Column("terminal", sa.String(32), nullable=True))
    op.add_column("slips", sa.Column("place", sa.Integer, nullable=True))
    op.add_column("slips", sa.Column("live_ms", sa.BigInteger, nullable=True))
    op.add_column("slips", sa.Column("due_ms", sa.BigInteger, nullable=True))
    # A waiting slip's own terminal was not kept. Its wrap will be made and opened in the context that stands here, so
    # any word serves as long as it stays.
    op.execute(
        "UPDATE slips SET terminal = COALESCE("
        "(SELECT dossiers.terminal FROM dossiers WHERE dossiers.dossier_id = slips.dossier_id), 'UNKNOWN')"
    )
    op.execute("UPDATE slips SET live_ms = received_ms WHERE state <> 'waiting_guard'")
    op.execute("UPDATE slips SET due_ms = received_ms WHERE state = 'waiting_guard'")
    for column in ("record_id", "dossier_id", "due_ms"):
        op.create_index(f"ix_slips_{column}", "slips", [column])
    op.execute(
        "UPDATE slips SET place = (SELECT COUNT(*) FROM slips AS other WHERE other.dossier_id = slips.dossier_id "
        "AND (other.received_ms < slips.received_ms "
        "OR (other.received_ms = slips.received_ms AND other.record_id <= slips.record_id)))"
    )
    with op.batch_alter_table("slips") as slips:
        slips.alter_column("terminal", existing_type=sa.String(32), nullable=False)
        slips.alter_column("place", existing_type=sa.Integer, nullable=False)


def _lower_slips() -> None:
    # The version before knows four states; what it does not know is locked there: no code of it works any more.
    op.execute("UPDATE slips SET state = 'locked' WHERE state IN ('void', 'objected', 'failed')")
    op.execute("UPDATE dossiers SET account = 'locked' WHERE account = 'disabled'")
    for column in ("record_id", "dossier_id", "due_ms"):
        op.drop_index(f"ix_slips_{column}", "slips")
    with op.batch_alter_table("slips") as slips:
        for column in ("terminal", "place", "live_ms", "due_ms"):
            slips.drop_column(column)


def _raise_attempts() -> None:
    op.add_column("attempts", sa.Column("until_ms", sa.BigInteger, nullable=True))
    op.execute("UPDATE attempts SET until_ms = at_ms + 900000")  # a quarter of an hour, the window of 0001
    with op.batch_alter_table("attempts") as attempts:
        attempts.alter_column("until_ms", existing_type=sa.BigInteger, nullable=False)
        attempts.drop_index("ix_attempts_at_ms")
    op.create_index("ix_attempts_until_ms", "attempts", ["until_ms"])


def _lower_attempts() -> None:
    op.drop_index("ix_attempts_until_ms", "attempts")
    with op.batch_alter_table("attempts") as attempts:
        attempts.drop_column("until_ms")
    op.create_index("ix_attempts_at_ms", "attempts", ["at_ms"])


def _make_tables() -> None:
    op.create_table(
        "generations",
        sa.Column("dossier_id", _ID, nullable=False),
        sa.Column("generation", sa.Integer, autoincrement=False, nullable=False),
        sa.Column("dossier_public", _HASH, nullable=False),
        sa.Column("made_ms", sa.BigInteger, nullable=False),
        sa.PrimaryKeyConstraint("dossier_id", "generation", name="pk_generations"),
        **by_hash("dossier_id"),
    )
    op.create_table(
        "decisions",
        sa.Column("dossier_id", _ID, nullable=False),
        sa.Column("role", _WORD, nullable=False),
        sa.Column("refused", sa.Boolean, nullable=False),
        sa.Column("decided_ms", sa.BigInteger, nullable=False),
        sa.Column("noted_ms", sa.BigInteger, nullable=False),
        sa.PrimaryKeyConstraint("dossier_id", "role", name="pk_decisions"),
        **by_hash("dossier_id"),
    )
    op.create_table(
        "owed",
        sa.Column("dossier_id", _ID, nullable=False),
        sa.Column("what", _WORD, nullable=False),
        sa.Column("noted_ms", sa.BigInteger, nullable=False),
        sa.PrimaryKeyConstraint("dossier_id", "what", name="pk_owed"),
    )
    op.create_index("ix_owed_noted_ms", "owed", ["noted_ms"])
    op.create_table(
        "contacts",
        sa.Column("dossier_id", _ID, nullable=False),
        sa.Column("sealed", sa.LargeBinary, nullable=True),
        sa.Column("language", sa.String(8), nullable=False),
        sa.Column("changed_ms", sa.BigInteger, nullable=False),
        sa.Column("former", sa.LargeBinary, nullable=True),
        sa.Column("replaced_ms", sa.BigInteger, nullable=True),
        sa.PrimaryKeyConstraint("dossier_id", name="pk_contacts"),
        **by_hash("dossier_id"),
    )
    op.create_index("ix_contacts_replaced_ms", "contacts", ["replaced_ms"])
    op.create_table(
        "notices",
        sa.Column("dossier_id", _ID, nullable=False),
        sa.Column("record_id", _ID, nullable=False),
        sa.Column("number", sa.Integer, autoincrement=False, nullable=False),
        sa.Column("kind", _WORD, nullable=False),
        sa.Column("sealed", sa.LargeBinary, nullable=False),
        sa.Column("language", sa.String(8), nullable=False),
        sa.Column("tries", sa.Integer, nullable=False),
        sa.Column("next_ms", sa.BigInteger, nullable=False),
        sa.PrimaryKeyConstraint("dossier_id", "record_id", "number", name="pk_notices"),
    )
    op.create_index("ix_notices_next_ms", "notices", ["next_ms"])
    op.create_table(
        "challenges",
        sa.Column("challenge", _HASH, nullable=False),
        sa.Column("dossier_id", _ID, nullable=False),
        sa.Column("record_id", _ID, nullable=False),
        sa.Column("pending", sa.LargeBinary, nullable=False),
        sa.Column("is_required", sa.Boolean, nullable=False),
        sa.Column("channel", _WORD, nullable=True),
        sa.Column("code_mac", _HASH, nullable=True),
        sa.Column("wrong_tries", sa.Integer, nullable=False),
        sa.Column("sent_ms", sa.BigInteger, nullable=True),
        sa.Column("made_ms", sa.BigInteger, nullable=False),
        sa.PrimaryKeyConstraint("challenge", name="pk_challenges"),
    )
    op.create_index("ix_challenges_dossier_id", "challenges", ["dossier_id"])
    op.create_index("ix_challenges_made_ms", "challenges", ["made_ms"])
    op.create_table(
        "awaited",
        sa.Column("dossier_id", _ID, nullable=False),
        sa.Column("place", sa.Integer, autoincrement=False, nullable=False),
        sa.Column("record_id", _ID, nullable=False),
        sa.PrimaryKeyConstraint("dossier_id", "place", name="pk_awaited"),
    )
