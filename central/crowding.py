"""At most so many at once of what costs a processor: the rest is refused at once instead of holding a thread.

A neutral leaf. Argon2 is meant to be dear, and anybody may ask for one: without a bound, a hundred callers from a
hundred addresses keep every thread at it, and terminals or holders wait behind them.
"""

from __future__ import annotations

import threading
from collections.abc import Iterator
from contextlib import contextmanager

RETRY_AFTER_S = 2


class CrowdedError(Exception):
    """As many as may be are at it already; nothing was looked at or counted."""


class Places:
    """So many places; one instance a process, shared by its threads."""

    def __init__(self, number: int) -> None:
        self._free = threading.BoundedSemaphore(number)

    @contextmanager
    def one(self) -> Iterator[None]:
        """Hold a place while the block runs.

        Raises:
            CrowdedError: none is free; nobody waits for one.
        """
        if not self._free.acquire(blocking=False):
            raise CrowdedError
        try:
            yield
        finally:
            self._free.release()
