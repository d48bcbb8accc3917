"""The simulated printer on a TCP port.

One connection at a time, as real network printers do. Never logs what it prints.
"""

from __future__ import annotations

import contextlib
import logging
import socket
import struct
import threading
from typing import Self

from kiosk.printer.profile import TM_T20, PrinterProfile
from kiosk.printer.simulator.controls import READ_SIZE, ControlledPrinter, wait_for

logger = logging.getLogger(__name__)
RESET_ON_CLOSE = struct.pack("ii", 1, 0)  # SO_LINGER of zero seconds: the peer sees a reset, as when mains fail


class SimulatedPrinter(ControlledPrinter):
    """A development stand-in for a network printer; thread-safe, ``start`` and ``stop`` may be repeated.

    ``port`` 0 takes a free one; it stays the same over ``power_off`` and ``power_on``.
    """

    def __init__(self, host: str = "127.0.0.1", port: int = 0, *, profile: PrinterProfile = TM_T20) -> None:
        super().__init__(profile)
        self.host = host
        self._port = port
        self._connection: socket.socket | None = None
        self._dead_ends: list[socket.socket] = []  # connections whose end was not heard, because the line is half open
        self._busy = False
        self._bytes_to_reset: int | None = None

    @property
    def port(self) -> int:
        """The port it listens on, known after the first ``start``."""
        return self._port

    @property
    def address(self) -> str:
        """For ``kiosk.printer.device.sink_from_address``."""
        return f"tcp://{self.host}:{self._port}"

    def start(self) -> Self:
        """Listen; harmless when it runs already."""
        with self._lock:
            if self._running:
                return self
            listener = socket.create_server((self.host, self._port))
            self._port = listener.getsockname()[1]
            ear = self._new_bell()
            self._running = True
            self._thread = threading.Thread(
                target=self._serve, args=(listener, ear), name="simulated-printer", daemon=True
            )
            self._thread.start()
        logger.warning("the simulated printer is a development stand-in: no paper comes out (port %d)", self._port)
        return self

    def stop(self) -> None:
        """Stop listening and end the connection; the paper stays. Harmless twice."""
        self._end_thread()
        self._close_dead_ends()

    def power_off(self) -> None:
        """Pull the plug: the connection is reset, what was not printed is lost."""
        with self._lock:
            if self._connection is not None:
                self._connection.setsockopt(socket.SOL_SOCKET, socket.SO_LINGER, RESET_ON_CLOSE)
        super().power_off()

    def busy(self, on: bool = True) -> None:
        """Serve another host: a new connection waits unanswered. Or be free again."""
        with self._changed():
            self._busy = on

    def reset_after(self, count: int) -> None:
        """Break the connection with a reset once so many more bytes came; once."""
        with self._changed():
            self._bytes_to_reset = count

    def reset(self) -> None:  # noqa: D102 - as new, the line too
        super().reset()
        with self._changed():
            self._busy, self._bytes_to_reset = False, None
        self._close_dead_ends()

    def half_open(self, on: bool = True) -> None:  # noqa: D102 - the line's far end is closed when it revives
        super().half_open(on)
        if not on:
            self._close_dead_ends()

    def _serve(self, listener: socket.socket, ear: socket.socket) -> None:
        with listener, ear:
            while self._running:
                free = [] if self._busy else [listener]
                if not wait_for(free, ear, self._due_in()) or self._busy:  # it may have changed meanwhile
                    self._answers_to(b"")
                    continue
                connection, _ = listener.accept()
                connection.setsockopt(socket.IPPROTO_TCP, socket.TCP_NODELAY, 1)
                self._converse(connection, ear)

    def _converse(self, connection: socket.socket, ear: socket.socket) -> None:
        with self._lock:
            self._connection = connection
        try:
            while self._running and self._exchange(connection, ear):
                pass
        except OSError:
            pass  # the terminal went away; the printer waits for the next
        finally:
            with self._lock:
                self._connection = None
                if self._half_open:
                    self._dead_ends.append(connection)
                else:
                    connection.close()

    def _exchange(self, connection: socket.socket, ear: socket.socket) -> bool:
        """Hear and answer once; False when this connection is over."""
        data = b""
        if wait_for([] if self._stalled else [connection], ear, self._due_in()) and not self._stalled:
            data = connection.recv(READ_SIZE)
            if not data:
                return False
            data, is_over = self._up_to_the_reset(data)
            if is_over:
                self._answers_to(data)
                connection.setsockopt(socket.SOL_SOCKET, socket.SO_LINGER, RESET_ON_CLOSE)
                return False
        answers = self._answers_to(data)
        if answers:
            connection.sendall(answers)
        return True

    def _up_to_the_reset(self, data: bytes) -> tuple[bytes, bool]:
        with self._lock:
            if self._bytes_to_reset is None:
                return data, False
            heard = data[: self._bytes_to_reset]
            self._bytes_to_reset -= len(heard)
            is_over = self._bytes_to_reset <= 0
            if is_over:
                self._bytes_to_reset = None
            return heard, is_over

    def _close_dead_ends(self) -> None:
        with self._lock:
            ends, self._dead_ends = self._dead_ends, []
        for end in ends:
            with contextlib.suppress(OSError):
                end.close()
