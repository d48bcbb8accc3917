"""A question to central that somebody waits for: an answer by the deadline, or nothing, and never a second thread."""

from __future__ import annotations

import threading
from collections.abc import Callable
from typing import Generic, TypeVar

T = TypeVar("T")


class Asker(Generic[T]):
    """One question at a time; a second one while the first hangs gets nothing at once.

    The link has its own deadline, but a name lookup or a trickle of headers has none: so a thread asks, and the caller
    waits no longer than it may.
    """

    def __init__(self, deadline_s: float) -> None:
        self._deadline_s = deadline_s
        self._asking = threading.Semaphore(1)

    def ask(self, question: Callable[[], T]) -> T | None:
        """What ``question`` returns, None when it does not in time; it must not raise."""
        if not self._asking.acquire(blocking=False):
            return None
        said: list[T] = []
        thread = threading.Thread(target=self._run, args=(question, said), daemon=True)
        thread.start()
        thread.join(self._deadline_s)
        return said[0] if said else None

    def _run(self, question: Callable[[], T], said: list[T]) -> None:
        try:
            said.append(question())
        finally:
            self._asking.release()
