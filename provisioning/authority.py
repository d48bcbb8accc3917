"""The programme's authority: makes root and service keys, signs the trust bundle, renews it, replaces a signing key.

Run where the root lives: on a machine that is never online. The root's private half is read from its own folder and
written nowhere else; central's home and the vault's home leave that machine, the root's folder does not.
"""

from __future__ import annotations

import os
from collections.abc import Iterable
from dataclasses import dataclass
from datetime import datetime
from pathlib import Path

from cryptography.hazmat.primitives.asymmetric.ed25519 import Ed25519PrivateKey
from cryptography.hazmat.primitives.asymmetric.x25519 import X25519PrivateKey

from provisioning.bundle import SignedBundle, check_usable, install_bundle, read_bundle, sign_bundle
from provisioning.errors import AuthorityError
from provisioning.keys import (
    PrivateKey,
    check_secret,
    load_public_root,
    load_sealing_key,
    load_signing_key,
    public_bytes,
    store_key,
    store_new_secret,
)
from provisioning.private_files import Owner, private_folder, read_private, write_new
from wire import homes
from wire.trust import KeyUse

CENTRAL_KEYS = {
    KeyUse.INTAKE: homes.INTAKE_KEY,
    KeyUse.ANSWER: homes.ANSWER_KEY,
    KeyUse.HAND_OVER: homes.HAND_OVER_KEY,
    KeyUse.LEDGER: homes.LEDGER_KEY,
}
VAULT_KEYS = {
    KeyUse.VAULT: homes.VAULT_KEY,
    KeyUse.VAULT_ANSWER: homes.VAULT_ANSWER_KEY,
    KeyUse.BREAK_GLASS: homes.BREAK_GLASS_KEY,
    KeyUse.CENTRE_15: homes.CENTRE_15_KEY,
    KeyUse.RECOVERY: homes.RECOVERY_KEY,
}
SIGNING_USES = frozenset({KeyUse.ANSWER, KeyUse.HAND_OVER, KeyUse.LEDGER, KeyUse.VAULT_ANSWER})


@dataclass(frozen=True, slots=True)
class Home:
    """A folder of mode 0700 and the user whose it is."""

    folder: Path
    owner: Owner


@dataclass(frozen=True, slots=True)
class Programme:
    """The three folders of the programme: the root's, central's, the vault's."""

    root: Home
    central: Home
    vault: Home

    def home_of(self, use: KeyUse) -> Home:
        """Where the private half of that use lives."""
        return self.central if use in CENTRAL_KEYS else self.vault

    def key_path(self, use: KeyUse) -> Path:
        """The file of that private half."""
        name = CENTRAL_KEYS[use] if use in CENTRAL_KEYS else VAULT_KEYS[use]
        return self.home_of(use).folder / name


def make_keys(programme: Programme, *, now: datetime, days: int) -> SignedBundle:
    """Make what is missing of root, service keys and secrets, then sign the bundle and put it into the homes.

    May be run again after it was cut short: keys that stand are kept. Once a bundle names the keys, a key that is
    missing is not quietly made anew, for records may be sealed to the one that was lost. A use that came with a later
    release, and that no bundle has named yet, gets its key and a bundle of the next serial.

    Raises:
        AuthorityError: ``key_lost`` or ``bundle_mismatch``: the homes are not those of the bundle; ``trust_validity``.
        KeyFileError: a file or folder is damaged or open to others.
    """
    for home in (programme.root, programme.central, programme.vault):
        private_folder(home.folder, home.owner)
    root = _root_made_or_read(programme)
    bundle = read_bundle(programme.root.folder, root.public_key(), programme.root.owner)
    if bundle is None:
        _make_missing_keys(programme)
        bundle = sign_bundle(_public_keys(programme), root, serial=1, now=now, days=days)
    else:
        _check_complete(bundle, programme)
        _check_same(bundle, programme)
        check_usable(bundle.document, root.public_key(), now=now)
        if set(KeyUse) - set(bundle.keys):
            _make_missing_keys(programme)
            bundle = sign_bundle(_public_keys(programme), root, serial=bundle.serial + 1, now=now, days=days)
    _install_everywhere(bundle, programme, root)
    return bundle


def renew_bundle(programme: Programme, *, now: datetime, days: int) -> SignedBundle:
    """Sign the same keys again, with the next serial and a new validity.

    Raises:
        AuthorityError: ``bundle_missing``, ``key_lost`` or ``bundle_mismatch``.
    """
    root = _read_root(programme)
    held = _held_bundle(programme, root)
    _check_complete(held, programme)
    _check_same(held, programme)
    bundle = sign_bundle(held.keys, root, serial=held.serial + 1, now=now, days=days)
    _install_everywhere(bundle, programme, root)
    return bundle


