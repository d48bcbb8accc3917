"""The beats of a terminal, whether or not a browser is there.

A quick one looks at card and silence, a slow one asks printer and disk how they are: two threads, so that a printer
that thinks for seconds never delays a wipe.
"""

from __future__ import annotations

import logging
import threading
from collections.abc import Callable

BEAT = 0.2  # seconds: a pulled card is noticed before the hand is gone
_log = logging.getLogger(__name__)


class Heartbeat:
    """A thread that does the same thing again and again; ``stop`` ends it and waits for it. The first is at once."""

    def __init__(self, beat: Callable[[], None], *, every: float = BEAT, name: str = "heartbeat") -> None:
        self._beat = beat
        self._every = every
        self._over = threading.Event()
        self._thread = threading.Thread(target=self._run, name=name, daemon=True)

    def start(self) -> None:
        """Begin to beat."""
        self._thread.start()

    def stop(self) -> None:
        """Stop; harmless twice."""
        self._over.set()
        if self._thread.is_alive():
            self._thread.join()

    def _run(self) -> None:
        while not self._over.is_set():
            try:
                self._beat()
            except Exception as error:  # noqa: BLE001 - one bad beat must not stop the wipe of all later ones
                _log.error("a beat failed: %s", type(error).__name__)  # no traceback: it may hold a person
            self._over.wait(self._every)
