"""The trust bundle: every public key of the programme, signed by a root that is never online.

A terminal, central and the vault hold the root's public half since registration; nobody online can slip in a key.
"""

from __future__ import annotations

import enum
import functools
from dataclasses import dataclass
from datetime import datetime

from cryptography.hazmat.primitives.asymmetric.ed25519 import Ed25519PrivateKey, Ed25519PublicKey
from cryptography.hazmat.primitives.asymmetric.x25519 import X25519PublicKey

from wire.canonical import WireStruct, decode, encode
from wire.errors import TrustError
from wire.identifiers import milliseconds
from wire.signing import SigningPurpose, open_document, sign_document

BUNDLE_LIMIT = 16 * 1024  # bytes


class KeyUse(enum.Enum):
    """What a key of the bundle is for (design.md §4)."""

    INTAKE = "intake"  # X25519: administrative parts and status queries
    ANSWER = "answer"  # Ed25519: central's answers, server time, configurations
    HAND_OVER = "hand_over"  # Ed25519: central towards the vault
    LEDGER = "ledger"  # Ed25519: central's totals for the bank, anchors of its chains
    VAULT = "vault"  # X25519: vault parts
    VAULT_ANSWER = "vault_answer"  # Ed25519: the vault towards central
    BREAK_GLASS = "break_glass"  # X25519: role key, held by the host
    CENTRE_15 = "centre_15"  # X25519: role key, held by the host
    RECOVERY = "recovery"  # X25519: the host's, used under its guard


_SIGNING_USES = frozenset({KeyUse.ANSWER, KeyUse.HAND_OVER, KeyUse.LEDGER, KeyUse.VAULT_ANSWER})

# Six seals a commit and one verification a message ask for the same few public keys: parsed once.
_sealing_key = functools.lru_cache(maxsize=64)(X25519PublicKey.from_public_bytes)
_verifying_key = functools.lru_cache(maxsize=64)(Ed25519PublicKey.from_public_bytes)


class BundleKey(WireStruct, frozen=True):
    """One public key: 32 raw bytes, X25519 or Ed25519 by its use."""

    use: KeyUse
    public: bytes


class BundleBody(WireStruct, frozen=True):
    """What the root signs. ``serial`` only grows; times are milliseconds since 1970."""

    serial: int
    valid_from_ms: int
    valid_until_ms: int
    keys: tuple[BundleKey, ...]
    version: int = 1


@dataclass(frozen=True, slots=True)
class TrustBundle:
    """A bundle that was verified; the only way to get one is :func:`open_bundle`."""

    serial: int
    valid_from_ms: int
    valid_until_ms: int
    keys: dict[KeyUse, bytes]
    document: bytes

    def sealing_key(self, use: KeyUse) -> X25519PublicKey:
        """The X25519 public key of that use."""
        if use in _SIGNING_USES:
            raise TrustError(f"the key {use.value} signs, it does not seal", code="trust_use")
        return _sealing_key(self._raw(use))

    def verifying_key(self, use: KeyUse) -> Ed25519PublicKey:
        """The Ed25519 public key of that use."""
        if use not in _SIGNING_USES:
            raise TrustError(f"the key {use.value} seals, it does not sign", code="trust_use")
        return _verifying_key(self._raw(use))

    def _raw(self, use: KeyUse) -> bytes:
        if use not in self.keys:
            raise TrustError(f"the bundle holds no key {use.value}", code="trust_missing")
        return self.keys[use]


def write_bundle(
    keys: dict[KeyUse, bytes], root: Ed25519PrivateKey, *, serial: int, valid_from: datetime, valid_until: datetime
) -> bytes:
    """Sign a bundle with the programme root (offline)."""
    body = BundleBody(
        serial=serial,
        valid_from_ms=milliseconds(valid_from),
        valid_until_ms=milliseconds(valid_until),
        keys=tuple(BundleKey(use=use, public=keys[use]) for use in sorted(keys, key=lambda use: use.value)),
    )
    return sign_document(SigningPurpose.TRUST_BUNDLE, encode(body), root)


def open_bundle(document: bytes, root: Ed25519PublicKey, *, now: datetime, lowest_serial: int = 0) -> TrustBundle:
    """A bundle that may be used now.

    Steps:

    1. the root's signature holds;
    2. the serial is not lower than the last one seen (``lowest_serial``): no way back to an older bundle;
    3. ``now`` lies within its validity;
    4. no use stands twice.

    Not checked: whether ``now`` is right (a terminal with a doubtful clock hands in its signed server time).

    Raises:
        TrustError: ``trust_root``, ``trust_rollback``, ``trust_validity``, ``trust_twice``.
    """
    try:
        payload = open_document(SigningPurpose.TRUST_BUNDLE, document, root, limit=BUNDLE_LIMIT)  # 1
        body = decode(payload, BundleBody, limit=BUNDLE_LIMIT)
    except Exception as error:
        raise TrustError("the trust bundle is not signed by the programme root", code="trust_root") from error
    if body.serial < lowest_serial:  # 2
        raise TrustError("the trust bundle is older than the one already held", code="trust_rollback")
    if not body.valid_from_ms <= milliseconds(now) < body.valid_until_ms:  # 3
        raise TrustError("the trust bundle is not valid now: fetch a new one or set the clock", code="trust_validity")
    keys = {key.use: key.public for key in body.keys}
    if len(keys) != len(body.keys):  # 4
        raise TrustError("the trust bundle names a use twice", code="trust_twice")
    return TrustBundle(body.serial, body.valid_from_ms, body.valid_until_ms, keys, document)
