"""The trust bundle that terminals fetch: read again when provisioning has put a newer one into central's home."""

from __future__ import annotations

import threading
from dataclasses import dataclass
from datetime import datetime
from pathlib import Path

from cryptography.hazmat.primitives.asymmetric.ed25519 import Ed25519PublicKey

from wire.errors import TrustError
from wire.records import sha256
from wire.trust import BUNDLE_LIMIT, open_bundle

_ETAG_DIGITS = 32


@dataclass(frozen=True, slots=True)
class ShownBundle:
    """A bundle that was verified: its bytes, its serial, its ETag (quoted, as in the header)."""

    document: bytes
    serial: int
    etag: str


class BundleShelf:
    """Shows the newest bundle in ``path`` that the pinned root signed."""

    def __init__(self, path: Path, root: Ed25519PublicKey) -> None:
        self._path = path
        self._root = root
        self._lock = threading.Lock()
        self._held: ShownBundle | None = None
        self._stamp: tuple[int, int] | None = None

    def current(self, now: datetime) -> ShownBundle:
        """The bundle to show.

        A file that is damaged, older than the one shown, or not the root's is not taken: the one held stays.

        Raises:
            TrustError: there is none that was ever good.
        """
        with self._lock:
            stat = self._path.stat() if self._path.exists() else None
            stamp = None if stat is None else (stat.st_mtime_ns, stat.st_size)
            if stamp is not None and stamp != self._stamp:
                self._stamp = stamp
                self._take(now)
            if self._held is None:
                raise TrustError("central has no trust bundle that the root signed", code="trust_root")
            return self._held

    def _take(self, now: datetime) -> None:
        document = self._path.read_bytes()[: BUNDLE_LIMIT + 1]
        lowest = 0 if self._held is None else self._held.serial
        try:
            bundle = open_bundle(document, self._root, now=now, lowest_serial=lowest)
        except TrustError:
            return
        self._held = ShownBundle(document, bundle.serial, f'"{sha256(document).hex()[:_ETAG_DIGITS]}"')
