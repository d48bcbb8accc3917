"""What central hands the vault, and what the vault tells central: central calls, the vault never does.

Central signs with its hand-over key, the vault with its answer key; both stand in the trust bundle. The vault part
inside travels as the terminal sealed it: central could not open it and the vault sees who made it only by central's
word (limit: docs/threats.md).
"""

from __future__ import annotations

import enum

from cryptography.hazmat.primitives.asymmetric.ed25519 import Ed25519PrivateKey, Ed25519PublicKey

from wire.canonical import WireStruct, decode, encode
from wire.errors import ChainError
from wire.records import sha256
from wire.signing import SigningPurpose, open_document, sign_document

HAND_OVER_LIMIT = 2 * 1024 * 1024  # bytes of a request
HAND_OVER_COUNT = 200
HAND_OVER_ANSWER_LIMIT = 128 * 1024
ANNULMENT = "annulment"
"""The kind of a change that no record tells: an opening that should never have been (dmp.md §15 transition 14)."""


class HandOverAction(enum.Enum):
    """What the vault is to do with an item."""

    OPEN = "open"  # a new dossier: keep its wraps
    CODE_REQUEST = "code_request"  # a second enrolment: its slip asks for a new code, under the vault's guard
    CHANGE = "change"  # a VaultChange: code, accesses, contact, closing or opening again
    MAKE = "make"  # no terminal made a key (automatic opening, number found later): the vault makes it


class HandOverItem(WireStruct, frozen=True):
    """One vault part with what the vault needs to open it, and central's own record of the refusals.

    The vault keeps a wrap only when neither its absence nor a flag says no, and a flag raised by a second enrolment
    deletes the wrap of the first. ``*_decided_ms`` is when that flag was last decided, by central's bounded time: the
    vault never lets an older word undo a newer one. ``kind`` is the record's kind; ``vault`` is empty for MAKE.
    """

    record_id: bytes
    action: HandOverAction
    dossier_id: bytes
    terminal: str
    vault: bytes
    break_glass_refused: bool
    centre_15_refused: bool
    break_glass_decided_ms: int = 0
    centre_15_decided_ms: int = 0
    kind: str = "enrolment"


class HandOver(WireStruct, frozen=True):
    """A request: items oldest first."""

    sent_ms: int
    items: tuple[HandOverItem, ...]
    version: int = 1


class HandOverOutcome(enum.Enum):
    """What became of an item. KEPT and ALREADY let central empty its outbox; REFUSED goes to a person."""

    KEPT = "kept"
    ALREADY = "already"
    LATER = "later"
    REFUSED = "refused"


class HandOverResult(WireStruct, frozen=True):
    """Outcome of one item."""

    record_id: bytes
    outcome: HandOverOutcome
    code: str | None = None


class HandOverAnswer(WireStruct, frozen=True):
    """The vault's answer to one request, named by its hash."""

    request_digest: bytes
    server_ms: int
    results: tuple[HandOverResult, ...]
    version: int = 1


class VaultEventKind(enum.Enum):
    """What central must learn from the vault: states of accounts and the end of dossiers, nothing medical."""

    ACCOUNT_ACTIVATED = "account_activated"
    ACCOUNT_LOCKED = "account_locked"
    ACCOUNT_TO_ACTIVATE = "account_to_activate"  # a new code is valid, or a closed dossier was opened again
    ACCOUNT_DISABLED = "account_disabled"  # the dossier was closed
    EMAIL_PROVED = "email_proved"  # by a one-time code at activation
    MOBILE_PROVED = "mobile_proved"
    DOSSIER_DESTROYED = "dossier_destroyed"  # its time was over, or its opening was annulled


class VaultEvent(WireStruct, frozen=True):
    """One event; ``number`` grows by one from 1 and is the cursor."""

    number: int
    kind: str
    dossier_id: bytes
    at_ms: int


class EventsQuery(WireStruct, frozen=True):
    """Events after this number, at most ``limit``."""

    after: int
    limit: int
    sent_ms: int
    version: int = 1


class EventsAnswer(WireStruct, frozen=True):
    """The events, oldest first."""

    request_digest: bytes
    events: tuple[VaultEvent, ...]
    version: int = 1


def write_hand_over(request: HandOver, key: Ed25519PrivateKey) -> bytes:
    """Sign central's request."""
    return sign_document(SigningPurpose.HAND_OVER, encode(request), key)


def open_hand_over(document: bytes, key: Ed25519PublicKey) -> HandOver:
    """The request, once it is central's. Replays are harmless: items are recognised by their record id."""
    payload = open_document(SigningPurpose.HAND_OVER, document, key, limit=HAND_OVER_LIMIT)
    return decode(payload, HandOver, limit=HAND_OVER_LIMIT)


def write_hand_over_answer(answer: HandOverAnswer, key: Ed25519PrivateKey) -> bytes:
    """Sign the vault's answer."""
    return sign_document(SigningPurpose.HAND_OVER_ANSWER, encode(answer), key)


def open_hand_over_answer(document: bytes, key: Ed25519PublicKey, *, request: bytes) -> HandOverAnswer:
    """The answer to exactly this request document."""
    payload = open_document(SigningPurpose.HAND_OVER_ANSWER, document, key, limit=HAND_OVER_ANSWER_LIMIT)
    answer = decode(payload, HandOverAnswer, limit=HAND_OVER_ANSWER_LIMIT)
    _check_digest(answer.request_digest, request)
    return answer


def write_events_query(query: EventsQuery, key: Ed25519PrivateKey) -> bytes:
    """Sign central's question for events."""
    return sign_document(SigningPurpose.EVENTS_QUERY, encode(query), key)


def open_events_query(document: bytes, key: Ed25519PublicKey) -> EventsQuery:
    """The question, once it is central's."""
    payload = open_document(SigningPurpose.EVENTS_QUERY, document, key, limit=HAND_OVER_LIMIT)
    return decode(payload, EventsQuery, limit=HAND_OVER_LIMIT)


def write_events_answer(answer: EventsAnswer, key: Ed25519PrivateKey) -> bytes:
    """Sign the vault's events."""
    return sign_document(SigningPurpose.EVENTS_ANSWER, encode(answer), key)


def open_events_answer(document: bytes, key: Ed25519PublicKey, *, request: bytes) -> EventsAnswer:
    """The events that answer exactly this question."""
    payload = open_document(SigningPurpose.EVENTS_ANSWER, document, key, limit=HAND_OVER_ANSWER_LIMIT)
    answer = decode(payload, EventsAnswer, limit=HAND_OVER_ANSWER_LIMIT)
    _check_digest(answer.request_digest, request)
    return answer


def _check_digest(named: bytes, request: bytes) -> None:
    if named != sha256(request):
        raise ChainError("this answers another request", code="answer_other")
