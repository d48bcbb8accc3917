"""A printer on a serial line, through pyserial, which is imported at the first job only.

Not through python-escpos' own connector: it drains the line when it is closed or forgotten, which waits for ever for a
printer that takes nothing (docs/decisions/0024-ways-to-a-printer.md).

Flow control is what keeps the printer's buffer from running over, and it is the printer's switches that decide which:

``dtr``   the printer lowers DTR when it is busy, which a straight printer cable leads to our DSR. Linux does nothing
          with that wire, so it is looked at here before each small piece of a job. Questions go out all the same: a
          printer that stands still for want of paper says "wait" and answers them.
``rts``   RTS/CTS, by the kernel.
``xon``   XON/XOFF, by the kernel. No answer of ESC/POS looks like either: their fixed bits see to that.
``none``  nothing: only for a line slower than the paper.

What the printer has not taken when the link is closed is thrown away: a line that is held would else give it to the
printer later, when the next person stands there.
"""

from __future__ import annotations

import enum
import os
import select
import time
from collections.abc import Callable, Iterator
from contextlib import contextmanager
from dataclasses import dataclass
from typing import Any

from kiosk.printer.device_file import FileLink
from kiosk.printer.errors import DeviceError
from kiosk.printer.link import ByteSink, Link

DEFAULT_BAUD = 38_400  # what Epson's serial models are delivered with
PIECE = 64  # bytes sent between two looks at DSR; a printer that says busy has room for more than that
LOOK_S = 0.005  # between two looks at a line that is held
DRAIN_S = 2.0  # what a closing line is given to send the rest: 4 kB at 19,200 baud


class Flow(enum.Enum):
    """How the printer says "wait"."""

    DTR = "dtr"
    RTS = "rts"
    XON = "xon"
    NONE = "none"


class Parity(enum.Enum):
    """The ninth bit; the value is pyserial's."""

    NONE = "N"
    EVEN = "E"
    ODD = "O"


@dataclass(frozen=True, slots=True)
class SerialLine:
    """How the line is set; must be what the printer's self-test prints. Eight bits always: the letters need them."""

    path: str
    baud: int = DEFAULT_BAUD
    flow: Flow = Flow.DTR
    parity: Parity = Parity.NONE


class SerialSink(ByteSink):
    """A printer on one serial line."""

    def __init__(self, line: SerialLine) -> None:
        self.line = line

    @contextmanager
    def open(self, timeout_s: float) -> Iterator[Link]:  # noqa: ARG002 - opening a line waits for nobody
        """Open and set the line; at the end let it send what it can, and throw the rest away."""
        device = self._device()
        link = SerialLink(device, self.line.flow)
        try:
            yield link
        finally:
            if not link.drain(DRAIN_S):
                link.abandon()
            device.close()

    def _device(self) -> Any:
        try:
            import serial  # noqa: PLC0415 - only there with the serial extra

            return serial.Serial(
                self.line.path,
                self.line.baud,
                parity=self.line.parity.value,
                timeout=0,
                xonxoff=self.line.flow is Flow.XON,
                rtscts=self.line.flow is Flow.RTS,
                exclusive=True,
            )
        except ImportError as error:
            raise DeviceError("a serial printer needs pyserial: install the extra named serial") from error
        except (OSError, ValueError) as error:  # pyserial's own errors are OSErrors
            raise DeviceError("the serial line cannot be opened") from error


class SerialLink(FileLink):
    """The open line. ``device`` is pyserial's port, already set."""

    def __init__(self, device: Any, flow: Flow) -> None:
        super().__init__(device.fileno(), readable=True)
        self._device = device
        self._flow = flow

    def offer(self, data: bytes | memoryview, timeout_s: float) -> int:
        """As many bytes as the printer wants; with DTR, a piece of them whenever it is ready."""
        if self._flow is not Flow.DTR:
            return super().offer(data, timeout_s)
        until = time.monotonic() + timeout_s
        if not self._comes_true(lambda: self._is_ready() and self._waiting() < PIECE, until):
            return 0
        return super().offer(data[:PIECE], max(until - time.monotonic(), 0.0))

    def drain(self, timeout_s: float) -> bool:
        """Whether the machine has sent all that it took, within that time. Never raises."""
        try:
            return self._comes_true(lambda: not self._waiting(), time.monotonic() + timeout_s)
        except DeviceError:
            return False

    def _waiting(self) -> int:
        """Bytes that are still in this machine."""
        try:
            return int(self._device.out_waiting)
        except OSError as error:
            raise DeviceError("the serial line broke") from error

    def _is_ready(self) -> bool:
        """Whether the printer's DTR, our DSR, is up; a line without such wires (a pseudo-terminal) is always ready."""
        try:
            return bool(self._device.dsr)
        except OSError:
            return os.isatty(self._device.fileno())

    @staticmethod
    def _comes_true(holds: Callable[[], bool], until: float) -> bool:
        while not holds():
            if time.monotonic() >= until:
                return False
            select.select([], [], [], LOOK_S)
        return True
