"""One signed total beside each file for the bank: how many, how much, and the hash of the very file.

Whoever releases the file at the bank compares three numbers on two papers; a file that was changed between the two has
another hash. Signed with central's ledger key, which the programme root names in the trust bundle.
"""

from __future__ import annotations

from cryptography.hazmat.primitives.asymmetric.ed25519 import Ed25519PrivateKey, Ed25519PublicKey

from central.errors import SetupError
from wire.canonical import WireStruct, decode, encode
from wire.records import sha256
from wire.signing import SigningPurpose, open_document, sign_document

TOTAL_LIMIT = 4096  # bytes


class PaymentTotal(WireStruct, frozen=True):
    """What is signed; ``anchor`` is the hash of the newest anchor's document, None before the first one."""

    payment_id: str
    month: str
    execution_on: str
    transfers: int
    cents: int
    file_sha256: bytes
    made_ms: int
    anchor: bytes | None = None
    currency: str = "EUR"
    version: int = 1


def write_total(total: PaymentTotal, key: Ed25519PrivateKey) -> bytes:
    """The signed document."""
    return sign_document(SigningPurpose.PAYMENT_TOTAL, encode(total), key)


def check_total(document: bytes, file: bytes, key: Ed25519PublicKey) -> PaymentTotal:
    """The total, once it is signed by this key and is of this very file.

    Raises:
        SignatureError: not signed by the ledger key. FormatError: not a total. SetupError: ``total_other``: of another
            file.
    """
    payload = open_document(SigningPurpose.PAYMENT_TOTAL, document, key, limit=TOTAL_LIMIT)
    total = decode(payload, PaymentTotal, limit=TOTAL_LIMIT)
    if total.file_sha256 != sha256(file):
        raise SetupError("this total is of another file", code="total_other")
    return total
