"""One person, one dossier: the keyed fingerprint under which a person is found, and nothing else is.

HMAC-SHA-256 (RFC 2104) of the NIR under the person-index key, cut to 16 bytes (RFC 2104 §5; two of 70 million persons
meet with a chance of about 10^-23). A bare hash of a NIR would be the NIR: there are few enough of them to try all.
"""

from __future__ import annotations

import hmac

from wire.nir import Nir

_DOMAIN = b"dmp-person-v1"
_BYTES = 16


def fingerprint(nir: Nir, key: bytes) -> bytes:
    """The 16 bytes that stand for a person in central's tables."""
    return hmac.digest(key, _DOMAIN + nir.compact.encode(), "sha256")[:_BYTES]
