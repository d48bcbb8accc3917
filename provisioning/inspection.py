"""What is in a home, in sentences for eyes and telephone: names, fingerprints, dates; never a key or a secret."""

from __future__ import annotations

import stat
from collections.abc import Iterator
from datetime import datetime
from pathlib import Path

from cryptography.hazmat.primitives.asymmetric.ed25519 import Ed25519PublicKey

from provisioning.authority import CENTRAL_KEYS, SIGNING_USES, VAULT_KEYS
from provisioning.bundle import SignedBundle, read_bundle
from provisioning.errors import ProvisioningError
from provisioning.keys import (
    check_secret,
    fingerprint,
    load_public_root,
    load_sealing_key,
    load_signing_key,
    public_bytes,
)
from provisioning.private_files import Owner, read_private
from wire import homes
from wire.configuration import open_configuration
from wire.errors import WireError
from wire.identifiers import moment, terminal_id
from wire.trust import KeyUse

_SERVICE_KEYS = {name: use for use, name in (CENTRAL_KEYS | VAULT_KEYS).items()}


def describe_home(home: Path, owner: Owner, *, now: datetime) -> Iterator[str]:
    """One line a finding; a finding that needs a hand begins with ``!``.

    Not checked: whether the services can work with it; their own self-check says that.
    """
    if not home.is_dir():
        yield f"! {home} is no folder"
        return
    yield from _folder(home, owner)
    bundle = None
    try:
        bundle = _bundle(home, owner)
    except ProvisioningError as error:
        yield f"! {error}"
    if bundle:
        yield from _validity(bundle, now)
    for path in sorted(home.iterdir()):
        try:
            line = _describe(path, owner, bundle)
        except (ProvisioningError, WireError) as error:
            line = f"! {error}"
        if line:
            yield line


def _folder(home: Path, owner: Owner) -> Iterator[str]:
    status = home.stat()
    mode = stat.S_IMODE(status.st_mode)
    closed = status.st_uid == owner.uid and not mode & 0o077
    yield f"{'' if closed else '! '}{home}: folder of user {status.st_uid}, mode {mode:04o}"


def _bundle(home: Path, owner: Owner) -> SignedBundle | None:
    pinned = home / homes.ROOT_PUBLIC
    return read_bundle(home, load_public_root(pinned, owner), owner) if pinned.exists() else None


def _validity(bundle: SignedBundle, now: datetime) -> Iterator[str]:
    span = f"from {bundle.valid_from:%Y-%m-%d} to {bundle.valid_until:%Y-%m-%d}"
    valid = bundle.valid_from <= now < bundle.valid_until
    yield f"{'' if valid else '! not valid now: '}{homes.TRUST_BUNDLE}: serial {bundle.serial}, valid {span}"


def _describe(path: Path, owner: Owner, bundle: SignedBundle | None) -> str | None:
    if path.name in _SERVICE_KEYS:
        return _service_key(path, owner, _SERVICE_KEYS[path.name], bundle)
    if path.name == homes.CONFIGURATION:
        return _configuration(path, owner, bundle)
    describe = _DESCRIPTIONS.get(path.name)
    return f"{path.name}: {describe(path, owner)}" if describe else None


def _root_key(path: Path, owner: Owner) -> str:
    public = public_bytes(load_signing_key(path, owner))
    return f"programme root {fingerprint(public)}: this folder must not be on a machine that is online"


def _device_key(path: Path, owner: Owner) -> str:
    return f"device key {fingerprint(public_bytes(load_signing_key(path, owner)))}"


def _pinned_root(path: Path, owner: Owner) -> str:
    return f"trusts the root {fingerprint(load_public_root(path, owner).public_bytes_raw())}"


def _secret(path: Path, owner: Owner) -> str:
    check_secret(path, owner)
    return "present"


def _name(path: Path, owner: Owner) -> str:
    return terminal_id(read_private(path, owner).decode("ascii", errors="replace").strip())


def _address(path: Path, owner: Owner) -> str:
    return f"registered at {read_private(path, owner).decode(errors='replace').strip()}"


_DESCRIPTIONS = {
    homes.ROOT_KEY: _root_key,
    homes.DEVICE_KEY: _device_key,
    homes.ROOT_PUBLIC: _pinned_root,
    homes.PERSON_INDEX_KEY: _secret,
    homes.PEPPER_KEY: _secret,
    homes.TERMINAL_NAME: _name,
    homes.CENTRAL_URL: _address,
}


def _service_key(path: Path, owner: Owner, use: KeyUse, bundle: SignedBundle | None) -> str:
    public = public_bytes(load_signing_key(path, owner) if use in SIGNING_USES else load_sealing_key(path, owner))
    line = f"{path.name}: key {use.value} {fingerprint(public)}"
    if bundle is None:
        return f"! {line}: no bundle here names it"
    return line if bundle.keys.get(use) == public else f"! {line}: the bundle names another key"


def _configuration(path: Path, owner: Owner, bundle: SignedBundle | None) -> str:
    if bundle is None:
        return f"! {path.name}: no bundle here can prove it"
    name = terminal_id(_name(path.with_name(homes.TERMINAL_NAME), owner))
    key = bundle.keys[KeyUse.ANSWER]
    configuration = open_configuration(
        read_private(path, owner), Ed25519PublicKey.from_public_bytes(key), terminal=name
    )
    return (
        f"{path.name}: office {configuration.office}, channel {configuration.channel.value}, "
        f"{len(configuration.operators)} operators, issued {moment(configuration.issued_ms):%Y-%m-%d %H:%M} UTC"
    )
