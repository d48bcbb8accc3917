"""What a hand can do to the simulated printer: paper, cover, cutter, mains. Thread-safe; the line is a subclass's."""

from __future__ import annotations

import contextlib
import select
import socket
import threading
import time
from abc import ABC, abstractmethod
from collections.abc import Iterator
from contextlib import contextmanager
from dataclasses import replace
from typing import Self

from kiosk.printer.profile import PrinterProfile
from kiosk.printer.simulator.mechanism import Faults, Mechanism
from kiosk.printer.simulator.paper import Paper

READ_SIZE = 65_536


class ControlledPrinter(ABC):
    """A development stand-in for a printer, whatever line it hangs on. ``start`` and ``stop`` may be repeated."""

    def __init__(self, profile: PrinterProfile) -> None:
        self._mechanism = Mechanism(profile)
        self._lock = threading.RLock()
        self._thread: threading.Thread | None = None
        self._bell: socket.socket | None = None  # wakes the line's thread, while there is one
        self._running = False
        self._stalled = False
        self._half_open = False
        self._unheard = bytearray()  # came while half open: bytes that the printer has and has not looked at

    @property
    @abstractmethod
    def address(self) -> str:
        """For ``kiosk.printer.device.sink_from_address``."""

    @property
    def papers(self) -> tuple[Paper, ...]:
        """All paper that came out, cut or torn off, oldest first."""
        with self._lock:
            return tuple(self._mechanism.papers)

    @property
    def lines_printed(self) -> int:
        """Lines since it was made, those of a paper not yet cut included."""
        with self._lock:
            return self._mechanism.lines_printed

    @property
    def faults(self) -> Faults:
        """What is wrong with it now: a copy."""
        with self._lock:
            return replace(self._mechanism.faults)

    @property
    def is_idle(self) -> bool:
        """Whether nothing waits to be printed and nothing is unheard."""
        with self._lock:
            return self._mechanism.is_empty and not self._unheard

    @property
    def hangs(self) -> bool:
        """Whether something printed hangs in the slot, not cut off yet."""
        with self._lock:
            return self._mechanism.hangs

    @abstractmethod
    def start(self) -> Self:
        """Take the line up; harmless when it runs already."""

    @abstractmethod
    def stop(self) -> None:
        """Leave the line; what was printed stays readable. Harmless twice."""

    def __enter__(self) -> Self:
        return self.start()

    def __exit__(self, *_: object) -> None:
        self.stop()

    def paper_out(self, after_lines: int = 0) -> None:
        """Let the roll end, now or after that many more lines."""
        with self._changed() as faults:
            faults.paper_out = after_lines == 0
            faults.lines_left = after_lines or None

    def lines(self, left: int, low_at: int | None = None) -> None:
        """Say how many lines the roll has left; ``low_at`` lines before its end the near-end sensor sees it."""
        with self._changed() as faults:
            faults.lines_left, faults.low_at = left or None, low_at
            faults.paper_out = left == 0
            faults.paper_low = low_at is not None and left <= low_at

    def paper_low(self) -> None:
        """Let the roll come near its end."""
        with self._changed() as faults:
            faults.paper_low = True

    def load_paper(self) -> None:
        """Put a new roll in; the strip of the old one is gone with it."""
        with self._changed() as faults:
            self._mechanism.tear()
            faults.paper_out, faults.paper_low, faults.lines_left, faults.low_at = False, False, None, None

    def tear(self) -> None:
        """Tear off what hangs in the slot."""
        with self._changed():
            self._mechanism.tear()

    def cover_open(self) -> None:
        """Open the cover."""
        with self._changed() as faults:
            faults.cover_open = True

    def cover_close(self) -> None:
        """Close the cover; what waited comes out."""
        with self._changed() as faults:
            faults.cover_open = False

    def offline(self, on: bool = True) -> None:
        """Take it off line as its feed button does, or bring it back: it answers and prints nothing."""
        with self._changed() as faults:
            faults.offline = on

    def jam_cutter(self) -> None:
        """Let the next cut stick."""
        with self._changed() as faults:
            faults.cutter_jam = True

    def free_cutter(self) -> None:
        """Take out what jams the cutter."""
        with self._changed():
            self._mechanism.free_cutter()

    def overheat(self, on: bool = True) -> None:
        """Let the print head get too hot, or cool down: it goes on by itself."""
        with self._changed() as faults:
            faults.overheated = on

    def silent(self, on: bool = True) -> None:
        """Print, but answer nothing, like a print server that only forwards."""
        with self._changed() as faults:
            faults.silent = on

    def slow(self, seconds_per_line: float) -> None:
        """Take that long for each line."""
        with self._changed() as faults:
            faults.seconds_per_line = seconds_per_line

    def stall(self, on: bool = True) -> None:
        """Take no more bytes off the line, as flow control does: they wait where they are. Or go on."""
        with self._changed():
            self._stalled = on

    def half_open(self, on: bool = True) -> None:
        """Take every byte, do nothing, answer nothing, end nothing: the far end of a line that died. Or revive it.

        Revived, it looks at what it was sent meanwhile.
        """
        with self._changed():
            self._half_open = on

    def power_off(self) -> None:
        """Pull the plug: what was not printed is lost, and nobody is at the line."""
        with self._lock:
            self._mechanism.power_cycle()
            self._unheard.clear()
        self.stop()

    def power_on(self) -> None:
        """Plug it in again."""
        self.start()

    def reset(self) -> None:
        """No faults, no paper, nothing waiting: as new."""
        with self._lock:
            self._mechanism.power_cycle()
            self._mechanism.tear()
            self._mechanism.free_cutter()
            self._mechanism.papers.clear()
            self._unheard.clear()
        with self._changed():
            self._mechanism.faults = Faults()
            self._stalled = self._half_open = False

    def _answers_to(self, data: bytes) -> bytes:
        """Let the mechanism have these bytes, and those it did not hear before; what it says."""
        with self._lock:
            self._unheard += data
            if self._half_open:
                return b""
            heard = bytes(self._unheard)
            self._unheard.clear()
            return self._mechanism.receive(heard, time.monotonic())

    def _due_in(self) -> float | None:
        """Seconds until there is more to print; None: not before something happens."""
        with self._lock:
            due = None if self._half_open else self._mechanism.due
        return None if due is None else max(due - time.monotonic(), 0.0)

    @contextmanager
    def _changed(self) -> Iterator[Faults]:
        """Change the faults, then let the printer go on with what they held back."""
        with self._lock:
            yield self._mechanism.faults
            self._ring()

    def _ring(self) -> None:
        if self._bell is not None:
            # Full, it will ring anyway; broken, the line's thread saw by itself that it shall end.
            with contextlib.suppress(BlockingIOError, BrokenPipeError):
                self._bell.send(b"!")

    def _new_bell(self) -> socket.socket:
        """The ear of a new bell, for the line's thread."""
        self._bell, ear = socket.socketpair()
        self._bell.setblocking(False)
        return ear

    def _end_thread(self) -> None:
        """Ring, wait for the line's thread, put the bell away. Not under the lock: the thread takes it."""
        with self._lock:
            self._running = False
            thread, self._thread = self._thread, None
            self._ring()
        if thread is not None and thread is not threading.current_thread():
            thread.join()
        with self._lock:
            if self._bell is not None:
                self._bell.close()
                self._bell = None


def wait_for(sources: list[socket.socket] | list[int], ear: socket.socket, timeout_s: float | None) -> bool:
    """Whether one of the sources can be read; the bell's ringing is taken off the line."""
    ready, _, _ = select.select([*sources, ear], [], [], timeout_s)
    if ear in ready:
        ear.recv(READ_SIZE)
    return any(source in ready for source in sources)
