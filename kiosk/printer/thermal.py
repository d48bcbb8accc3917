"""The terminal's printer: one sink, one profile, jobs of several threads one after the other.

What a job is and what may be said of it stands in :mod:`kiosk.printer.attempt`; silence is never success.
"""

from __future__ import annotations

import contextlib
import secrets
import threading
import time
from collections.abc import Callable, Iterator

from kiosk.enrolment.ports import PrinterState, PrintOutcome, SlipPrinter
from kiosk.enrolment.slip import Slip
from kiosk.printer.attempt import Attempt, JobRules, untouched
from kiosk.printer.dialogue import Dialogue
from kiosk.printer.errors import DeviceError
from kiosk.printer.job import JOB_IDS, LINE_S, JobId, job_ids
from kiosk.printer.layout import SlipLayout
from kiosk.printer.leftover import Leftover
from kiosk.printer.link import ByteSink
from kiosk.printer.profile import PrinterProfile

DEADLINE_S = 8.0  # 40 cm take 2 s on a good printer, 7 s on the slowest; then the person is told to look at the paper
CONNECT_S = 3.0  # a printer on the same network takes milliseconds, and a person waits


class ThermalPrinter(SlipPrinter):
    """One printer behind one sink.

    ``deadline_s`` bounds the wait for the printer to be free, and then the job. ``refuses_silence``: send nothing to a
    printer that should answer and does not (for an office with a second one). ``line_s``: seconds a line is given
    where the printer cannot say that it is printed. ``jobs``: the ids of its jobs, from a random one on by default.
    """

    def __init__(
        self,
        sink: ByteSink,
        profile: PrinterProfile,
        *,
        deadline_s: float = DEADLINE_S,
        line_s: float = LINE_S,
        refuses_silence: bool = False,
        clock: Callable[[], float] = time.monotonic,
        jobs: Iterator[JobId] | None = None,
    ) -> None:
        self._sink = sink
        self._profile = profile
        self._rules = JobRules(deadline_s, line_s, refuses_silence)
        self._clock = clock
        self._jobs = job_ids(secrets.randbelow(JOB_IDS)) if jobs is None else jobs
        self._lock = threading.Lock()
        self._layout: SlipLayout | None = None
        self._leftover = Leftover(profile, clock)
        self._ending: threading.Event | None = None  # of the job under way: set when it is to end
        self._closed = False

    def warm_up(self) -> None:
        """Import python-escpos and make the layout now (0.4 s), so that the first slip does not wait for it."""
        with self._lock:
            self._laid_out()

    def state(self) -> PrinterState:
        """Ask the printer now. OFFLINE when it cannot be reached, UNKNOWN when it says nothing or is busy for us.

        What a former job may have left in it is thrown away first: the terminal asks every few seconds while nobody
        is served, so that a printer that comes back keeps nothing of anybody.
        """
        if not self._lock.acquire(timeout=self._rules.deadline_s):
            return PrinterState.UNKNOWN
        try:
            if self._closed:
                return PrinterState.UNKNOWN
            until = self._clock() + self._rules.deadline_s
            with self._sink.open(self._connect_s) as link:
                dialogue = Dialogue(link, self._profile, self._clock)
                self._leftover.throw_away(dialogue)
                return dialogue.state(until)
        except DeviceError:
            return PrinterState.OFFLINE
        finally:
            self._lock.release()

    def print(self, slip: Slip) -> PrintOutcome:
        """Print one slip.

        1. Lay it out; give the job an id and a deadline.
        2. Where a former job may have left something, have the printer forget it and wait until it says so.
        3. Ask the state; paper out, cover open or offline is refused before a byte leaves.
        4. Send all bytes, and after them a question that is answered only when they have been carried out.
        5. PRINTED when that answer came, for this job, and the state asked for after it is well. FAILED when the
           printer says no or the job was cancelled, UNKNOWN on silence: then what was not printed is taken back.
        Not checked: that the paper can be read, or was taken by the right person.

        Raises:
            LayoutError: the slip itself cannot be laid out; a fault of ours, never of the printer.
        """
        if not self._lock.acquire(timeout=self._rules.deadline_s):
            return untouched(PrinterState.UNKNOWN)
        ending = self._ending = threading.Event()
        try:
            if self._closed:
                return untouched(PrinterState.UNKNOWN)
            return self._job(self._laid_out().lay_out(slip), ending)
        finally:
            self._ending = None
            self._lock.release()

    def cancel(self) -> None:
        """End the job under way at once, from another thread; what was not printed is taken back."""
        ending = self._ending
        if ending is not None:
            ending.set()

    def close(self) -> None:
        """End the job under way and take no more; harmless twice."""
        self._closed = True
        self.cancel()
        with self._lock:
            self._layout = None

    @property
    def _connect_s(self) -> float:
        return min(CONNECT_S, self._rules.deadline_s)

    def _laid_out(self) -> SlipLayout:
        if self._layout is None:
            self._layout = SlipLayout(self._profile)
        return self._layout

    def _job(self, slip: bytes, ending: threading.Event) -> PrintOutcome:
        outcome = untouched(PrinterState.OFFLINE)
        # Nobody is there, or the link broke once all was said: the attempt itself never raises it.
        with contextlib.suppress(DeviceError), self._sink.open(self._connect_s) as link:
            dialogue = Dialogue(link, self._profile, self._clock, ending.is_set)
            attempt = Attempt(dialogue, self._profile, self._rules, self._leftover, self._jobs, self._clock)
            outcome = attempt.run(slip)
        return outcome
