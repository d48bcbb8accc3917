"""Sealing to a public key: HPKE base mode (RFC 9180), X25519, HKDF-SHA256, AES-256-GCM.

Form of a sealed part: version byte, algorithm byte, 8 bytes of key id, then HPKE's ``enc`` and ciphertext.
HPKE's ``info`` binds domain, version, algorithm, purpose, record id and terminal: a part moved to another record,
terminal or use does not open. The key id is the head of SHA-256 over the recipient's public key: it finds the key
after a rotation and says nothing else.
"""

from __future__ import annotations

import enum
import hashlib

from cryptography.exceptions import InvalidTag
from cryptography.hazmat.primitives import hpke
from cryptography.hazmat.primitives.asymmetric.x25519 import X25519PrivateKey, X25519PublicKey

from wire.errors import SealError
from wire.identifiers import RecordId, TerminalId

_DOMAIN = b"dmp-seal"
_VERSION = 1
_HPKE_X25519_SHA256_AES256GCM = 1
_KEY_ID_BYTES = 8
_HEAD_BYTES = 2 + _KEY_ID_BYTES
_SUITE = hpke.Suite(hpke.KEM.X25519, hpke.KDF.HKDF_SHA256, hpke.AEAD.AES_256_GCM)


class SealPurpose(enum.IntEnum):
    """What a sealed part is. Numbers are never reused."""

    ADMINISTRATIVE = 1
    VAULT_PART = 2
    STATUS_QUERY = 3
    WRAP_PATIENT = 4
    WRAP_BREAK_GLASS = 5
    WRAP_CENTRE_15 = 6
    WRAP_RECOVERY = 7
    WRAP_PASSPHRASE = 8
    ENTRY_KEY = 9
    PROOF_REQUEST = 10
    CONTACT_AT_REST = 11  # at the vault, to a key of its own outside the database


def key_id(key: X25519PublicKey) -> bytes:
    """Eight bytes that name a public key."""
    return hashlib.sha256(key.public_bytes_raw()).digest()[:_KEY_ID_BYTES]


def key_id_of(sealed: bytes) -> bytes:
    """Which key a sealed part was made for.

    Raises:
        SealError: ``seal_version`` when the head is not of a form known here.
    """
    if len(sealed) < _HEAD_BYTES or sealed[0] != _VERSION or sealed[1] != _HPKE_X25519_SHA256_AES256GCM:
        raise SealError("the sealed part is of a version or algorithm not known here", code="seal_version")
    return sealed[2:_HEAD_BYTES]


def seal(
    plaintext: bytes, to: X25519PublicKey, purpose: SealPurpose, record_id: RecordId, terminal: TerminalId
) -> bytes:
    """Seal so that only the holder of the private half can open, and only in this context."""
    head = bytes([_VERSION, _HPKE_X25519_SHA256_AES256GCM]) + key_id(to)
    return head + _SUITE.encrypt(plaintext, to, info=_context(purpose, record_id, terminal))


def unseal(
    sealed: bytes, key: X25519PrivateKey, purpose: SealPurpose, record_id: RecordId, terminal: TerminalId
) -> bytes:
    """Open what was sealed in exactly this context.

    Raises:
        SealError: ``seal_version``, or ``seal`` when key, context or bytes are not those of the sealing.
    """
    key_id_of(sealed)
    try:
        return _SUITE.decrypt(sealed[_HEAD_BYTES:], key, info=_context(purpose, record_id, terminal))
    except (InvalidTag, ValueError) as error:
        raise SealError("the sealed part does not open with this key in this context") from error


def _context(purpose: SealPurpose, record_id: RecordId, terminal: TerminalId) -> bytes:
    # Fixed lengths before the one field of free length: no two contexts share their bytes.
    return _DOMAIN + bytes([_VERSION, _HPKE_X25519_SHA256_AES256GCM, purpose]) + record_id.value + terminal.encode()
