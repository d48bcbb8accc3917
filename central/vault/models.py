"""The vault's tables. All times are milliseconds since 1970; ids are their raw bytes.

What hangs on a dossier carries the dossier's id first in its primary key, so that tables can be split by it
(design.md §9). No column holds a code, a passphrase, a name, a NIR, a contact or an address in clear.
"""

from __future__ import annotations

import enum

from sqlalchemy import BigInteger, Boolean, Column, Index, Integer, LargeBinary, MetaData, String, Table, text

from central.partitions import by_hash

metadata = MetaData(
    naming_convention={"ix": "ix_%(table_name)s_%(column_0_name)s", "pk": "pk_%(table_name)s"},
)

_ID = LargeBinary(16)
_HASH = LargeBinary(32)
_KEY = LargeBinary(32)
_WORD = String(40)
_IS_DUE = text("destroy_due_ms IS NOT NULL")


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
    DISABLED = "disabled"  # the dossier is closed


class SlipState(enum.Enum):
    """What the slip with a locator is good for."""

    LIVE = "live"
    USED = "used"
    LOCKED = "locked"
    WAITING_GUARD = "waiting_guard"  # a request for a new code, until the guard has made its wrap
    VOID = "void"  # replaced by a newer one, or the dossier was closed
    OBJECTED = "objected"  # the holder said that they did not ask for it
    FAILED = "failed"  # the guard could not make its wrap: what the terminal once made does not open


class Owed(enum.Enum):
    """Work that only the guard can do, because it needs the recovery key, or that waits for its next round."""

    BREAK_GLASS = "break_glass"  # granted: its wraps are to be made
    CENTRE_15 = "centre_15"
    GENERATION = "generation"  # of a refusal noted by a version that made no new generation itself


class NoticeKind(enum.Enum):
    """What a holder is told without having asked."""

    NEW_CODE = "new_code"
    CONTACT_REPLACED = "contact_replaced"
    CLOSED = "closed"
    DELETION = "deletion"  # closed, and to be destroyed without the ten years


records = Table(
    "records",
    metadata,
    Column("record_id", _ID, primary_key=True, doc="of the fact that made the part"),
    Column("digest", _HASH, nullable=False, doc="of the item without its flags: tells a replay from another content"),
    Column("dossier_id", _ID, nullable=False),
    Column("action", _WORD, nullable=False),
    Column("received_ms", BigInteger, nullable=False),
    **by_hash("record_id"),
)

dossiers = Table(
    "dossiers",
    metadata,
    Column("dossier_id", _ID, primary_key=True),
    Column("record_id", _ID, nullable=False, doc="with terminal, the context in which the wraps were sealed"),
    Column("terminal", String(32), nullable=False),
    Column("dossier_public", _KEY, nullable=False),
    Column("generation", Integer, nullable=False, doc="of dossier_public"),
    Column("generation_due", Integer, nullable=False, doc="what new entries need: higher until it has been made"),
    Column("account", _WORD, nullable=False),
    Column("opened_ms", BigInteger, nullable=False),
    Column("closed_ms", BigInteger, nullable=True, doc="while it is closed"),
    Column("destroy_due_ms", BigInteger, nullable=True, doc="of a closed one: when it is to be destroyed"),
    Column("destroyed_ms", BigInteger, nullable=True, doc="since when nothing but this row is left of it"),
    # Only of closed ones, so that it stays small.
    Index(None, "destroy_due_ms", sqlite_where=_IS_DUE, postgresql_where=_IS_DUE),
    **by_hash("dossier_id"),
)

generations = Table(
    "generations",
    metadata,
    Column("dossier_id", _ID, primary_key=True),
    Column("generation", Integer, primary_key=True, autoincrement=False),
    Column("dossier_public", _KEY, nullable=False),
    Column("made_ms", BigInteger, nullable=False),
    **by_hash("dossier_id"),
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
    Column("sealed_to", _KEY, nullable=True, doc="passphrase only: its public half, for generations to come"),
    Column("made_ms", BigInteger, nullable=False),
    **by_hash("dossier_id"),
)

decisions = Table(
    "decisions",
    metadata,
    Column("dossier_id", _ID, primary_key=True),
    Column("role", _WORD, primary_key=True, doc="break_glass or centre_15"),
    Column("refused", Boolean, nullable=False),
    Column("decided_ms", BigInteger, nullable=False, doc="by central's bounded time; 0: not said"),
    Column("noted_ms", BigInteger, nullable=False),
    **by_hash("dossier_id"),
)

