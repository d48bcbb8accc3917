"""The question "has this person a dossier?": sealed to central's intake, signed both ways, bound by a nonce.

The answer names neither person nor number: whoever overhears it learns a word about nobody.
"""

from __future__ import annotations

import enum
from datetime import datetime

from cryptography.hazmat.primitives.asymmetric.ed25519 import Ed25519PrivateKey, Ed25519PublicKey
from cryptography.hazmat.primitives.asymmetric.x25519 import X25519PrivateKey, X25519PublicKey

from wire.canonical import WireStruct, decode, encode
from wire.errors import ChainError
from wire.identifiers import RecordId, TerminalId, milliseconds
from wire.nir import Nir
from wire.sealing import SealPurpose, seal, unseal
from wire.signing import SigningPurpose, open_document, sign_document

STATUS_LIMIT = 2048  # bytes of a query or of an answer


class PersonStatus(enum.Enum):
    """What central may say of a person; UNKNOWN is the terminal's own word for "could not ask"."""

    NONE = "none"
    ACTIVE = "active"
    CLOSED = "closed"
    UNKNOWN = "unknown"


class StatusQuery(WireStruct, frozen=True):
    """The signed question; ``sealed`` holds the NIR, ``nonce`` is a fresh record id's 16 bytes."""

    terminal: str
    nonce: bytes
    asked_ms: int
    sealed: bytes
    version: int = 1


class StatusAnswer(WireStruct, frozen=True):
    """The signed word. ``copies``: how many activation slips central knows of for this dossier."""

    terminal: str
    nonce: bytes
    status: PersonStatus
    server_ms: int
    version: int = 1
    copies: int = 0


def write_query(
    nir: Nir, terminal: TerminalId, intake: X25519PublicKey, key: Ed25519PrivateKey, *, at: datetime, nonce: RecordId
) -> bytes:
    """Seal and sign the question."""
    sealed = seal(nir.compact.encode(), intake, SealPurpose.STATUS_QUERY, nonce, terminal)
    query = StatusQuery(terminal=terminal, nonce=nonce.value, asked_ms=milliseconds(at), sealed=sealed)
    return sign_document(SigningPurpose.STATUS_QUERY, encode(query), key)


def open_query(document: bytes, key: Ed25519PublicKey) -> StatusQuery:
    """The question once the terminal's signature holds; freshness and nonce are the caller's to check."""
    payload = open_document(SigningPurpose.STATUS_QUERY, document, key, limit=STATUS_LIMIT)
    return decode(payload, StatusQuery, limit=STATUS_LIMIT)


def unseal_query(query: StatusQuery, intake: X25519PrivateKey) -> Nir:
    """Whom the question is about."""
    opened = unseal(query.sealed, intake, SealPurpose.STATUS_QUERY, RecordId(query.nonce), TerminalId(query.terminal))
    return Nir.parse(opened.decode("ascii", errors="replace"))


def write_status(
    query: StatusQuery, status: PersonStatus, key: Ed25519PrivateKey, *, at: datetime, copies: int = 0
) -> bytes:
    """Sign the word for exactly this question."""
    answer = StatusAnswer(
        terminal=query.terminal, nonce=query.nonce, status=status, server_ms=milliseconds(at), copies=copies
    )
    return sign_document(SigningPurpose.STATUS_ANSWER, encode(answer), key)


def open_status(document: bytes, key: Ed25519PublicKey, *, terminal: TerminalId, nonce: RecordId) -> StatusAnswer:
    """The word, once it is central's and answers this very question.

    Raises:
        ChainError: ``answer_other``: an answer to another question.
    """
    payload = open_document(SigningPurpose.STATUS_ANSWER, document, key, limit=STATUS_LIMIT)
    answer = decode(payload, StatusAnswer, limit=STATUS_LIMIT)
    if answer.terminal != terminal or answer.nonce != nonce.value:
        raise ChainError("this answers another question", code="answer_other")
    return answer
