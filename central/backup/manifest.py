"""What a backup says of itself: whose it is, of which shape, where its chains end. Signed by the service it is of.

The seal alone says nothing about the sender: whoever has the recipient's public half can make a file that opens. So the
manifest bears the service's signature, and names the digest of the database beside it.
"""

from __future__ import annotations

from collections.abc import Sequence

from cryptography.hazmat.primitives.asymmetric.ed25519 import Ed25519PrivateKey, Ed25519PublicKey

from central.backup.errors import RefusedBackupError
from wire.canonical import WireStruct, decode, encode
from wire.errors import SignatureError, WireError
from wire.signing import SigningPurpose, open_document, sign_document

MANIFEST_LIMIT = 1 << 20  # bytes; a head is about 100, and there are at most three chains in each of 1,024 shards


class ChainEnd(WireStruct, frozen=True):
    """The last entry of one chain: an auditor who wrote it down can tell whether this is the database of that day."""

    chain: str
    shard: int
    number: int
    hash: bytes


class Manifest(WireStruct, frozen=True):
    """One backup. ``database`` is ``sqlite`` or ``postgresql``; ``digest`` is the SHA-256 of its ``size`` bytes."""

    service: str
    database: str
    revision: str
    made_ms: int
    size: int
    digest: bytes
    ends: tuple[ChainEnd, ...]
    version: int = 1


def write_manifest(manifest: Manifest, key: Ed25519PrivateKey) -> bytes:
    """Sign it with the service's answer key."""
    return sign_document(SigningPurpose.BACKUP, encode(manifest), key)


def read_manifest(document: bytes, keys: Sequence[Ed25519PublicKey]) -> Manifest:
    """The manifest, once the signature of one of ``keys`` holds: the service's own, and those it had before.

    Raises:
        RefusedBackupError: ``not_ours``, or ``damaged``.
    """
    for key in keys:
        try:
            payload = open_document(SigningPurpose.BACKUP, document, key, limit=MANIFEST_LIMIT)
            return decode(payload, Manifest, limit=MANIFEST_LIMIT)
        except SignatureError:
            continue
        except WireError as error:
            raise RefusedBackupError("the backup's manifest cannot be read") from error
    raise RefusedBackupError("this backup was not made by this service: its signature does not hold", code="not_ours")