owed = Table(
    "owed",
    metadata,
    Column("dossier_id", _ID, primary_key=True),
    Column("what", _WORD, primary_key=True),
    Column("noted_ms", BigInteger, nullable=False, doc="not before then"),
    Index(None, "noted_ms"),
)

contacts = Table(
    "contacts",
    metadata,
    Column("dossier_id", _ID, primary_key=True),
    Column("sealed", LargeBinary, nullable=True, doc="to a key derived from the pepper; None: no contact"),
    Column("language", String(8), nullable=False, doc="in which the holder is written to"),
    Column("changed_ms", BigInteger, nullable=False),
    Column("former", LargeBinary, nullable=True, doc="sealed: the contacts before, for notices of what follows soon"),
    Column("replaced_ms", BigInteger, nullable=True, doc="when the last of former was replaced"),
    Index(None, "replaced_ms"),
    **by_hash("dossier_id"),
)

notices = Table(
    "notices",
    metadata,
    Column("dossier_id", _ID, primary_key=True),
    Column("record_id", _ID, primary_key=True, doc="of the change they tell of"),
    Column("number", Integer, primary_key=True, autoincrement=False),
    Column("kind", _WORD, nullable=False),
    Column("sealed", LargeBinary, nullable=False, doc="one address, as contacts are; the row goes once sent"),
    Column("language", String(8), nullable=False),
    Column("tries", Integer, nullable=False),
    Column("next_ms", BigInteger, nullable=False),
    Index(None, "next_ms"),
)

challenges = Table(
    "challenges",
    metadata,
    Column("challenge", _HASH, primary_key=True, doc="hash of the secret that the browser's session holds"),
    Column("dossier_id", _ID, primary_key=True),
    Column("record_id", _ID, nullable=False, doc="of the slip whose code was right"),
    Column("pending", LargeBinary, nullable=False, doc="the passphrase's wraps, sealed, not yet in force"),
    Column("is_required", Boolean, nullable=False),
    Column("channel", _WORD, nullable=True, doc="where the last code went"),
    Column("code_mac", _HASH, nullable=True),
    Column("wrong_tries", Integer, nullable=False),
    Column("sent_ms", BigInteger, nullable=True),
    Column("made_ms", BigInteger, nullable=False),
    Index(None, "dossier_id"),
    Index(None, "made_ms"),
)

awaited = Table(
    "awaited",
    metadata,
    # Changes that came before their dossier, in the order they first came: they are taken in that order.
    Column("dossier_id", _ID, primary_key=True),
    Column("place", Integer, primary_key=True, autoincrement=False),
    Column("record_id", _ID, nullable=False),
)

slips = Table(
    "slips",
    metadata,
    Column("dossier_id", _ID, primary_key=True),
    Column("record_id", _ID, primary_key=True),
    # A locator has 40 random bits: among 40 million slips some share one, and the code tells them apart.
    Column("locator", String(8), nullable=False),
    Column("terminal", String(32), nullable=False, doc="with record_id, the context of the wrap for its code"),
    Column("code_public", _KEY, nullable=False),
    Column("state", _WORD, nullable=False),
    Column("wrong_tries", Integer, nullable=False),
    Column("received_ms", BigInteger, nullable=False),
    Column("place", Integer, nullable=False, doc="in the order of arrival within its dossier, from 1"),
    Column("live_ms", BigInteger, nullable=True, doc="since when its code is good; its life counts from then"),
    Column("due_ms", BigInteger, nullable=True, doc="while it waits: not before then"),
    Index(None, "locator"),
    Index(None, "record_id"),
    Index(None, "due_ms"),
    **by_hash("dossier_id"),
)

attempts = Table(
    "attempts",
    metadata,
    Column("subject", _HASH, primary_key=True, doc="keyed hash of a locator, an address or a slip"),
    Column("at_ms", BigInteger, primary_key=True, autoincrement=False),
    Column("number", Integer, primary_key=True, autoincrement=False, doc="two tries in one millisecond are two"),
    Column("until_ms", BigInteger, nullable=False, doc="then no window reaches it any more"),
    Index(None, "until_ms"),
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
    **by_hash("number"),
)

queue = Table(
    "queue",
    metadata,
    # One row. Whoever writes stands in line at it (central.engine): the audit is one chain, so there is one writer at a
    # time anyway, and what they count (tries, codes sent) nobody else counts meanwhile.
    Column("place", Integer, primary_key=True, autoincrement=False),
)
