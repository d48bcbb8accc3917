"""Ed25519 signatures with a purpose, so that bytes signed for one use can never pass for another.

What is signed: ``b"dmp-signature"``, version, algorithm, purpose (a byte each), then the payload.
What travels: algorithm byte, then the signature. 1 = Ed25519; the place for a TPM's ECDSA P-256 is the same byte.
"""

from __future__ import annotations

import enum

from cryptography.exceptions import InvalidSignature
from cryptography.hazmat.primitives.asymmetric.ed25519 import Ed25519PrivateKey, Ed25519PublicKey

from wire.canonical import WireStruct, decode, encode
from wire.errors import SignatureError

_DOMAIN = b"dmp-signature"
_VERSION = 1


class SignatureAlgorithm(enum.IntEnum):
    """The algorithm byte. Numbers are never reused."""

    ED25519 = 1


class SigningPurpose(enum.IntEnum):
    """What a signature is for. Numbers are never reused."""

    BATCH = 1
    ANSWER = 2
    STATUS_QUERY = 3
    STATUS_ANSWER = 4
    TRUST_BUNDLE = 5
    HAND_OVER = 6
    HAND_OVER_ANSWER = 7
    CONFIGURATION = 8
    REGISTRATION = 9
    EVENTS_QUERY = 10
    EVENTS_ANSWER = 11
    CONFIGURATION_QUERY = 12
    PROOF_REQUEST = 13
    PROOF_ANSWER = 14
    FIGURES_QUERY = 15
    FIGURES_ANSWER = 16
    PAYMENT_TOTAL = 17
    ANCHOR = 18
    BACKUP = 19


class Signed(WireStruct, frozen=True):
    """A payload kept as the bytes that were signed."""

    payload: bytes
    signature: bytes


def sign(purpose: SigningPurpose, payload: bytes, key: Ed25519PrivateKey) -> bytes:
    """Algorithm byte and signature of ``payload`` for ``purpose``."""
    algorithm = SignatureAlgorithm.ED25519
    return bytes([algorithm]) + key.sign(_to_be_signed(purpose, algorithm, payload))


def verify(purpose: SigningPurpose, payload: bytes, signature: bytes, key: Ed25519PublicKey) -> None:
    """Return when ``signature`` is of ``key`` over ``payload`` for ``purpose``.

    Not checked here: whose key it is, whether it still may sign, and whether the payload is fresh.

    Raises:
        SignatureError: ``algorithm_unknown`` or ``signature``.
    """
    if not signature or signature[0] != SignatureAlgorithm.ED25519:
        raise SignatureError("the signature is of an algorithm that is not known here", code="algorithm_unknown")
    try:
        key.verify(signature[1:], _to_be_signed(purpose, SignatureAlgorithm.ED25519, payload))
    except InvalidSignature as error:
        raise SignatureError("the signature does not hold") from error


def sign_document(purpose: SigningPurpose, payload: bytes, key: Ed25519PrivateKey) -> bytes:
    """A payload and its signature as one message."""
    return encode(Signed(payload=payload, signature=sign(purpose, payload, key)))


def open_document(purpose: SigningPurpose, document: bytes, key: Ed25519PublicKey, *, limit: int) -> bytes:
    """The payload of a signed message: the natural way to get it is through verification."""
    signed = decode(document, Signed, limit=limit)
    verify(purpose, signed.payload, signed.signature, key)
    return signed.payload


def peek_document(document: bytes, *, limit: int) -> Signed:
    """Payload and signature before verification: only to learn whose key must verify it."""
    return decode(document, Signed, limit=limit)


def _to_be_signed(purpose: SigningPurpose, algorithm: SignatureAlgorithm, payload: bytes) -> bytes:
    return _DOMAIN + bytes([_VERSION, algorithm, purpose]) + payload
