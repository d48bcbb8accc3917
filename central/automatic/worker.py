"""What central does about dossiers without being asked: opens those that are due, and looks for facts left waiting.

Run it beside the server (a thread), or once by hand (``python -m central open-due``); two at once do no harm: the
person's key decides who was first.
"""

from __future__ import annotations

import logging
from collections.abc import Callable
from dataclasses import dataclass
from datetime import datetime
from threading import Event

from sqlalchemy import Connection

from central.automatic.due import open_due
from central.engine import in_transaction
from central.intake.opening import Opener
from central.intake.service import IntakeParts
from central.intake.stage import Stage
from central.intake.waiting import forgotten, resume
from wire.configuration import Regime
from wire.identifiers import milliseconds

ROUND_S = 600.0
"""Seconds between two rounds: a dossier that opens by itself is in no hurry."""

_log = logging.getLogger("central.automatic")


@dataclass(frozen=True, slots=True)
class Opened:
    """What a round did: openings settled, and waiting facts looked at again."""

    due: int
    resumed: int


class OpeningsWorker:
    """Rounds of openings that nobody waits for."""

    def __init__(self, parts: IntakeParts, clock: Callable[[], datetime], *, round_s: float = ROUND_S) -> None:
        self._parts = parts
        self._clock = clock
        self._round_s = round_s
        self._opener = Opener(parts.keys, parts.authority)
        self._stage = Stage.of(parts.keys, parts.rules, parts.regime)

    def run(self, stop: Event) -> None:
        """Rounds until ``stop`` is set. A failure is logged by its class and tried again in the next round."""
        while not stop.is_set():
            try:
                done = self.round()
                if done.due or done.resumed:
                    _log.info("%d due openings settled, %d waiting facts looked at again", done.due, done.resumed)
            except Exception as error:  # noqa: BLE001 - the next round may succeed; the text may quote what was written
                _log.warning("openings put off: %s", type(error).__name__)
            stop.wait(self._round_s)

    def round(self) -> Opened:
        """Open all that is due now, where the regime opens by itself; then let left-behind facts take effect."""
        due = 0
        while self._parts.regime is Regime.OPT_OUT and (settled := in_transaction(self._parts.engine, self._open)):
            due += settled
        return Opened(due, in_transaction(self._parts.engine, self._resume))

    def _open(self, connection: Connection) -> int:
        now_ms = milliseconds(self._clock())
        settled = open_due(connection, self._parts.rules, shards=self._parts.shards, now_ms=now_ms)
        self._resume_for(connection, settled, now_ms)
        return len(settled)

    def _resume(self, connection: Connection) -> int:
        return self._resume_for(connection, forgotten(connection), milliseconds(self._clock()))

    def _resume_for(self, connection: Connection, people: list[bytes], now_ms: int) -> int:
        return resume(connection, self._opener, self._stage, people, shards=self._parts.shards, now_ms=now_ms)
