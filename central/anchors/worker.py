"""Anchors every hour, beside the server or alone; two at once make two anchors and do no harm."""

from __future__ import annotations

import logging
from collections.abc import Callable
from dataclasses import dataclass
from datetime import datetime
from pathlib import Path
from threading import Event

from cryptography.hazmat.primitives.asymmetric.ed25519 import Ed25519PrivateKey
from sqlalchemy import Connection, Engine

from central.anchors.service import anchor, last_ms, write_out
from central.engine import in_transaction
from wire.identifiers import milliseconds

HOUR_MS = 3_600_000
ROUND_S = 60.0
"""Seconds between two looks at the clock."""

_log = logging.getLogger("central.anchors")


@dataclass(frozen=True, slots=True)
class AnchorWorker:
    """Looks at the clock now and then; ``folder`` is where anchors are left to be copied away."""

    engine: Engine
    key: Ed25519PrivateKey
    folder: Path
    clock: Callable[[], datetime]
    round_s: float = ROUND_S

    def run(self, stop: Event) -> None:
        """Rounds until ``stop`` is set. A failure is logged by its class and tried again in the next round."""
        while not stop.is_set():
            try:
                self.round()
            except Exception as error:  # noqa: BLE001 - the next round may succeed
                _log.warning("anchor put off: %s", type(error).__name__)
            stop.wait(self.round_s)

    def round(self) -> int | None:
        """Anchor when the last one is an hour old; its number."""
        now_ms = milliseconds(self.clock())

        def work(connection: Connection) -> tuple[int, bytes] | None:
            if now_ms - last_ms(connection) < HOUR_MS:
                return None
            return anchor(connection, self.key, now_ms=now_ms)

        made = in_transaction(self.engine, work)
        if made is None:
            return None
        write_out(self.folder, *made)
        return made[0]
