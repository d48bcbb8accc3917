"""One reading of one card, in a thread apart: a card that hangs must not hang the counter.

Source: vitale.md §5: PC/SC has no time-out inside an APDU, so the wait is bounded out here. A job that missed its
deadline is abandoned: it sends no further command and its result is dropped when the driver lets go of it.
"""

from __future__ import annotations

import queue
import threading

from kiosk.card_reader.connection import CardConnection, CardResetError, CardSlots, SlotStatus
from kiosk.card_reader.vitale import CardConfusedError, read_card
from kiosk.enrolment.errors import CardError, CardFault
from kiosk.enrolment.holder import CardContents

BUSY_RETRIES = 10  # sharing violations, as the insurer's own library waits: 10 times 100 ms (vitale.md §5)
BUSY_PAUSE_S = 0.1
TRIES_AFTER_RESET = 2  # another program reset the card, or it said 6F00: once more from the start


class _Abandonable(CardConnection):
    """The connection of a job: refuses the next command once the job was given up."""

    def __init__(self, inner: CardConnection, abandoned: threading.Event) -> None:
        self._inner = inner
        self._abandoned = abandoned

    def begin(self) -> None:
        self._inner.begin()

    def transmit(self, command: bytes) -> tuple[bytes, int]:
        if self._abandoned.is_set():
            raise CardError(CardFault.TIMEOUT)
        return self._inner.transmit(command)

    def slot_token(self) -> int:
        return self._inner.slot_token()

    def end(self) -> None:
        self._inner.end()


class ReadJob:
    """The reading of one card; ``run`` belongs to the worker, the rest to who asked for it."""

    def __init__(self, slots: CardSlots, card: SlotStatus) -> None:
        self._slots = slots
        self._card = card
        self._abandoned = threading.Event()
        self._running = threading.Lock()  # held until the job is over: a latch, and the cheapest there is
        self._running.acquire()
        self._waits_for_turn = False  # behind the transaction of another program
        self._contents: CardContents | None = None
        self._error: BaseException | None = None

    def is_over(self, timeout_s: float) -> bool:
        """Whether the driver has let go of the job, within that time."""
        if self._running.acquire(timeout=timeout_s):
            self._running.release()
            return True
        return False

    def result(self, timeout_s: float) -> CardContents:
        """What was read.

        Raises:
            CardError: the card's fault; BUSY or TIMEOUT when the time is over.
        """
        if not self.is_over(timeout_s):
            self.abandon()
            raise CardError(CardFault.BUSY if self._waits_for_turn else CardFault.TIMEOUT)
        if self._error is not None:
            raise self._error
        assert self._contents is not None
        return self._contents

    def abandon(self) -> None:
        """Give the job up: it sends no further command."""
        self._abandoned.set()

    def run(self) -> None:
        """Read the card and keep what came of it."""
        try:
            self._contents = self._read_restarting()
        except BaseException as error:  # noqa: BLE001 - carried to the caller's thread, see ``result``
            self._error = error
        finally:
            self._running.release()

    def _read_restarting(self) -> CardContents:
        for _ in range(TRIES_AFTER_RESET - 1):
            try:
                return self._read_once()
            except (CardResetError, CardConfusedError):
                continue  # leaving the connection has reset the card
        return self._read_once()

    def _read_once(self) -> CardContents:
        connection = _Abandonable(self._connect(), self._abandoned)
        self._waits_for_turn = True
        with connection:
            self._waits_for_turn = False
            try:
                contents = read_card(connection, self._card.atr)
            except CardError as error:
                if error.fault is CardFault.PULLED:
                    self._demand_same_card(connection)
                raise
            self._demand_same_card(connection)
            return contents

    def _demand_same_card(self, connection: CardConnection) -> None:
        if connection.slot_token() != self._card.token:
            raise CardError(CardFault.SWAPPED)

    def _connect(self) -> CardConnection:
        for _ in range(BUSY_RETRIES):
            try:
                return self._slots.connect(self._card.name)
            except CardError as error:
                if error.fault is not CardFault.BUSY or self._abandoned.wait(BUSY_PAUSE_S):
                    raise
        return self._slots.connect(self._card.name)


class ReadWorker:
    """The one thread that talks to cards. A hung card holds it; nobody else waits for it but with a time-out."""

    def __init__(self) -> None:
        self._jobs: queue.SimpleQueue[ReadJob | None] = queue.SimpleQueue()
        self._thread = threading.Thread(target=self._work, name="card-read", daemon=True)
        self._thread.start()

    def start(self, job: ReadJob) -> None:
        """Run the job after those before it."""
        self._jobs.put(job)

    def close(self, join_s: float) -> None:
        """End after the jobs already started; wait for that at most so long."""
        self._jobs.put(None)
        self._thread.join(join_s)

    def _work(self) -> None:
        while (job := self._jobs.get()) is not None:
            job.run()
