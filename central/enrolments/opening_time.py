"""When a dossier was opened, although the terminal's clock may be wrong (invariant 12). Pure."""

from __future__ import annotations

import msgspec

from wire.records import Routing


class OpeningTime(msgspec.Struct, frozen=True, gc=False):
    """Milliseconds since 1970: what the terminal said, between which bounds it must lie, and what counts."""

    captured_ms: int
    earliest_ms: int
    received_ms: int

    @property
    def counted_ms(self) -> int:
        """The terminal's time clamped into the bound: what rate, period and counters go by."""
        return max(self.earliest_ms, min(self.captured_ms, self.received_ms))


def opening_time(routing: Routing, *, registered_ms: int, received_ms: int) -> OpeningTime:
    """Bound the terminal's time.

    Not before the last signed server time it had seen, plus what a clock nobody can set says had passed since; not
    before it was registered; not after central received the record. A floor in the future is a lie or a fault and
    bounds nothing beyond the arrival.
    """
    earliest = registered_ms
    if routing.floor_ms is not None:
        earliest = max(earliest, routing.floor_ms + max(0, routing.since_floor_ms or 0))
    return OpeningTime(routing.captured_ms, min(earliest, received_ms), received_ms)
