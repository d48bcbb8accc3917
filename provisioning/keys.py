"""Private keys as files: made once, read back with their checks, told apart by a fingerprint.

PKCS#8 PEM without passphrase: what guards them is the file's owner and mode, and for the root that its folder is not on
a machine that is online. Secrets that are no key pair are 64 hexadecimal digits (wire/homes.py).
"""

from __future__ import annotations

import hashlib
import secrets
from pathlib import Path

from cryptography.hazmat.primitives.asymmetric.ed25519 import Ed25519PrivateKey, Ed25519PublicKey
from cryptography.hazmat.primitives.asymmetric.x25519 import X25519PrivateKey
from cryptography.hazmat.primitives.serialization import (
    Encoding,
    NoEncryption,
    PrivateFormat,
    load_pem_private_key,
)

from provisioning.errors import KeyFileError
from provisioning.private_files import Owner, read_private, write_new

PrivateKey = Ed25519PrivateKey | X25519PrivateKey
_SECRET_BYTES = 32
_FINGERPRINT_DIGITS = 16


def store_key(path: Path, key: PrivateKey, owner: Owner) -> None:
    """Write a new private key; an existing file is never touched."""
    write_new(path, key.private_bytes(Encoding.PEM, PrivateFormat.PKCS8, NoEncryption()), owner)


def load_signing_key(path: Path, owner: Owner) -> Ed25519PrivateKey:
    """The Ed25519 key of that file.

    Raises:
        KeyFileError: those of :func:`read_private`; ``damaged``; ``key_kind``.
    """
    key = _load(path, owner)
    if not isinstance(key, Ed25519PrivateKey):
        raise KeyFileError(f"{path} holds no Ed25519 key: put the right file there", code="key_kind")
    return key


def load_sealing_key(path: Path, owner: Owner) -> X25519PrivateKey:
    """The X25519 key of that file; errors as :func:`load_signing_key`."""
    key = _load(path, owner)
    if not isinstance(key, X25519PrivateKey):
        raise KeyFileError(f"{path} holds no X25519 key: put the right file there", code="key_kind")
    return key


def store_new_secret(path: Path, owner: Owner) -> None:
    """Draw 32 bytes and write them as hexadecimal digits; an existing file is never touched."""
    write_new(path, secrets.token_bytes(_SECRET_BYTES).hex().encode(), owner)


def check_secret(path: Path, owner: Owner) -> None:
    """Return when the file holds 32 bytes in hexadecimal digits."""
    _hexadecimal(path, owner)


def load_public_root(path: Path, owner: Owner) -> Ed25519PublicKey:
    """The programme root's public half."""
    return Ed25519PublicKey.from_public_bytes(_hexadecimal(path, owner))


def public_bytes(key: PrivateKey) -> bytes:
    """The 32 raw bytes of the public half."""
    return key.public_key().public_bytes_raw()


def fingerprint(public: bytes) -> str:
    """Sixteen hexadecimal digits of a public key's SHA-256, for eyes to compare."""
    return hashlib.sha256(public).hexdigest()[:_FINGERPRINT_DIGITS]


def _load(path: Path, owner: Owner) -> object:
    content = read_private(path, owner)
    try:
        return load_pem_private_key(content, None)
    except (ValueError, TypeError) as error:
        raise KeyFileError(f"{path} is no private key in PEM: bring it back from its backup", code="damaged") from error


def _hexadecimal(path: Path, owner: Owner) -> bytes:
    content = read_private(path, owner)
    try:
        value = bytes.fromhex(content.decode("ascii"))
    except ValueError:
        value = b""
    if len(value) != _SECRET_BYTES:
        raise KeyFileError(f"{path} does not hold 64 hexadecimal digits: bring it back from its backup", code="damaged")
    return value
