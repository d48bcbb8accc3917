"""Two virtual slots of one machine, as a counter has them: seen, read and shared as one ``CardSlots``."""

from __future__ import annotations

import threading
from time import monotonic

from kiosk.card_reader.connection import CardConnection, CardSlots, SlotsSnapshot
from kiosk.card_reader.virtual.slot import VirtualSlots

_LOOK_S = 0.001


class SideBySide(CardSlots):
    """The slots given stay the hands' own way in."""

    def __init__(self, *slots: VirtualSlots) -> None:
        self._slots = {status.name: slot for slot in slots for status in slot.watch(0).slots}
        self._seen: SlotsSnapshot | None = None
        self._cancelled = threading.Event()

    def watch(self, timeout_s: float) -> SlotsSnapshot:
        ends = monotonic() + timeout_s
        while (now := self._look()) == self._seen and not self._cancelled.wait(_LOOK_S) and monotonic() < ends:
            continue
        self._cancelled.clear()
        self._seen = now
        return now

    def connect(self, slot: str) -> CardConnection:
        return self._slots[slot].connect(slot)

    def cancel(self) -> None:
        self._cancelled.set()

    def close(self) -> None:
        for slot in self._slots.values():
            slot.close()
        self.cancel()

    def _look(self) -> SlotsSnapshot:
        return SlotsSnapshot(True, tuple(one for slot in self._slots.values() for one in slot.watch(0).slots))
