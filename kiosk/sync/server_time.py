"""What time it is, as far as a terminal whose clock anybody may have set can know.

The floor is the latest time central has signed. With it goes how long ago that was by the monotonic clock, which
nobody can set; after a restart that is unknown. Each record carries both, so that central can bound its time
(invariant 12); the validity of documents is judged by the later of clock and floor.
"""

from __future__ import annotations

import threading
from collections.abc import Callable
from dataclasses import dataclass
from datetime import UTC, datetime, timedelta

from kiosk.sync.facts import Fact, Facts
from wire.identifiers import milliseconds, moment

Clock = Callable[[], datetime]
"""The terminal's clock: aware UTC."""

Monotonic = Callable[[], float]
"""Seconds since some moment, never set back."""


@dataclass(frozen=True, slots=True)
class Floor:
    """The last signed time, and the milliseconds since by the monotonic clock (None after a restart)."""

    floor_ms: int | None
    since_ms: int | None


class ServerTime:
    """The floor, kept durably, and the two clocks. Safe for threads."""

    def __init__(self, facts: Facts, clock: Clock, monotonic: Monotonic) -> None:
        self._facts = facts
        self._clock = clock
        self._monotonic = monotonic
        self._lock = threading.Lock()
        self._floor_ms = facts.number(Fact.FLOOR_MS)
        self._seen_at_s: float | None = None

    def learn(self, server_ms: int) -> None:
        """Take over a time that stood in an answer whose signature held; an earlier one changes nothing.

        The disk first, then memory, and never one lock inside the other: a commit asks for the floor too.
        Not checked here: the signature.
        """
        self._facts.raise_number(Fact.FLOOR_MS, server_ms)
        with self._lock:
            if self._floor_ms is None or server_ms >= self._floor_ms:
                self._floor_ms = server_ms
                self._seen_at_s = self._monotonic()

    def floor(self) -> Floor:
        """The floor now."""
        with self._lock:
            since = None if self._seen_at_s is None else int((self._monotonic() - self._seen_at_s) * 1000)
            return Floor(self._floor_ms, since)

    def clock(self) -> datetime:
        """The terminal's own clock, right or wrong."""
        return self._clock().astimezone(UTC)

    def now(self) -> datetime:
        """The later of the clock and the floor carried forward: for validity, never for a record's own time."""
        floor = self.floor()
        if floor.floor_ms is None:
            return self.clock()
        carried = moment(floor.floor_ms) + timedelta(milliseconds=floor.since_ms or 0)
        return max(self.clock(), carried)

    def clock_off(self) -> timedelta | None:
        """How far the clock is ahead of the signed time (negative: behind); None when nobody can know.

        Behind is known for ever after the first signed time. Ahead is known only while the monotonic clock tells how
        long ago that was: after a restart without network a clock may rightly show next month.
        """
        floor = self.floor()
        if floor.floor_ms is None:
            return None
        off = self.clock() - moment(floor.floor_ms) - timedelta(milliseconds=floor.since_ms or 0)
        return off if floor.since_ms is not None or off < timedelta(0) else None

    def stamp_ms(self) -> int:
        """The clock's time in the form of the wire, for ``sent_ms`` and ``asked_ms``."""
        return milliseconds(self.clock())
