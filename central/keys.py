"""Central's keys: read from the home folder, held in memory, shown nowhere.

Which key does what: design.md §4. File names and forms: :mod:`wire.homes`. The keys of the vault are not among them.
"""

from __future__ import annotations

import re
import stat
from dataclasses import dataclass
from datetime import datetime
from pathlib import Path

from cryptography.hazmat.primitives.asymmetric.ed25519 import Ed25519PrivateKey, Ed25519PublicKey
from cryptography.hazmat.primitives.asymmetric.x25519 import X25519PrivateKey
from cryptography.hazmat.primitives.serialization import load_pem_private_key

from central.errors import SetupError
from wire import homes
from wire.trust import BUNDLE_LIMIT, TrustBundle, open_bundle

_OTHERS = stat.S_IRWXG | stat.S_IRWXO
_HEX_32 = re.compile(r"[0-9a-fA-F]{64}")


@dataclass(frozen=True, slots=True, repr=False)
class CentralKeys:
    """The private keys of central, and the programme's trust bundle as the root signed it."""

    intake: X25519PrivateKey
    answer: Ed25519PrivateKey
    hand_over: Ed25519PrivateKey
    person_index: bytes
    root: Ed25519PublicKey
    trust: TrustBundle

    def __repr__(self) -> str:
        return "CentralKeys(…)"


def load_keys(home: Path, *, now: datetime) -> CentralKeys:
    """Read all keys of central's home and verify the trust bundle against the root's public half.

    Raises:
        SetupError: ``key_missing``, ``key_mode`` (readable by others), ``key_form``.
        TrustError: the bundle is not the root's, or not valid now.
    """
    root = read_root(home)
    return CentralKeys(
        intake=_sealing(home / homes.INTAKE_KEY),
        answer=_signing(home / homes.ANSWER_KEY),
        hand_over=_signing(home / homes.HAND_OVER_KEY),
        person_index=_secret_32(home / homes.PERSON_INDEX_KEY),
        root=root,
        trust=open_bundle(_read(home / homes.TRUST_BUNDLE)[: BUNDLE_LIMIT + 1], root, now=now),
    )


def load_answer_key(home: Path) -> Ed25519PrivateKey:
    """The key that signs answers, and what central says of its own backups.

    Raises:
        SetupError: ``key_missing``, ``key_mode``, ``key_form``.
    """
    return _signing(home / homes.ANSWER_KEY)


def answer_publics(home: Path) -> tuple[Ed25519PublicKey, ...]:
    """The public halves of the answer key and of those it had before, as far as they were kept: a backup may be old."""
    former = sorted(home.glob(f"{homes.ANSWER_KEY}.serial-*"))
    return tuple(_signing(path).public_key() for path in (home / homes.ANSWER_KEY, *former))


def load_ledger_key(home: Path) -> Ed25519PrivateKey:
    """The key that signs totals for the bank and anchors: only those who make them read it.

    Raises:
        SetupError: ``key_missing``, ``key_mode``, ``key_form``.
    """
    return _signing(home / homes.LEDGER_KEY)


def read_root(home: Path) -> Ed25519PublicKey:
    """The programme root's public half, pinned in the home folder."""
    return Ed25519PublicKey.from_public_bytes(_hex_32(home / homes.ROOT_PUBLIC))


def _sealing(path: Path) -> X25519PrivateKey:
    key = _private(path)
    if not isinstance(key, X25519PrivateKey):
        raise SetupError(f"{path.name} is a key for another use", code="key_form")
    return key


def _signing(path: Path) -> Ed25519PrivateKey:
    key = _private(path)
    if not isinstance(key, Ed25519PrivateKey):
        raise SetupError(f"{path.name} is a key for another use", code="key_form")
    return key


def _private(path: Path) -> object:
    try:
        return load_pem_private_key(_read_secret(path), password=None)
    except (ValueError, TypeError) as error:
        raise SetupError(f"{path.name} is not a private key in PEM", code="key_form") from error


def _secret_32(path: Path) -> bytes:
    _check_mode(path)
    return _hex_32(path)


def _hex_32(path: Path) -> bytes:
    text = _read(path).decode("ascii", errors="replace").strip()
    if not _HEX_32.fullmatch(text):
        raise SetupError(f"{path.name} is not 64 hexadecimal digits", code="key_form")
    return bytes.fromhex(text)


def _read_secret(path: Path) -> bytes:
    _check_mode(path)
    return _read(path)


def _check_mode(path: Path) -> None:
    if path.exists() and path.stat().st_mode & _OTHERS:
        raise SetupError(f"{path.name} may be read by others: chmod 600", code="key_mode")


def _read(path: Path) -> bytes:
    try:
        return path.read_bytes()
    except OSError as error:
        raise SetupError(f"{path.name} is missing in central's home: run provisioning", code="key_missing") from error
