"""A hard end for work with a foreign server: a lookup or a trickle of bytes has no time-out of its own."""

from __future__ import annotations

import logging
import threading
from collections.abc import Callable

from central.messaging.errors import NotSentError

_log = logging.getLogger(__name__)

AT_ONCE = 8
"""Messages that may be under way together; one more is refused at once, so that threads cannot pile up."""


class Deadline:
    """Runs a job in a thread of its own and waits no longer than it may."""

    def __init__(self, seconds: float, *, at_once: int = AT_ONCE) -> None:
        self._seconds = seconds
        self._places = threading.BoundedSemaphore(at_once)

    def run(self, job: Callable[[], None]) -> None:
        """Return when the job is done.

        A job that is late goes on in its daemon thread until its own socket time-outs end it, and keeps its place
        until then.

        Raises:
            NotSentError: ``busy``: no place is free; ``silent``: not done in time; or what the job raised.
        """
        if not self._places.acquire(blocking=False):
            raise NotSentError("too many messages hang already", code="busy")
        ended: list[NotSentError | None] = []
        thread = threading.Thread(target=self._run, args=(job, ended), daemon=True)
        thread.start()
        thread.join(self._seconds)
        if not ended:
            raise NotSentError("no answer by the deadline", code="silent")
        if ended[0] is not None:
            raise ended[0]

    def _run(self, job: Callable[[], None], ended: list[NotSentError | None]) -> None:
        result: NotSentError | None = None
        try:
            job()
        except NotSentError as error:
            result = error
        except Exception as error:  # noqa: BLE001 - whatever it is, its text may quote the message: its class says enough
            _log.error("%s while a message was handed over", type(error).__name__)
            result = NotSentError("the message could not be handed over")
        finally:
            self._places.release()
            ended.append(result)
