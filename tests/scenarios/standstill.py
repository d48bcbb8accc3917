"""Whether the machine stood still: the terminal's own deadlines run on the real clock, and a person is rightly told.

A thread that wants to wake up twenty times a second notes by how much it came too late. Under a load that gives the
process no core for seconds, or on a virtual machine that is held, a card or a printer seems to be silent.
"""

from __future__ import annotations

import threading
import time
from typing import Self

_EVERY_S = 0.05


class Standstill:
    """Watches from ``with`` on; :meth:`longest_s` says the longest standstill since it was asked last."""

    def __init__(self) -> None:
        self._longest_s = 0.0
        self._end = threading.Event()
        self._thread = threading.Thread(target=self._watch, name="standstill", daemon=True)

    def __enter__(self) -> Self:
        self._thread.start()
        return self

    def __exit__(self, *_: object) -> None:
        self._end.set()
        self._thread.join()

    def longest_s(self) -> float:
        """Seconds; what lasts still counts when it is over."""
        longest, self._longest_s = self._longest_s, 0.0
        return longest

    def _watch(self) -> None:
        while True:
            asked = time.monotonic()
            if self._end.wait(_EVERY_S):
                return
            self._longest_s = max(self._longest_s, time.monotonic() - asked - _EVERY_S)
