"""The simulated printer on a TCP port, with the controls a hand would have: paper, cover, mains.

One connection at a time, as real network printers do. Never logs what it prints.
"""

from __future__ import annotations

import contextlib
import logging
import select
import socket
import struct
import threading
import time
from collections.abc import Iterator
from contextlib import contextmanager
from typing import Self

from kiosk.printer.profile import TM_T20, PrinterProfile
from kiosk.printer.simulator.mechanism import Faults, Mechanism
from kiosk.printer.simulator.paper import Paper

logger = logging.getLogger(__name__)
READ_SIZE = 65_536
RESET_ON_CLOSE = struct.pack("ii", 1, 0)  # SO_LINGER of zero seconds: the peer sees a reset, as when mains fail


class SimulatedPrinter:
    """A development stand-in for a network printer; thread-safe, ``start`` and ``stop`` may be repeated.

    ``port`` 0 takes a free one; it stays the same over ``power_off`` and ``power_on``.
    """

    def __init__(self, host: str = "127.0.0.1", port: int = 0, *, profile: PrinterProfile = TM_T20) -> None:
        self.host = host
        self._port = port
        self._mechanism = Mechanism(profile)
        self._lock = threading.RLock()
        self._thread: threading.Thread | None = None
        self._connection: socket.socket | None = None
        self._bell: socket.socket | None = None  # wakes the server's thread, while there is one
        self._running = False

    @property
    def port(self) -> int:
        """The port it listens on, known after the first ``start``."""
        return self._port

    @property
    def address(self) -> str:
        """For ``kiosk.printer.device.sink_from_address``."""
        return f"tcp://{self.host}:{self._port}"

    @property
    def papers(self) -> tuple[Paper, ...]:
        """All paper that came out, oldest first."""
        with self._lock:
            return tuple(self._mechanism.papers)

    @property
    def lines_printed(self) -> int:
        """Lines since it was made, those of a paper not yet cut included."""
        with self._lock:
            return self._mechanism.lines_printed

    def start(self) -> Self:
        """Listen; harmless when it runs already."""
        with self._lock:
            if self._running:
                return self
            listener = socket.create_server((self.host, self._port))
            self._port = listener.getsockname()[1]
            self._bell, ear = socket.socketpair()
            self._bell.setblocking(False)
            self._running = True
            self._thread = threading.Thread(
                target=self._serve, args=(listener, ear), name="simulated-printer", daemon=True
            )
            self._thread.start()
        logger.warning("the simulated printer is a development stand-in: no paper comes out (port %d)", self._port)
        return self

    def stop(self) -> None:
        """Stop listening and end the connection; the paper stays. Harmless twice."""
        with self._lock:
            thread, self._thread, self._running = self._thread, None, False
            self._ring()
            bell, self._bell = self._bell, None
        if thread is not None and bell is not None:
            thread.join()
            bell.close()

    def __enter__(self) -> Self:
        return self.start()

    def __exit__(self, *_: object) -> None:
        self.stop()

    def paper_out(self, *, after_lines: int = 0) -> None:
        """Let the roll end now, or after that many more lines."""
        with self._changed() as faults:
            faults.paper_out = after_lines == 0
            faults.lines_left = after_lines or None

    def paper_low(self) -> None:
        """Let the roll come near its end."""
        with self._changed() as faults:
            faults.paper_low = True

    def load_paper(self) -> None:
        """Put a new roll in."""
        with self._changed() as faults:
            faults.paper_out, faults.paper_low, faults.lines_left = False, False, None

    def cover_open(self) -> None:
        """Open the cover."""
        with self._changed() as faults:
            faults.cover_open = True

    def cover_close(self) -> None:
        """Close the cover; what waited comes out."""
        with self._changed() as faults:
            faults.cover_open = False

    def silent(self, on: bool = True) -> None:
        """Print, but answer nothing, like a print server that only forwards."""
        with self._changed() as faults:
            faults.silent = on

    def slow(self, seconds_per_line: float) -> None:
        """Take that long for each line."""
        with self._changed() as faults:
            faults.seconds_per_line = seconds_per_line

    def power_off(self) -> None:
        """Pull the plug: the connection is reset, what was not printed is lost."""
        with self._lock:
            if self._connection is not None:
                self._connection.setsockopt(socket.SOL_SOCKET, socket.SO_LINGER, RESET_ON_CLOSE)
            self._mechanism.power_cycle()
        self.stop()

    def power_on(self) -> None:
        """Plug it in again, on the same port."""
        self.start()

    def reset(self) -> None:
        """No faults, no paper, nothing waiting: as new."""
        with self._lock:
            self._mechanism.power_cycle()
            self._mechanism.papers.clear()
        with self._changed():
            self._mechanism.faults = Faults()

    @contextmanager
    def _changed(self) -> Iterator[Faults]:
        """Change the faults, then let the printer go on with what they held back."""
        with self._lock:
            yield self._mechanism.faults
            self._ring()

    def _ring(self) -> None:
        if self._bell is not None:
            with contextlib.suppress(BlockingIOError):  # it will ring anyway: the bell is full
                self._bell.send(b"!")

    def _serve(self, listener: socket.socket, ear: socket.socket) -> None:
        with listener, ear:
            while self._running:
                if listener in _wait(listener, ear, None):
                    connection, _ = listener.accept()
                    connection.setsockopt(socket.IPPROTO_TCP, socket.TCP_NODELAY, 1)
                    with connection:
                        self._converse(connection, ear)
                else:
                    self._answer(None, b"")

    def _converse(self, connection: socket.socket, ear: socket.socket) -> None:
        with self._lock:
            self._connection = connection
        try:
            while self._running:
                data = b""
                if connection in _wait(connection, ear, self._due()):
                    data = connection.recv(READ_SIZE)
                    if not data:
                        return
                self._answer(connection, data)
        except OSError:
            return  # the terminal went away; the printer waits for the next
        finally:
            with self._lock:
                self._connection = None

    def _answer(self, connection: socket.socket | None, data: bytes) -> None:
        with self._lock:
            answers = self._mechanism.receive(data, time.monotonic())
        if answers and connection is not None:
            connection.sendall(answers)

    def _due(self) -> float | None:
        with self._lock:
            due = self._mechanism.due
        return None if due is None else max(due - time.monotonic(), 0.0)


def _wait(source: socket.socket, ear: socket.socket, timeout_s: float | None) -> list[socket.socket]:
    """What of the two can be read; the bell's ringing is taken off the line."""
    ready, _, _ = select.select([source, ear], [], [], timeout_s)
    if ear in ready:
        ear.recv(READ_SIZE)
    return ready
