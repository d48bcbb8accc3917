"""The simulated printer behind a pseudo-terminal: what a device file or a serial line looks like from this side."""

from __future__ import annotations

import contextlib
import logging
import os
import socket
import threading
import tty
from typing import Self

from kiosk.printer.profile import TM_T20, PrinterProfile
from kiosk.printer.simulator.controls import READ_SIZE, ControlledPrinter, wait_for

logger = logging.getLogger(__name__)


class SimulatedPtyPrinter(ControlledPrinter):
    """A development stand-in for a printer on a line; ``path`` is the device file, the same over its whole life.

    Without power the line stays and its bytes are lost, as with a serial cable.
    """

    def __init__(self, *, profile: PrinterProfile = TM_T20) -> None:
        super().__init__(profile)
        self._near, self._far = os.openpty()  # the far end stays open, so that the line is there between two jobs
        tty.setraw(self._far)
        os.set_blocking(self._near, False)
        self.path = os.ttyname(self._far)
        self._powered = True

    @property
    def address(self) -> str:
        """For ``kiosk.printer.device.sink_from_address``."""
        return f"file:{self.path}"

    def start(self) -> Self:
        """Listen to the line; harmless when it does already."""
        with self._lock:
            if self._running:
                return self
            ear = self._new_bell()
            self._running = True
            self._thread = threading.Thread(target=self._serve, args=(ear,), name="simulated-pty-printer", daemon=True)
            self._thread.start()
        logger.warning("the simulated printer is a development stand-in: no paper comes out (%s)", self.path)
        return self

    def stop(self) -> None:
        """Leave the line; the device file goes with :meth:`close`. Harmless twice."""
        self._end_thread()

    def close(self) -> None:
        """Take the device file away; harmless twice."""
        self.stop()
        with contextlib.suppress(OSError):
            os.close(self._near)
            os.close(self._far)

    def __exit__(self, *_: object) -> None:
        self.close()

    def power_off(self) -> None:
        """Pull the plug: what was not printed is lost, what comes over the line falls on the floor."""
        with self._changed():
            self._mechanism.power_cycle()
            self._unheard.clear()
            self._powered = False

    def power_on(self) -> None:
        """Plug it in again."""
        with self._changed():
            self._powered = True

    def reset(self) -> None:  # noqa: D102 - as new, the mains too
        super().reset()
        self.power_on()

    def _serve(self, ear: socket.socket) -> None:
        with ear:
            while self._running:
                sources = [] if self._stalled else [self._near]
                data = b""
                if wait_for(sources, ear, self._due_in()) and not self._stalled:  # it may have changed meanwhile
                    data = self._read()
                if self._powered:
                    self._say(self._answers_to(data))

    def _read(self) -> bytes:
        try:
            return os.read(self._near, READ_SIZE)
        except BlockingIOError:
            return b""

    def _say(self, answers: bytes) -> None:
        with contextlib.suppress(BlockingIOError):  # nobody reads: a serial line drops what is not taken
            os.write(self._near, answers)
