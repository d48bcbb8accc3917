"""What is said to and fro over one open link: asks for the state, and waits for the word that a job is done.

Replies of the two kinds may arrive in any order, late, or between bytes nobody asked for; each byte is recognised by
its fixed bits (``kiosk.printer.status``) and kept until it is asked for.
"""

from __future__ import annotations

from collections import deque
from collections.abc import Callable

from kiosk.enrolment.ports import PrinterState
from kiosk.printer import status
from kiosk.printer.link import Link

REPLY_S = 0.5  # a printer answers DLE EOT in milliseconds; a Wi-Fi bridge may take tenths of a second


class Dialogue:
    """One link, one job. All instants are those of ``clock`` (monotonic seconds)."""

    def __init__(self, link: Link, clock: Callable[[], float]) -> None:
        self._link = link
        self._clock = clock
        self._replies: deque[int] = deque()
        self._in_order_replies: deque[int] = deque()

    @property
    def answers(self) -> bool:
        """False when no answer can come back on this way at all."""
        return self._link.readable

    def state(self, until: float) -> PrinterState:
        """Ask DLE EOT 1 to 4 one by one, so that each answer belongs to its question; UNKNOWN at the first silence.

        Raises:
            DeviceError: the link broke.
        """
        if not self._link.readable:
            return PrinterState.UNKNOWN
        self._replies.clear()
        replies = []
        for kind in status.KINDS:
            patience = min(until, self._clock() + REPLY_S)
            self._link.write(status.request(kind), patience - self._clock())
            if not self._listen(self._replies, patience):
                return PrinterState.UNKNOWN
            replies.append(self._replies.popleft())
        return status.parse(replies)

    def send(self, job: bytes, until: float) -> None:
        """Hand the job over. A word that a job is done counts only from here on.

        Raises:
            DeviceError: the printer did not take all of it in time.
        """
        self._in_order_replies.clear()
        self._link.write(job, until - self._clock())

    def done(self, until: float) -> bool:
        """Whether the answer to ``TRANSMIT_WHEN_REACHED`` came before that instant.

        Raises:
            DeviceError: the link broke.
        """
        return self._listen(self._in_order_replies, until)

    def discard(self) -> None:
        """Tell the printer to forget what it has not printed yet.

        Raises:
            DeviceError: the link broke.
        """
        self._link.write(status.DISCARD, REPLY_S)

    def _listen(self, wanted: deque[int], until: float) -> bool:
        while not wanted:
            left = until - self._clock()
            if left <= 0:
                return False
            for byte in self._link.read(left):
                self._sort(byte)
        return True

    def _sort(self, byte: int) -> None:
        if status.is_reply(byte):
            self._replies.append(byte)
        elif status.is_in_order_reply(byte):
            self._in_order_replies.append(byte)
