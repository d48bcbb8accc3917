"""Two keys of central's home, made at first use, one for all workers: managers' cookies and their second factors."""

from __future__ import annotations

import os
import secrets
from pathlib import Path

COOKIE_KEY = "cookie.key"
FACTOR_KEY = "second-factor.key"
_KEY_BYTES = 32
_PRIVATE = 0o600


def cookie_key(home: Path) -> bytes:
    """What signs the cookies. Throwing the file away signs everybody out, nothing more."""
    return _key(home, COOKIE_KEY)


def factor_key(home: Path) -> bytes:
    """What TOTP secrets and the hashes of recovery codes are derived from: without it the database gives neither.

    It belongs into the backup of the keys: when it is lost every manager's second factor must be reset.
    """
    return _key(home, FACTOR_KEY)


def _key(home: Path, name: str) -> bytes:
    """Read the key; make it when there is none.

    Made under another name and linked into place: of two workers that start together one wins, both read the same,
    and nobody ever reads half a key.
    """
    path = home / name
    if not path.exists():
        draft = home / f".{name}.{secrets.token_hex(8)}"
        descriptor = os.open(draft, os.O_WRONLY | os.O_CREAT | os.O_EXCL, _PRIVATE)
        with os.fdopen(descriptor, "wb") as file:
            file.write(secrets.token_bytes(_KEY_BYTES))
        try:
            path.hardlink_to(draft)
        except FileExistsError:
            pass  # the other worker was first: its key is ours
        finally:
            draft.unlink()
    return path.read_bytes()
