"""A thread that talks to cards. PC/SC has no time-out inside a command, so whoever waits for it does so with one.

Source: vitale.md §5 ("card/driver hangs inside an APDU": it blocks without end).
"""

from __future__ import annotations

import queue
import threading
from collections.abc import Callable


class CardWorker:
    """Does one piece of work after the other. A hung card holds it; it is a daemon, so it holds nothing else."""

    def __init__(self, name: str) -> None:
        self._works: queue.SimpleQueue[Callable[[], None] | None] = queue.SimpleQueue()
        self._thread = threading.Thread(target=self._run, name=name, daemon=True)
        self._thread.start()

    def start(self, work: Callable[[], None]) -> None:
        """Do it after what was started before. It must not raise: it keeps its own errors."""
        self._works.put(work)

    def retire(self) -> None:
        """End after what was already started, and wait for nothing."""
        self._works.put(None)

    def close(self, join_s: float) -> None:
        """Retire, and wait for the end at most so long."""
        self.retire()
        self._thread.join(join_s)

    def _run(self) -> None:
        while (work := self._works.get()) is not None:
            work()
            del work  # nothing of a card outlives its reading here
