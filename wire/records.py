"""A record: one fact from a terminal, in three parts.

* **routing**, in clear: what counting and paying need, the hashes of the other two parts, and the hash of the record
  before it (the terminal's chain);
* **administrative**, sealed to central's intake: who, contact, consent evidence, identity check;
* **vault part**, sealed to the third-party host: keys and wraps; central carries it and cannot open it.

Evolution: see :mod:`wire.canonical`. A kind is a word; a kind not known to central is kept, not refused.
Sources: design.md §5; domain/dmp.md §4 (data of a creation).
"""

from __future__ import annotations

import enum
import hashlib

from wire.canonical import WireStruct, decode, encode
from wire.errors import ChainError
from wire.identifiers import TerminalId

ROUTING_LIMIT = 1024  # bytes; a routing part is about 350
ADMINISTRATIVE_LIMIT = 12 * 1024  # bytes, sealed; the raw identity file of a card with 19 persons fits
VAULT_LIMIT = 4 * 1024  # bytes, sealed
RECORD_LIMIT = 18 * 1024  # bytes, all three and their framing
RECORD_VERSION = 1

_CHAIN_DOMAIN = b"dmp-chain-v1"


class RecordKind(enum.Enum):
    """Kinds this version makes and understands; what each holds stands in :mod:`wire.facts`."""

    ENROLMENT = "enrolment"
    REFUSAL = "refusal"
    SLIP_OUTCOME = "slip_outcome"
    PENDING_INS = "pending_ins"  # a child without an own number: kept, nothing is opened
    REACTIVATION = "reactivation"
    CODE_REISSUE = "code_reissue"
    CONSENT_CHANGE = "consent_change"
    CONTACT_CHANGE = "contact_change"
    CLOSURE_REQUEST = "closure_request"
    OPPOSITION = "opposition"  # to the automatic creation (regime OPT_OUT)


class Channel(enum.Enum):
    """Channel of indicator 2.8.4 (dmp.md §12)."""

    DESK = "desk"
    PHARMACY = "pharmacy"
    WEB = "web"
    PRO = "pro"
    AUTO = "auto"
    UNKNOWN = "unknown"


class SubChannel(enum.Enum):
    """Finer than the channel; the terminals of this version are these two."""

    HALL_TERMINAL = "hall_terminal"
    COUNTER = "counter"


class Routing(WireStruct, frozen=True):
    """The clear part. Times are milliseconds since 1970 by the terminal's clock.

    ``floor_ms``: the last signed server time the terminal had seen; ``since_floor_ms``: how long ago that was by a
    clock nobody can set, None after a restart. Central bounds ``captured_ms`` by them (invariant 12).
    ``kind``, ``channel``, ``sub_channel`` are words so that an unknown one is kept and shown, not lost.
    """

    record_id: bytes
    kind: str
    terminal: str
    office: str
    channel: str
    sub_channel: str
    sequence: int
    captured_ms: int
    previous_hash: bytes
    version: int = RECORD_VERSION
    floor_ms: int | None = None
    since_floor_ms: int | None = None
    administrative_hash: bytes | None = None
    vault_hash: bytes | None = None


class Record(WireStruct, frozen=True):
    """What is stored and sent: the routing bytes as hashed, and the sealed parts."""

    routing: bytes
    administrative: bytes | None = None
    vault: bytes | None = None


def sha256(data: bytes) -> bytes:
    """SHA-256 of bytes: hash of parts, texts and records."""
    return hashlib.sha256(data).digest()


def first_link(terminal: TerminalId) -> bytes:
    """The hash that stands before a terminal's first record."""
    return sha256(_CHAIN_DOMAIN + terminal.encode())


def record_hash(routing: bytes) -> bytes:
    """The hash of a record: of its routing bytes, which hold the hashes of the parts and of what came before."""
    return sha256(routing)


def read_record(data: bytes) -> Record:
    """Take a record apart; nothing is verified or opened."""
    return decode(data, Record, limit=RECORD_LIMIT)


def read_routing(data: bytes) -> Routing:
    """Decode the clear part; nothing is verified."""
    return decode(data, Routing, limit=ROUTING_LIMIT)


def check_parts(routing: Routing, record: Record) -> None:
    """Return when the sealed parts are those whose hashes the routing names.

    Raises:
        ChainError: ``part_hash``: a part was exchanged, cut or added.
    """
    for part, named in ((record.administrative, routing.administrative_hash), (record.vault, routing.vault_hash)):
        actual = None if part is None else sha256(part)
        if actual != named:
            raise ChainError("a sealed part is not the one whose hash the routing names", code="part_hash")


def write_record(routing: Routing, administrative: bytes | None, vault: bytes | None) -> bytes:
    """The bytes of a record; ``routing`` must already name the hashes of the sealed parts."""
    record = Record(routing=encode(routing), administrative=administrative, vault=vault)
    check_parts(routing, record)
    return encode(record)
