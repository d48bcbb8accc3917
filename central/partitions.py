"""Large tables are split by the hash of their key on PostgreSQL: smaller indexes, and vacuum takes one part at a time.

A neutral leaf, like :mod:`central.engine`. A table says in its definition by what it is split (:func:`by_hash`); the
migration that makes it also makes its parts (:func:`split`). PostgreSQL keeps a key unique across parts only when the
table is split by it: hence every table's primary key holds what it is split by, and persons and records have tables of
their own, keyed on just that (docs/decisions/0028). On SQLite nothing of this exists.
"""

from __future__ import annotations

import argparse
from typing import Any

from alembic import context, op
from sqlalchemy import Connection, text

PARTS = 16
"""How many parts, unless the first ``migrate`` says otherwise. Never changed afterwards: rows would have to move."""

PARTS_LIMIT = 256

_CHOSEN = "parts"
_EXISTING = text(
    "SELECT count(*) FROM pg_inherits JOIN pg_partitioned_table ON partrelid = inhparent"
    " JOIN pg_class ON oid = inhparent WHERE relnamespace = current_schema()::regnamespace"
    " GROUP BY inhparent LIMIT 1"
)
_NAMES = text(
    "SELECT relname FROM pg_class WHERE relispartition AND relkind = 'r'"
    " AND relnamespace = current_schema()::regnamespace"
    # A foreign key to a split table is one more for each of its parts.
    " UNION SELECT conname FROM pg_constraint JOIN pg_class ON pg_class.oid = conrelid"
    " WHERE conparentid <> 0 AND contype = 'f' AND NOT relispartition"
)


def by_hash(*columns: str) -> dict[str, Any]:
    """What a table's definition says of it, in SQLAlchemy's words."""
    return {"postgresql_partition_by": f"HASH ({', '.join(columns)})"}


def offer_parts(parser: argparse.ArgumentParser) -> None:
    """The option of ``migrate``."""
    parser.add_argument(
        "--parts",
        type=int,
        choices=range(1, PARTS_LIMIT + 1),
        metavar=f"1-{PARTS_LIMIT}",
        default=PARTS,
        help=f"on PostgreSQL, when the database is made: into how many a large table is split, for ever ({PARTS})",
    )


def split(*tables: str) -> None:
    """Make the parts of tables that a migration has just made; as many as the tables before them have."""
    connection = op.get_bind()
    if connection.dialect.name != "postgresql":
        return
    parts = connection.scalar(_EXISTING) or context.config.attributes.get(_CHOSEN, PARTS)
    for table in tables:
        for number in range(parts):
            op.execute(
                f"CREATE TABLE {table}_p{number:02d} PARTITION OF {table}"
                f" FOR VALUES WITH (MODULUS {parts}, REMAINDER {number})"
            )


def comparing(connection: Connection) -> dict[str, Any]:
    """Alembic's options for comparing a database with the code; what no definition knows of the parts is left out."""
    is_split = connection.dialect.name == "postgresql"
    parts = frozenset(connection.execute(_NAMES).scalars()) if is_split else frozenset()

    def is_of_its_own(name: str | None, kind: str, _parents: object) -> bool:
        return kind not in {"table", "foreign_key_constraint"} or name not in parts

    return {"include_name": is_of_its_own, "compare_type": True, "compare_server_default": True}
