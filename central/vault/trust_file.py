"""The trust bundle as it lies in the vault's home: verified at start, read again when the file changes."""

from __future__ import annotations

import logging
import threading
from collections.abc import Callable
from datetime import datetime
from pathlib import Path

from cryptography.hazmat.primitives.asymmetric.ed25519 import Ed25519PublicKey

from central.vault.errors import HomeError
from wire.errors import TrustError
from wire.identifiers import milliseconds
from wire.trust import TrustBundle, open_bundle

_log = logging.getLogger("central.vault.trust")

_Stamp = tuple[int, int, int]


class TrustFile:
    """Holds the last bundle that verified; a file that does not verify never replaces one that did.

    Not checked: a fall back to an older bundle across a restart (the serial is kept in memory; who can exchange files
    in this home can exchange the pinned root too).
    """

    def __init__(self, path: Path, root: Ed25519PublicKey, check: Callable[[TrustBundle], None]) -> None:
        self._path = path
        self._root = root
        self._check = check
        self._lock = threading.Lock()
        self._held: TrustBundle | None = None
        self._seen: _Stamp | None = None

    def current(self, now: datetime) -> TrustBundle:
        """The bundle to use now.

        Steps:

        1. when the file is another one than last time, it is verified by the root and against what is held;
        2. one that does not verify is left aside, if a bundle is held: the log says so once;
        3. what is held must be valid at ``now``.

        Raises:
            HomeError: there is no file. TrustError: nothing that verifies is held, or it has run out.
        """
        with self._lock:
            stamp = self._stamp()
            if stamp != self._seen:
                self._read_again(now)  # 1, 2
                self._seen = stamp
            held = self._held
        if held is None or not held.valid_from_ms <= milliseconds(now) < held.valid_until_ms:  # 3
            raise TrustError("the trust bundle has run out: fetch a new one or set the clock", code="trust_validity")
        return held

    def _read_again(self, now: datetime) -> None:
        lowest = 0 if self._held is None else self._held.serial
        try:
            bundle = open_bundle(self._path.read_bytes(), self._root, now=now, lowest_serial=lowest)
            self._check(bundle)
        except (TrustError, HomeError) as error:
            if self._held is None:
                raise
            _log.error("trust bundle not taken over: %s", error.code)
            return
        self._held = bundle

    def _stamp(self) -> _Stamp:
        try:
            found = self._path.stat()
        except OSError as error:
            if self._seen is not None and self._held is not None:
                return self._seen  # between two versions put there by hand: go on with what is held
            raise HomeError(f"there is no trust bundle at {self._path}", code="trust_missing") from error
        return (found.st_ino, found.st_mtime_ns, found.st_size)
