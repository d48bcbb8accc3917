"""Who can open a backup: holders of an age identity that is kept offline; the service has only the public half.

The seal is age (age-encryption.org/v1: X25519, HKDF-SHA256, ChaCha20-Poly1305 in chunks), by the library pyrage: the
file can be opened, on a machine without our code, by any program that speaks the format.
"""

from __future__ import annotations

import os
from collections.abc import Sequence
from pathlib import Path

from pyrage import RecipientError
from pyrage.x25519 import Identity, Recipient

from central.backup.errors import CustodyError, TargetError

_SECRET_MODE = 0o600
_KEY_LIMIT = 64 * 1024  # bytes of a file of keys


def make_identity(path: Path) -> str:
    """Make an identity in a new file that only its user may read, and return its public half.

    Raises:
        TargetError: ``exists``.
    """
    identity = Identity.generate()
    public = str(identity.to_public())
    try:
        handle = os.open(path, os.O_WRONLY | os.O_CREAT | os.O_EXCL, _SECRET_MODE)
    except FileExistsError as error:
        raise TargetError(f"{path} is there already: nothing was changed") from error
    with os.fdopen(handle, "w", encoding="ascii") as file:
        file.write(f"# public half: {public}\n{identity}\n")
        file.flush()
        os.fsync(handle)
    return public


def read_recipients(path: Path) -> tuple[Recipient, ...]:
    """Everybody who can open what is sealed: a line each, ``#`` begins a comment.

    Raises:
        CustodyError: ``recipient``.
    """
    try:
        recipients = tuple(Recipient.from_str(line) for line in _lines(path))
    except (OSError, RecipientError, ValueError) as error:
        raise CustodyError(f"{path} names nobody who could open a backup: see backup-key") from error
    if not recipients:
        raise CustodyError(f"{path} names nobody who could open a backup: see backup-key")
    return recipients


def read_identities(path: Path) -> Sequence[Identity]:
    """The private halves in a file that came from where it is kept.

    Raises:
        CustodyError: ``identity``.
    """
    try:
        identities = tuple(Identity.from_str(line) for line in _lines(path))
    except Exception:  # noqa: BLE001 - the library's errors may quote the key: none is passed on
        identities = ()
    if not identities:
        raise CustodyError(f"{path} holds no key that opens backups", code="identity")
    return identities


def _lines(path: Path) -> list[str]:
    with path.open("rb") as file:
        text = file.read(_KEY_LIMIT).decode("ascii")
    return [line.strip() for line in text.splitlines() if line.strip() and not line.startswith("#")]
