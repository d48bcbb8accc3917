"""Writers stand in line at one row; what hangs on a dossier carries its id in its key, slips and challenges too."""

from collections.abc import Callable

import sqlalchemy as sa
from alembic import op

from central.partitions import by_hash, split

revision = "0003"
down_revision = "0002"
branch_labels = None
depends_on = None

_ID = sa.LargeBinary(16)
_HASH = sa.LargeBinary(32)
_WORD = sa.String(40)
_SLIPS = (
    ("dossier_id", _ID, False),
    ("record_id", _ID, False),
    ("locator", sa.String(8), False),
    ("terminal", sa.String(32), False),
    ("code_public", _HASH, False),
    ("state", _WORD, False),
    ("wrong_tries", sa.Integer, False),
    ("received_ms", sa.BigInteger, False),
    ("place", sa.Integer, False),
    ("live_ms", sa.BigInteger, True),
    ("due_ms", sa.BigInteger, True),
)
_CHALLENGES = (
    ("challenge", _HASH, False),
    ("dossier_id", _ID, False),
    ("record_id", _ID, False),
    ("pending", sa.LargeBinary, False),
    ("is_required", sa.Boolean, False),
    ("channel", _WORD, True),
    ("code_mac", _HASH, True),
    ("wrong_tries", sa.Integer, False),
    ("sent_ms", sa.BigInteger, True),
    ("made_ms", sa.BigInteger, False),
)


def upgrade() -> None:
    op.create_table(
        "queue", sa.Column("place", sa.Integer, autoincrement=False, nullable=False), _key("queue", "place")
    )
    op.execute("INSERT INTO queue (place) VALUES (1)")

    def slips() -> None:
        columns, key = _columns(_SLIPS), _key("slips", "dossier_id", "record_id")
        op.create_table("slips", *columns, key, **by_hash("dossier_id"))
        split("slips")

    _make_again("slips", _SLIPS, slips, ("locator", "record_id", "due_ms"))
    _make_again(
        "challenges",
        _CHALLENGES,
        lambda: op.create_table("challenges", *_columns(_CHALLENGES), _key("challenges", "challenge", "dossier_id")),
        ("dossier_id", "made_ms"),
    )


def downgrade() -> None:
    _make_again(
        "slips",
        _SLIPS,
        lambda: op.create_table("slips", *_columns(_SLIPS), _key("slips", "locator", "record_id")),
        ("record_id", "dossier_id", "due_ms"),
    )
    _make_again(
        "challenges",
        _CHALLENGES,
        lambda: op.create_table("challenges", *_columns(_CHALLENGES), _key("challenges", "challenge")),
        ("dossier_id", "made_ms"),
    )
    op.drop_table("queue")


def _make_again(
    table: str, columns: tuple[tuple[str, object, bool], ...], make: Callable[[], object], indexed: tuple[str, ...]
) -> None:
    """A key cannot be changed where it stands: the rows wait elsewhere while the table is made anew."""
    names = ", ".join(name for name, _, _ in columns)
    op.execute(f"CREATE TABLE {table}_kept AS SELECT {names} FROM {table}")  # noqa: S608 - our own words
    op.drop_table(table)
    make()
    op.execute(f"INSERT INTO {table} ({names}) SELECT {names} FROM {table}_kept")  # noqa: S608 - our own words
    op.drop_table(f"{table}_kept")
    for column in indexed:
        op.create_index(f"ix_{table}_{column}", table, [column])


def _columns(described: tuple[tuple[str, object, bool], ...]) -> list[sa.Column[object]]:
    return [sa.Column(name, kind, nullable=may_be_null) for name, kind, may_be_null in described]  # type: ignore[arg-type]


def _key(table: str, *columns: str) -> sa.PrimaryKeyConstraint:
    return sa.PrimaryKeyConstraint(*columns, name=f"pk_{table}")
