"""The terminal's printer: lays out, sends, and says what became of the slip without ever calling silence success."""

from __future__ import annotations

import contextlib
import threading
import time
from collections.abc import Callable

from kiosk.enrolment.ports import PrinterState, PrintOutcome, PrintResult, SlipPrinter
from kiosk.enrolment.slip import Slip
from kiosk.printer import status
from kiosk.printer.dialogue import REPLY_S, Dialogue
from kiosk.printer.errors import DeviceError
from kiosk.printer.layout import SlipLayout
from kiosk.printer.link import ByteSink
from kiosk.printer.profile import Confirmation, PrinterProfile

REFUSING = frozenset({PrinterState.PAPER_OUT, PrinterState.COVER_OPEN, PrinterState.OFFLINE})
WELL = frozenset({PrinterState.READY, PrinterState.PAPER_LOW})
DEADLINE_S = 5.0  # a slip of 20 cm takes about 2 s; after this the person is told to look at the paper


class ThermalPrinter(SlipPrinter):
    """One printer behind one sink. Jobs and questions of several threads are taken one after the other."""

    def __init__(
        self,
        sink: ByteSink,
        profile: PrinterProfile,
        *,
        deadline_s: float = DEADLINE_S,
        clock: Callable[[], float] = time.monotonic,
    ) -> None:
        self._sink = sink
        self._profile = profile
        self._deadline_s = deadline_s
        self._clock = clock
        self._lock = threading.Lock()
        self._layout: SlipLayout | None = None
        self._closed = False

    def warm_up(self) -> None:
        """Import python-escpos and make the layout now (0.4 s), so that the first slip does not wait for it."""
        with self._lock:
            self._laid_out()

    def state(self) -> PrinterState:
        """Ask the printer now. OFFLINE when it cannot be reached, UNKNOWN when it says nothing or is busy for us."""
        until = self._clock() + self._deadline_s
        if not self._lock.acquire(timeout=self._deadline_s):
            return PrinterState.UNKNOWN
        try:
            if self._closed:
                return PrinterState.UNKNOWN
            with self._sink.open(until - self._clock()) as link:
                return Dialogue(link, self._clock).state(until)
        except DeviceError:
            return PrinterState.OFFLINE
        finally:
            self._lock.release()

    def print(self, slip: Slip) -> PrintOutcome:
        """Print one slip.

        1. Lay it out.
        2. Ask the state; paper out, cover open or offline is refused before a byte leaves.
        3. Send all bytes, and after them a question that is answered only when they have been carried out.
        4. PRINTED when that answer came and the state asked for after it is well. FAILED when the printer says no:
           it is then told to forget the rest, so that no half slip comes out for the next person. UNKNOWN on silence.
        Not checked: that the paper can be read, or was taken by the right person.

        Raises:
            LayoutError: the slip itself cannot be laid out; a fault of ours, never of the printer.
        """
        until = self._clock() + self._deadline_s
        if not self._lock.acquire(timeout=self._deadline_s):
            return PrintOutcome(PrintResult.FAILED, PrinterState.UNKNOWN, may_be_on_paper=False)
        try:
            if self._closed:
                return PrintOutcome(PrintResult.FAILED, PrinterState.UNKNOWN, may_be_on_paper=False)
            return self._job(self._laid_out().lay_out(slip), until)
        finally:
            self._lock.release()

    def close(self) -> None:
        """Wait for the job under way, then take no more; harmless twice."""
        with self._lock:
            self._closed = True
            self._layout = None

    def _laid_out(self) -> SlipLayout:
        if self._layout is None:
            self._layout = SlipLayout(self._profile)
        return self._layout

    def _job(self, data: bytes, until: float) -> PrintOutcome:
        try:
            with self._sink.open(until - self._clock()) as link:
                return self._attempt(Dialogue(link, self._clock), data, until)
        except DeviceError:
            return PrintOutcome(PrintResult.FAILED, PrinterState.OFFLINE)

    def _attempt(self, dialogue: Dialogue, data: bytes, until: float) -> PrintOutcome:
        before = dialogue.state(until)
        if before in REFUSING:
            return PrintOutcome(PrintResult.FAILED, before, may_be_on_paper=False)
        question = status.TRANSMIT_WHEN_REACHED if self._profile.confirmation is Confirmation.IN_ORDER else b""
        dialogue.send(data + question, until)
        try:
            return self._verdict(dialogue, before, until)
        except DeviceError:  # every byte had left: nobody knows what became of them
            return PrintOutcome(PrintResult.UNKNOWN, PrinterState.UNKNOWN)

    def _verdict(self, dialogue: Dialogue, before: PrinterState, until: float) -> PrintOutcome:
        """Wait for the answer that all is carried out, asking the state meanwhile so that a "no" is heard at once."""
        if not dialogue.answers:
            return PrintOutcome(PrintResult.UNKNOWN, PrinterState.UNKNOWN)
        last_question = until + REPLY_S  # a job done in the last instant may still be asked how the printer is
        if self._profile.confirmation is not Confirmation.IN_ORDER:
            return _settled(dialogue, before in WELL, dialogue.state(last_question))
        while True:
            done = dialogue.done(min(until, self._clock() + REPLY_S))
            state = dialogue.state(last_question)
            if done or state in REFUSING or self._clock() >= until:
                return _settled(dialogue, done, state)


def _settled(dialogue: Dialogue, done: bool, state: PrinterState) -> PrintOutcome:
    if state in REFUSING:
        with contextlib.suppress(DeviceError):  # it said no already; that it now went away changes nothing
            dialogue.discard()
        return PrintOutcome(PrintResult.FAILED, state)
    if done and state in WELL:
        return PrintOutcome(PrintResult.PRINTED, state)
    return PrintOutcome(PrintResult.UNKNOWN, state)
