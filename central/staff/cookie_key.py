"""The key that signs managers' cookies: made at first use in central's home, one for all workers of this central."""

from __future__ import annotations

import os
import secrets
from pathlib import Path

COOKIE_KEY = "cookie.key"
_KEY_BYTES = 32
_PRIVATE = 0o600


def cookie_key(home: Path) -> bytes:
    """Read the key; make it when there is none. Throwing the file away signs everybody out, nothing more.

    Made under another name and linked into place: of two workers that start together one wins, both read the same,
    and nobody ever reads half a key.
    """
    path = home / COOKIE_KEY
    if not path.exists():
        draft = home / f".{COOKIE_KEY}.{secrets.token_hex(8)}"
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
