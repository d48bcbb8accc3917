"""One reading of one card, in a thread apart: a card that hangs must not hang the counter.

Source: vitale.md §5: PC/SC has no time-out inside an APDU, so the wait is bounded out here. A job that missed its
deadline is abandoned: it sends no further command and its result is dropped when the driver lets go of it.
The worker only speaks with the card. Who asked makes sense of the files while it asks whether that is still the same
card, and has them while it resets the card for the next program (decision 25).
"""

from __future__ import annotations

import threading
from collections.abc import Callable
from time import monotonic

from kiosk.card_reader.card_files import CardConfusedError
from kiosk.card_reader.connection import CardConnection, CardResetError, CardSlots, SlotStatus
from kiosk.card_reader.vitale import read_files
from kiosk.card_reader.vitale_files import VitaleFiles, contents_of
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
        self.slot = card.name
        self._slots = slots
        self._card = card
        self._abandoned = threading.Event()
        self._fetching = _held()  # until there are files, or none to come
        self._checking = _held()  # until they are known to be of one card, or not to be
        self._running = _held()  # until the card is let go of
        self._is_connecting = False
        self._waits_for_turn = False  # behind the transaction of another program
        self._files: VitaleFiles | None = None
        self._checked: VitaleFiles | None = None
        self._error: BaseException | None = None

    def is_over(self, timeout_s: float) -> bool:
        """Whether the driver has let go of the job, within that time."""
        if self._running.acquire(timeout=timeout_s):
            self._running.release()
            return True
        return False

    def result(self, timeout_s: float, is_in_use: Callable[[], bool]) -> CardContents:
        """What was read, once it is known to be of one card, which is being reset then. One caller, once.

        PC/SC lets us wait for another program's transaction already when we connect: whether somebody has the card
        is then asked of ``is_in_use``, for a card that does not power up in time looks the same from here.

        Raises:
            CardError: the card's fault; BUSY or TIMEOUT when the time is over.
        """
        ends = monotonic() + timeout_s
        files = self._files if self._fetching.acquire(timeout=timeout_s) else None
        contents = contents_of(files, self._card.atr) if files is not None else None
        if not self._checking.acquire(timeout=max(0.0, ends - monotonic())):
            self.abandon()
            is_busy = self._waits_for_turn or (self._is_connecting and is_in_use())
            raise CardError(CardFault.BUSY if is_busy else CardFault.TIMEOUT)
        error, checked = self._error, self._checked
        self._error = self._files = self._checked = None  # the job is kept, what it read is not
        if error is not None:
            raise error
        assert checked is not None
        return contents if contents is not None and checked is files else contents_of(checked, self._card.atr)

    def abandon(self) -> None:
        """Give the job up: it sends no further command."""
        self._abandoned.set()

    def run(self) -> None:
        """Read the card and keep what came of it until ``result`` takes it."""
        try:
            self._fetch_restarting()
        except BaseException as error:  # noqa: BLE001 - carried to the caller's thread, see ``result``
            self._error = error
            _let_go(self._fetching)
            _let_go(self._checking)
        finally:
            if self._abandoned.is_set():
                self._error = self._files = self._checked = None  # nobody comes for them
            _let_go(self._running)

    def _fetch_restarting(self) -> None:
        for _ in range(TRIES_AFTER_RESET - 1):
            try:
                return self._fetch()
            except (CardResetError, CardConfusedError):
                continue  # leaving the connection has reset the card
        return self._fetch()

    def _fetch(self) -> None:
        self._is_connecting = True
        connection = _Abandonable(self._connect(), self._abandoned)
        self._is_connecting, self._waits_for_turn = False, True
        with connection:
            self._waits_for_turn = False
            try:
                files = read_files(connection, self._card.atr)
            except CardError as error:
                if error.fault is CardFault.PULLED:
                    self._demand_same_card(connection)
                raise
            self._files = files
            _let_go(self._fetching)
            self._demand_same_card(connection)
            self._checked = files
            _let_go(self._checking)

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


def _held() -> threading.Lock:
    """A latch, the cheapest there is: a lock that another thread lets go of."""
    latch = threading.Lock()
    latch.acquire()
    return latch


def _let_go(latch: threading.Lock) -> None:
    """Let go of a latch; a reading that began anew comes here twice."""
    if latch.locked():
        latch.release()
