"""The six digits, and the keyed hashes under which code and address are kept. Pure but for the system's randomness.

There are a million codes and few enough mobiles: a bare hash of either would be the thing itself. The key is derived
from central's person-index key, as HKDF-Expand would (RFC 5869 §2.3, one block), so that neither use helps the other.
"""

from __future__ import annotations

import hmac
import secrets
from dataclasses import dataclass

from central.keys import CentralKeys
from wire.identifiers import RecordId
from wire.proofs import PROOF_CODE_DIGITS, ContactKind

_DERIVATION = b"dmp-contact-proofs-v1\x01"


def new_code() -> str:
    """Six digits from the system's randomness."""
    return f"{secrets.randbelow(10**PROOF_CODE_DIGITS):0{PROOF_CODE_DIGITS}d}"


@dataclass(frozen=True, slots=True, repr=False)
class ProofSecret:
    """The key behind the hashes of this feature; made with :meth:`of`."""

    key: bytes

    @classmethod
    def of(cls, keys: CentralKeys) -> ProofSecret:
        """The key derived from central's."""
        return cls(hmac.digest(keys.person_index, _DERIVATION, "sha256"))

    def address_hash(self, contact: ContactKind, address: str) -> bytes:
        """What stands for an e-mail or a mobile: 32 bytes. Capitals are all one, lest they lead around the throttle."""
        return hmac.digest(self.key, f"address\0{contact.value}\0{address.casefold()}".encode(), "sha256")

    def code_hash(self, proof: RecordId, address_hash: bytes, code: str) -> bytes:
        """What stands for a code, of this proof and address alone: 32 bytes."""
        return hmac.digest(self.key, b"code\0" + proof.value + address_hash + code.encode(), "sha256")

    def __repr__(self) -> str:
        return "ProofSecret(…)"
