"""The thread that looks at the slots, again and again, and the one that takes its place when a look never comes back.

Source: vitale.md §5, §6.3; tried: pcsc-lite 1.9.9 may never end a look during which its service died.
"""

from __future__ import annotations

import threading
from collections.abc import Callable
from time import monotonic

from kiosk.card_reader.connection import CardSlots, SlotsSnapshot

WATCH_S = 0.5  # longest wait for a change; a new look costs two round trips to the service
FROZEN_S = 8.0  # a look that has not come back for so long: the service is there and answers nobody
JOIN_S = 2.0  # longest wait for the thread at the end; a hung driver may hold it longer, as a daemon thread


class SlotWatch:
    """Looks from ``start`` until ``close`` and hands on what it sees; whoever asks for that asks ``is_answered`` too.

    1. A look that has not come back for ``frozen_s`` is left where it hangs, with all it holds of the service, and a
       fresh thread looks. What the left one brings after all is dropped, and its thread ends.
    2. Each look that still hangs doubles the patience with the next: a service that is frozen for a day costs thirteen
       threads until it answers, one look that the library has lost costs its own.

    Args:
        slots: where the cards are; its owner closes it, after this.
        seen: called with each snapshot, by one thread at a time; must not raise nor ask this watch.
        name: of its threads.
        frozen_s: seconds.
        now: seconds of a clock that never goes back.
    """

    def __init__(
        self,
        slots: CardSlots,
        seen: Callable[[SlotsSnapshot], None],
        *,
        name: str,
        frozen_s: float = FROZEN_S,
        now: Callable[[], float] = monotonic,
    ) -> None:
        self._slots = slots
        self._seen = seen
        self._name = name
        self._frozen_s = frozen_s
        self._now = now
        self._lock = threading.Lock()  # guards all below
        self._left: list[threading.Thread] = []  # they hung when they were left
        self._answered_at = self._since = now()
        self._stop = threading.Event()
        self._watcher = self._fresh()

    def start(self) -> None:
        """Begin to look."""
        self._watcher.start()

    def is_answered(self) -> bool:
        """Whether a look came back of late; returns at once, and sees to it that somebody looks."""
        with self._lock:
            now = self._now()
            self._left = [thread for thread in self._left if thread.is_alive()]
            if now - self._since > self._frozen_s * 2 ** len(self._left) and not self._stop.is_set():
                self._start_afresh(now)
            return now - self._answered_at <= self._frozen_s

    def close(self) -> None:
        """Stop looking and join the thread that looks; those that were left may hang on, as daemon threads."""
        with self._lock:
            self._stop.set()
            watcher = self._watcher
        self._slots.cancel()
        watcher.join(JOIN_S)

    def _start_afresh(self, now: float) -> None:
        self._slots.leave_look()
        self._left.append(self._watcher)
        self._since = now
        self._watcher = self._fresh()
        self._watcher.start()

    def _fresh(self) -> threading.Thread:
        return threading.Thread(target=self._look, name=self._name, daemon=True)

    def _look(self) -> None:
        while not self._stop.is_set():
            snapshot = self._slots.watch(WATCH_S)
            with self._lock:
                if threading.current_thread() is not self._watcher:
                    return
                self._answered_at = self._since = self._now()
                self._seen(snapshot)
