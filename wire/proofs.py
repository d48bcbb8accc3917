"""The one-time code that proves an e-mail or a mobile while the person stands at the terminal.

The terminal asks central to send a code, then tells central what the person typed. Both questions are signed by the
terminal and sealed to intake; central's answer is signed and names the question by its nonce. The code itself goes
from central to the person and comes back through the terminal: it is never in an answer.
Sources: domain/dmp.md §5 (6 digits; validity 3 to 10 minutes; 3 tries), §16 K10.
"""

from __future__ import annotations

import enum
from datetime import datetime

from cryptography.hazmat.primitives.asymmetric.ed25519 import Ed25519PrivateKey, Ed25519PublicKey
from cryptography.hazmat.primitives.asymmetric.x25519 import X25519PrivateKey, X25519PublicKey

from wire.canonical import WireStruct, decode, encode
from wire.errors import ChainError
from wire.identifiers import RecordId, TerminalId, milliseconds
from wire.sealing import SealPurpose, seal, unseal
from wire.signing import SigningPurpose, open_document, sign_document

PROOF_LIMIT = 2048  # bytes of a request or of an answer
PROOF_CODE_DIGITS = 6


class ContactKind(enum.Enum):
    """What is proved."""

    EMAIL = "email"
    MOBILE = "mobile"


class SendCode(WireStruct, frozen=True, tag="send", tag_field="do"):
    """Send a code there; ``address`` is an e-mail or a mobile in E.164, ``language`` that of the message."""

    contact: ContactKind
    address: str
    language: str


class CheckCode(WireStruct, frozen=True, tag="check", tag_field="do"):
    """What the person typed for an earlier proof."""

    proof: bytes
    code: str


class ProofOutcome(enum.Enum):
    """Central's word."""

    SENT = "sent"
    PROVED = "proved"
    WRONG = "wrong"  # tries are left
    SPENT = "spent"  # expired, too many tries, or never sent: ask for a new one
    TOO_SOON = "too_soon"  # a code was sent there a moment ago
    NOT_NOW = "not_now"  # central cannot send just now: go on unproved


class ProofRequest(WireStruct, frozen=True):
    """The signed question; ``sealed`` holds a SendCode or a CheckCode, ``nonce`` is a fresh record id's 16 bytes."""

    terminal: str
    nonce: bytes
    asked_ms: int
    sealed: bytes
    version: int = 1


class ProofAnswer(WireStruct, frozen=True):
    """The signed word. ``proof`` names the proof (SENT, PROVED); ``retry_ms`` says when a new code may be asked for."""

    terminal: str
    nonce: bytes
    outcome: ProofOutcome
    server_ms: int
    proof: bytes | None = None
    valid_until_ms: int | None = None
    retry_ms: int | None = None
    tries_left: int | None = None
    version: int = 1


def write_request(
    ask: SendCode | CheckCode,
    terminal: TerminalId,
    intake: X25519PublicKey,
    key: Ed25519PrivateKey,
    *,
    at: datetime,
    nonce: RecordId,
) -> bytes:
    """Seal and sign a question."""
    sealed = seal(encode(ask), intake, SealPurpose.PROOF_REQUEST, nonce, terminal)
    request = ProofRequest(terminal=terminal, nonce=nonce.value, asked_ms=milliseconds(at), sealed=sealed)
    return sign_document(SigningPurpose.PROOF_REQUEST, encode(request), key)


def open_request(document: bytes, key: Ed25519PublicKey) -> ProofRequest:
    """The question once the terminal's signature holds; freshness and nonce are the caller's to check."""
    payload = open_document(SigningPurpose.PROOF_REQUEST, document, key, limit=PROOF_LIMIT)
    return decode(payload, ProofRequest, limit=PROOF_LIMIT)


def unseal_request(request: ProofRequest, intake: X25519PrivateKey) -> SendCode | CheckCode:
    """What is asked, for central alone."""
    nonce, terminal = RecordId(request.nonce), TerminalId(request.terminal)
    opened = unseal(request.sealed, intake, SealPurpose.PROOF_REQUEST, nonce, terminal)
    return decode(opened, SendCode | CheckCode, limit=PROOF_LIMIT)  # type: ignore[arg-type]


def write_proof_answer(answer: ProofAnswer, key: Ed25519PrivateKey) -> bytes:
    """Sign central's word."""
    return sign_document(SigningPurpose.PROOF_ANSWER, encode(answer), key)


def open_proof_answer(document: bytes, key: Ed25519PublicKey, *, terminal: TerminalId, nonce: RecordId) -> ProofAnswer:
    """The word, once it is central's and answers this very question.

    Raises:
        ChainError: ``answer_other``: an answer to another question.
    """
    payload = open_document(SigningPurpose.PROOF_ANSWER, document, key, limit=PROOF_LIMIT)
    answer = decode(payload, ProofAnswer, limit=PROOF_LIMIT)
    if answer.terminal != terminal or answer.nonce != nonce.value:
        raise ChainError("this answers another question", code="answer_other")
    return answer
