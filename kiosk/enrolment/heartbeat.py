"""The beat of a terminal: looks at card and silence a few times a second, whether or not a browser is there."""

from __future__ import annotations

import logging
import threading

from kiosk.enrolment.session import EnrolmentSession

BEAT = 0.2  # seconds: a pulled card is noticed before the hand is gone
_log = logging.getLogger(__name__)


class Heartbeat:
    """A thread that ticks a session; ``stop`` ends it and waits for it."""

    def __init__(self, session: EnrolmentSession, *, every: float = BEAT) -> None:
        self._session = session
        self._every = every
        self._over = threading.Event()
        self._thread = threading.Thread(target=self._run, name="heartbeat", daemon=True)

    def start(self) -> None:
        """Begin to beat."""
        self._thread.start()

    def stop(self) -> None:
        """Stop; harmless twice."""
        self._over.set()
        if self._thread.is_alive():
            self._thread.join()

    def _run(self) -> None:
        while not self._over.wait(self._every):
            try:
                self._session.tick()
            except Exception as error:  # noqa: BLE001 - one bad beat must not stop the wipe of all later ones
                _log.error("a beat failed: %s", type(error).__name__)  # no traceback: it may hold a person
