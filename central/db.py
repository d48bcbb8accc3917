"""What central's tables share: their MetaData, their column types, and the shard of a name.

Habits of every table (design.md §9): identifiers are bytes or words made by us, never a sequence; what hangs on a
dossier carries ``dossier_id`` in its primary key; times are milliseconds since 1970, money is whole cents.
"""

from __future__ import annotations

import zlib

from sqlalchemy import BigInteger, LargeBinary, MetaData, String

metadata = MetaData(
    naming_convention={
        "ix": "ix_%(table_name)s_%(column_0_N_name)s",
        "uq": "uq_%(table_name)s_%(column_0_N_name)s",
        "ck": "ck_%(table_name)s_%(constraint_name)s",
        "fk": "fk_%(table_name)s_%(column_0_N_name)s",
        "pk": "pk_%(table_name)s",
    }
)

Id = LargeBinary(16)  # record, dossier, person
Hash = LargeBinary(32)  # SHA-256
Name = String(32)  # terminal, office, operator
Word = String(32)  # a member of one of our enumerations, or an unknown one that is kept
Millis = BigInteger  # milliseconds since 1970, by central's clock unless the column says otherwise
Day = String(10)  # 2026-11-22, the date in Paris


def shard_of(name: bytes, shards: int) -> int:
    """The shard that a terminal's or a dossier's rows are chained in: the same on every machine, for ever."""
    return zlib.crc32(name) % shards
