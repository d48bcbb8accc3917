"""The trust bundle as a file: signed by the root in its own folder, copied into the homes of those who trust it."""

from __future__ import annotations

from collections.abc import Mapping
from dataclasses import dataclass
from datetime import datetime, timedelta
from pathlib import Path

from cryptography.hazmat.primitives.asymmetric.ed25519 import Ed25519PrivateKey, Ed25519PublicKey

from provisioning.errors import AuthorityError
from provisioning.private_files import Owner, read_private, write_atomically
from wire import homes
from wire.canonical import decode
from wire.errors import TrustError, WireError
from wire.identifiers import moment
from wire.signing import SigningPurpose, open_document
from wire.trust import BUNDLE_LIMIT, BundleBody, KeyUse, TrustBundle, open_bundle, write_bundle

_CLOCK_TOLERANCE = timedelta(hours=1)  # a terminal whose clock is a little behind may use a bundle signed just now


@dataclass(frozen=True, slots=True)
class SignedBundle:
    """What a bundle says, its signature checked, its validity not: an expired one must still be read to renew it."""

    serial: int
    valid_from: datetime
    valid_until: datetime
    keys: dict[KeyUse, bytes]
    document: bytes


def sign_bundle(
    keys: Mapping[KeyUse, bytes], root: Ed25519PrivateKey, *, serial: int, now: datetime, days: int
) -> SignedBundle:
    """Sign all keys of the programme for ``days`` days from ``now``.

    Raises:
        AuthorityError: ``keys_missing``: a bundle without a key would stop whoever needs that key.
    """
    missing = set(KeyUse) - set(keys)
    if missing:
        names = ", ".join(sorted(use.value for use in missing))
        raise AuthorityError(f"the bundle would lack the keys {names}: make them first", code="keys_missing")
    document = write_bundle(
        dict(keys), root, serial=serial, valid_from=now - _CLOCK_TOLERANCE, valid_until=now + timedelta(days=days)
    )
    return read_document(document, root.public_key())


def read_document(document: bytes, root: Ed25519PublicKey) -> SignedBundle:
    """The content of a bundle that the root signed, whenever it is valid.

    Not checked: validity and serial; :func:`check_usable` and the services do that before they use it.

    Raises:
        AuthorityError: ``bundle_root``.
    """
    try:
        payload = open_document(SigningPurpose.TRUST_BUNDLE, document, root, limit=BUNDLE_LIMIT)
        body = decode(payload, BundleBody, limit=BUNDLE_LIMIT)
    except WireError as error:
        raise AuthorityError(
            "the trust bundle is not signed by this programme root: bring the bundle that belongs to it",
            code="bundle_root",
        ) from error
    keys = {key.use: key.public for key in body.keys}
    return SignedBundle(body.serial, moment(body.valid_from_ms), moment(body.valid_until_ms), keys, document)


def read_bundle(folder: Path, root: Ed25519PublicKey, owner: Owner) -> SignedBundle | None:
    """The bundle of that folder; None when there is none yet."""
    path = folder / homes.TRUST_BUNDLE
    if not path.exists():
        return None
    return read_document(read_private(path, owner), root)


def check_usable(document: bytes, root: Ed25519PublicKey, *, now: datetime, lowest_serial: int = 0) -> TrustBundle:
    """The bundle, when a service may rely on it now.

    Raises:
        AuthorityError: with the code of :func:`wire.trust.open_bundle`.
    """
    try:
        return open_bundle(document, root, now=now, lowest_serial=lowest_serial)
    except TrustError as error:
        raise AuthorityError(str(error), code=error.code) from error


def install_bundle(bundle: SignedBundle, folder: Path, owner: Owner) -> None:
    """Put the bundle into a home, whole or not at all; running services read it again by themselves."""
    write_atomically(folder / homes.TRUST_BUNDLE, bundle.document, owner)
