"""The vault's own secrets, read once at start: private keys, pepper, and what is derived from the pepper.

The role keys (break-the-glass, centre 15, recovery) lie in the same home. The first two are *not* read here: this
process has no use for them, and what is not in memory cannot leak from it. The recovery key is read by the guard alone
(:func:`load_recovery`), which an operator may run as a process of its own.
"""

from __future__ import annotations

import hmac
import stat
from dataclasses import dataclass
from pathlib import Path

from cryptography.hazmat.primitives.asymmetric.ed25519 import Ed25519PrivateKey, Ed25519PublicKey
from cryptography.hazmat.primitives.asymmetric.x25519 import X25519PrivateKey
from cryptography.hazmat.primitives.serialization import load_pem_private_key

from central.vault.errors import HomeError
from wire import homes
from wire.trust import KeyUse, TrustBundle

_SECRET_BYTES = 32
_OTHERS = stat.S_IRWXG | stat.S_IRWXO


@dataclass(frozen=True, slots=True, repr=False)
class VaultKeys:
    """What the process holds in memory."""

    vault: X25519PrivateKey
    answer: Ed25519PrivateKey
    pepper: bytes

    def throttle_key(self) -> bytes:
        """Key of the hashes under which addresses and locators are counted."""
        return self._derived(b"dmp vault throttle v1")

    def cookie_key(self) -> bytes:
        """Key that signs the browser's session cookie (CSRF token and, during an activation, a challenge's secret)."""
        return self._derived(b"dmp vault cookie v1")

    def contact_key(self) -> X25519PrivateKey:
        """Key to which contacts are sealed at rest."""
        return X25519PrivateKey.from_private_bytes(self._derived(b"dmp vault contacts v1"))

    def objection_key(self) -> bytes:
        """Key that signs the links by which a holder objects to a new code."""
        return self._derived(b"dmp vault objections v1")

    def one_time_key(self) -> bytes:
        """Key of the codes under which one-time codes are kept."""
        return self._derived(b"dmp vault one-time codes v1")

    def _derived(self, purpose: bytes) -> bytes:
        return hmac.digest(self.pepper, purpose, "sha256")


def load_keys(home: Path) -> VaultKeys:
    """Read the keys of a vault's home.

    Raises:
        HomeError: ``key_missing``, ``key_mode`` (readable by others), ``key_form``; the sentence says what to do.
    """
    vault = _private_key(home / homes.VAULT_KEY)
    answer = _private_key(home / homes.VAULT_ANSWER_KEY)
    if not isinstance(vault, X25519PrivateKey) or not isinstance(answer, Ed25519PrivateKey):
        raise HomeError(f"{homes.VAULT_KEY} or {homes.VAULT_ANSWER_KEY} is of another kind of key", code="key_form")
    return VaultKeys(vault, answer, _hexadecimal(home / homes.PEPPER_KEY, secret=True))


def answer_publics(home: Path) -> tuple[Ed25519PublicKey, ...]:
    """The public halves of the answer key and of those it had before, as far as they were kept: a backup may be old.

    Raises:
        HomeError: as :func:`load_keys`.
    """
    former = sorted(home.glob(f"{homes.VAULT_ANSWER_KEY}.serial-*"))
    keys = [_private_key(path) for path in (home / homes.VAULT_ANSWER_KEY, *former)]
    return tuple(key.public_key() for key in keys if isinstance(key, Ed25519PrivateKey))


def load_recovery(home: Path) -> X25519PrivateKey:
    """The recovery key, for the guard alone.

    Raises:
        HomeError: as :func:`load_keys`.
    """
    key = _private_key(home / homes.RECOVERY_KEY)
    if not isinstance(key, X25519PrivateKey):
        raise HomeError(f"{homes.RECOVERY_KEY} is of another kind of key", code="key_form")
    return key


def load_root(home: Path) -> Ed25519PublicKey:
    """The programme root's public half, pinned when the home was made."""
    return Ed25519PublicKey.from_public_bytes(_hexadecimal(home / homes.ROOT_PUBLIC, secret=False))


def check_bundle(keys: VaultKeys, bundle: TrustBundle) -> None:
    """Return when the bundle names this vault's keys: else nothing sealed for it would open, nobody believe its word.

    Raises:
        HomeError: ``key_other``.
    """
    ours = {
        KeyUse.VAULT: keys.vault.public_key().public_bytes_raw(),
        KeyUse.VAULT_ANSWER: keys.answer.public_key().public_bytes_raw(),
    }
    for use, public in ours.items():
        if bundle.keys.get(use) != public:
            raise HomeError(
                f"the trust bundle names another {use.value} key than the one in this home: "
                "the home and the bundle are of two programmes, or one was renewed without the other",
                code="key_other",
            )


def check_recovery(recovery: X25519PrivateKey, bundle: TrustBundle) -> None:
    """Return when the bundle names this recovery key: else terminals seal to another one, and no code can be renewed.

    Raises:
        HomeError: ``key_other``.
    """
    if bundle.keys.get(KeyUse.RECOVERY) != recovery.public_key().public_bytes_raw():
        raise HomeError("the trust bundle names another recovery key than the one in this home", code="key_other")


def _private_key(path: Path) -> object:
    try:
        return load_pem_private_key(_read(path, secret=True), password=None)
    except (ValueError, TypeError) as error:
        raise HomeError(f"{path.name} is not an unencrypted PKCS#8 key", code="key_form") from error


def _hexadecimal(path: Path, *, secret: bool) -> bytes:
    try:
        value = bytes.fromhex(_read(path, secret=secret).decode("ascii"))
    except ValueError as error:
        raise HomeError(f"{path.name} is not 64 hexadecimal digits", code="key_form") from error
    if len(value) != _SECRET_BYTES:
        raise HomeError(f"{path.name} is not 64 hexadecimal digits", code="key_form")
    return value


def _read(path: Path, *, secret: bool) -> bytes:
    try:
        if secret and path.stat().st_mode & _OTHERS:
            raise HomeError(f"{path.name} may be read by others: chmod 600 {path}", code="key_mode")
        return path.read_bytes()
    except OSError as error:
        raise HomeError(
            f"{path} cannot be read ({error.strerror}): make the vault's home with `python -m provisioning make-keys`",
            code="key_missing",
        ) from error
