"""The vault's tables. All times are milliseconds since 1970; ids are their raw bytes.

What hangs on a dossier carries the dossier's id first in its primary key, so that tables can be split by it
(design.md §9). No column holds a code, a passphrase, a name, a NIR or an address in clear.
"""

from __future__ import annotations

import enum

from sqlalchemy import BigInteger, Column, Index, Integer, LargeBinary, MetaData, String, Table

metadata = MetaData(
    naming_convention={"ix": "ix_%(table_name)s_%(column_0_name)s", "pk": "pk_%(table_name)s"},
)

_ID = LargeBinary(16)
_HASH = LargeBinary(32)
_KEY = LargeBinary(32)
_WORD = String(40)


class WrapRole(enum.Enum):
    """For whom a wrap was made (design.md §4)."""

    PATIENT = "patient"  # by the activation code; gone once the account is active or locked
    PASSPHRASE = "passphrase"  # noqa: S105 - a role's name
    BREAK_GLASS = "break_glass"
    CENTRE_15 = "centre_15"
    RECOVERY = "recovery"


class AccountState(enum.Enum):
    """State of the holder's account (design.md §6)."""

    NONE = "none"
    TO_ACTIVATE = "to_activate"
    ACTIVE = "active"
    LOCKED = "locked"


class SlipState(enum.Enum):
    """What the slip with a locator is good for."""

    LIVE = "live"
    USED = "used"
    LOCKED = "locked"
    WAITING_GUARD = "waiting_guard"  # of a second enrolment: a new code, once the guard has agreed


records = Table(
    "records",
    metadata,
    Column("record_id", _ID, primary_key=True, doc="of the enrolment that made the part"),
    Column("digest", _HASH, nullable=False, doc="of the item without its flags: tells a replay from another content"),
    Column("dossier_id", _ID, nullable=False),
    Column("action", _WORD, nullable=False),
    Column("received_ms", BigInteger, nullable=False),
)

dossiers = Table(
    "dossiers",
    metadata,
    Column("dossier_id", _ID, primary_key=True),
    Column("record_id", _ID, nullable=False, doc="with terminal, the context in which the wraps were sealed"),
    Column("terminal", String(32), nullable=False),
    Column("dossier_public", _KEY, nullable=False),
    Column("generation", Integer, nullable=False, doc="of dossier_public"),
    Column("generation_due", Integer, nullable=False, doc="what new entries need: higher once a made wrap was refused"),
    Column("account", _WORD, nullable=False),
    Column("opened_ms", BigInteger, nullable=False),
)

wraps = Table(
    "wraps",
    metadata,
    Column("dossier_id", _ID, primary_key=True),
    Column("generation", Integer, primary_key=True, autoincrement=False),
    Column("role", _WORD, primary_key=True),
    Column("sealed", LargeBinary, nullable=False),
    Column("salt", LargeBinary(16), nullable=True, doc="passphrase only"),
    Column("kdf", String(80), nullable=True, doc="passphrase only: algorithm and parameters"),
    Column("made_ms", BigInteger, nullable=False),
)

refusals = Table(
    "refusals",
    metadata,
    Column("dossier_id", _ID, primary_key=True),
    Column("role", _WORD, primary_key=True, doc="break_glass or centre_15"),
    Column("noted_ms", BigInteger, nullable=False),
)

slips = Table(
    "slips",
    metadata,
    # A locator has 40 random bits: among 40 million slips some share one, and the code tells them apart.
    Column("locator", String(8), primary_key=True),
    Column("record_id", _ID, primary_key=True),
    Column("dossier_id", _ID, nullable=False),
    Column("code_public", _KEY, nullable=False),
    Column("state", _WORD, nullable=False),
    Column("wrong_tries", Integer, nullable=False),
    Column("received_ms", BigInteger, nullable=False),
)

attempts = Table(
    "attempts",
    metadata,
    Column("subject", _HASH, primary_key=True, doc="keyed hash of a locator or of an address"),
    Column("at_ms", BigInteger, primary_key=True, autoincrement=False),
    Column("number", Integer, primary_key=True, autoincrement=False, doc="two tries in one millisecond are two"),
    Index(None, "at_ms"),
)

quarantine = Table(
    "quarantine",
    metadata,
    Column("digest", _HASH, primary_key=True, doc="of the item as it came"),
    Column("code", _WORD, nullable=False, doc="why it was put aside"),
    Column("item", LargeBinary, nullable=False, doc="the item's bytes, sealed part and all"),
    Column("received_ms", BigInteger, nullable=False),
)

events = Table(
    "events",
    metadata,
    Column("number", Integer, primary_key=True, autoincrement=False, doc="grows by one from 1"),
    Column("kind", _WORD, nullable=False),
    Column("dossier_id", _ID, nullable=False),
    Column("at_ms", BigInteger, nullable=False),
)

audit = Table(
    "audit",
    metadata,
    Column("number", Integer, primary_key=True, autoincrement=False, doc="grows by one from 1"),
    Column("at_ms", BigInteger, nullable=False),
    Column("tag", _WORD, nullable=False),
    Column("dossier_id", _ID, nullable=True),
    Column("record_id", _ID, nullable=True),
    Column("previous_hash", _HASH, nullable=False),
    Column("hash", _HASH, nullable=False),
)
