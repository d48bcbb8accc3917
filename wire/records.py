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
    """Kinds this version makes and understands."""

    ENROLMENT = "enrolment"
    REFUSAL = "refusal"
    SLIP_OUTCOME = "slip_outcome"


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


class Traits(WireStruct, frozen=True):
    """The person as the card says it, unmodified (EX_GEN-1250). ``ins_oid`` tells test people from real ones."""

    nir: str
    ins_oid: str
    family_name: str
    given_name: str
    birth_date: str
    position: int
    country: str | None = None


class CardEvidence(WireStruct, frozen=True):
    """Which card was in the reader."""

    family: str
    atr: bytes
    identity_file: bytes
    serial: str | None = None
    valid_from: str | None = None
    warnings: tuple[str, ...] = ()


class Contact(WireStruct, frozen=True):
    """How to reach the person; ``*_proved`` says whether a one-time code came back."""

    email: str | None = None
    mobile: str | None = None
    email_proved: bool = False
    mobile_proved: bool = False


class TextShown(WireStruct, frozen=True):
    """A versioned text as it was shown: hash of the very words, language, when, and for how long."""

    text_id: str
    version: str
    language: str
    sha256: bytes
    shown_ms: int
    seconds_shown: int | None = None


class Question(enum.Enum):
    """What was asked."""

    CREATION = "creation"
    BREAK_GLASS = "break_glass"
    CENTRE_15 = "centre_15"


class Answer(WireStruct, frozen=True):
    """One question answered by the person: ``accepted`` is what they touched."""

    question: Question
    accepted: bool
    shown: TextShown
    answered_ms: int


class IdentityCheck(WireStruct, frozen=True):
    """Who attests that the person is who the card says, how, and when."""

    operator: str
    role: str
    method: str
    statement: TextShown
    checked_ms: int


class EnrolmentFacts(WireStruct, frozen=True, tag="enrolment", tag_field="kind"):
    """The administrative part of an enrolment: the consent evidence of invariant 4."""

    traits: Traits
    card: CardEvidence
    contact: Contact
    notice: TextShown
    answers: tuple[Answer, ...]
    identity_check: IdentityCheck
    activation_slip: bool


class SlipFacts(WireStruct, frozen=True, tag="slip_outcome", tag_field="kind"):
    """The administrative part of a slip outcome."""

    enrolment_id: bytes
    slip: str
    copy_number: int
    result: str
    settled_ms: int


Administrative = EnrolmentFacts | SlipFacts


class VaultPart(WireStruct, frozen=True):
    """Keys and wraps of a new dossier. A wrap that was refused was never made: its field is None.

    All wraps hold the 32 bytes of the dossier's private key, sealed (:mod:`wire.dossier_keys`). ``locator``,
    ``code_public`` and ``wrap_patient`` are None together when the person wanted no activation slip.
    """

    dossier_public: bytes
    wrap_recovery: bytes
    generation: int = 0
    locator: str | None = None
    code_public: bytes | None = None
    wrap_patient: bytes | None = None
    wrap_break_glass: bytes | None = None
    wrap_centre_15: bytes | None = None


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


def read_administrative(data: bytes) -> Administrative:
    """Decode an opened administrative part."""
    return decode(data, Administrative, limit=ADMINISTRATIVE_LIMIT)  # type: ignore[arg-type]


def read_vault_part(data: bytes) -> VaultPart:
    """Decode an opened vault part."""
    return decode(data, VaultPart, limit=VAULT_LIMIT)


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