def rotate_signing_key(programme: Programme, use: KeyUse, *, now: datetime, days: int) -> SignedBundle:
    """Replace one signing key and sign a bundle that names the new one.

    Steps, each of which may be the last before a power cut; running the command again goes on from there:

    1. the new key is written beside the old one, as ``NAME.next``;
    2. the bundle of the next serial, naming it, is signed into the root's folder;
    3. the old key gets a second name, ``NAME.serial-N``; the new one takes its place;
    4. the bundle is put into the homes.

    Only signing keys: what was sealed to a sealing key needs its private half for ever, and the services hold one
    private half per use.

    Raises:
        AuthorityError: ``rotation_sealing``, ``bundle_missing``, ``bundle_mismatch``.
    """
    if use not in SIGNING_USES:
        raise AuthorityError(
            f"the key {use.value} opens what was sealed to it and cannot be replaced by this command",
            code="rotation_sealing",
        )
    root = _read_root(programme)
    held = _held_bundle(programme, root)
    path, owner = programme.key_path(use), programme.home_of(use).owner
    waiting = path.with_name(f"{path.name}.next")
    if not waiting.exists():  # 1
        _check_same(held, programme)
        if not _is_installed(held, programme.home_of(use)):
            _install_everywhere(held, programme, root)
            return held  # an earlier run came as far as step 3
        store_key(waiting, Ed25519PrivateKey.generate(), owner)
    new_public = public_bytes(load_signing_key(waiting, owner))
    if held.keys[use] == new_public:
        bundle = held  # an earlier run came as far as step 2
    else:
        bundle = sign_bundle(held.keys | {use: new_public}, root, serial=held.serial + 1, now=now, days=days)
        install_bundle(bundle, programme.root.folder, programme.root.owner)  # 2
    former = path.with_name(f"{path.name}.serial-{bundle.serial - 1}")
    if not former.exists():
        os.link(path, former)  # 3
    waiting.replace(path)
    _install_everywhere(bundle, programme, root)  # 4
    return bundle


def _root_made_or_read(programme: Programme) -> Ed25519PrivateKey:
    path, owner = programme.root.folder / homes.ROOT_KEY, programme.root.owner
    if not path.exists():
        if (programme.root.folder / homes.TRUST_BUNDLE).exists():
            raise AuthorityError(
                f"{path} is missing though it signed a bundle: bring it from its backup", code="key_lost"
            )
        store_key(path, Ed25519PrivateKey.generate(), owner)
    return _read_root(programme)


def _read_root(programme: Programme) -> Ed25519PrivateKey:
    private_folder(programme.root.folder, programme.root.owner)
    return load_signing_key(programme.root.folder / homes.ROOT_KEY, programme.root.owner)


def _held_bundle(programme: Programme, root: Ed25519PrivateKey) -> SignedBundle:
    bundle = read_bundle(programme.root.folder, root.public_key(), programme.root.owner)
    if bundle is None:
        raise AuthorityError("no bundle was signed yet: run make-keys first", code="bundle_missing")
    return bundle


def _make_missing_keys(programme: Programme) -> None:
    for use in KeyUse:
        if not programme.key_path(use).exists():
            key = Ed25519PrivateKey.generate() if use in SIGNING_USES else X25519PrivateKey.generate()
            store_key(programme.key_path(use), key, programme.home_of(use).owner)
    for path, owner in _secrets(programme):
        if not path.exists():
            store_new_secret(path, owner)
        check_secret(path, owner)


def _secrets(programme: Programme) -> list[tuple[Path, Owner]]:
    return [
        (programme.central.folder / homes.PERSON_INDEX_KEY, programme.central.owner),
        (programme.vault.folder / homes.PEPPER_KEY, programme.vault.owner),
    ]


def _check_complete(bundle: SignedBundle, programme: Programme) -> None:
    paths = [programme.key_path(use) for use in bundle.keys] + [path for path, _ in _secrets(programme)]
    lost = [str(path) for path in paths if not path.exists()]
    if lost:
        raise AuthorityError(
            f"these keys are missing though a bundle was signed: {', '.join(lost)}. Bring them back from their backup; "
            "a new key would not open what was sealed to the lost one",
            code="key_lost",
        )


def _read_key(programme: Programme, use: KeyUse) -> PrivateKey:
    path, owner = programme.key_path(use), programme.home_of(use).owner
    return load_signing_key(path, owner) if use in SIGNING_USES else load_sealing_key(path, owner)


def _public_keys(programme: Programme, uses: Iterable[KeyUse] = KeyUse) -> dict[KeyUse, bytes]:
    return {use: public_bytes(_read_key(programme, use)) for use in uses}


def _check_same(bundle: SignedBundle, programme: Programme) -> None:
    present = _public_keys(programme, bundle.keys)
    other = [use.value for use in bundle.keys if bundle.keys.get(use) != present[use]]
    if other:
        raise AuthorityError(
            f"the keys {', '.join(other)} are not those of the signed bundle: a rotation was cut short (run it again) "
            "or these folders are not of one programme",
            code="bundle_mismatch",
        )


def _is_installed(bundle: SignedBundle, home: Home) -> bool:
    path = home.folder / homes.TRUST_BUNDLE
    return path.exists() and read_private(path, home.owner) == bundle.document


def _install_everywhere(bundle: SignedBundle, programme: Programme, root: Ed25519PrivateKey) -> None:
    digits = root.public_key().public_bytes_raw().hex().encode()
    for home in (programme.root, programme.central, programme.vault):
        pinned = home.folder / homes.ROOT_PUBLIC
        if not pinned.exists():
            write_new(pinned, digits, home.owner)
        elif load_public_root(pinned, home.owner).public_bytes_raw().hex().encode() != digits:
            raise AuthorityError(
                f"{pinned} is of another programme root: this home is not of this programme", code="root_other"
            )
        install_bundle(bundle, home.folder, home.owner)
