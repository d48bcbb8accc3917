"""A printer on the network: raw bytes over TCP, port 9100.

A link is kept no longer than a job: a network printer serves one connection at a time, and a printer that was
switched off and on must be found again without a restart.
"""

from __future__ import annotations

import contextlib
import socket
import struct
import time
from collections.abc import Iterator
from contextlib import contextmanager

from kiosk.printer.errors import DeviceError
from kiosk.printer.link import ByteSink, Link

RAW_PRINTING_PORT = 9100
READ_SIZE = 64  # bytes: replies are one to three bytes each
RESET_ON_CLOSE = struct.pack("ii", 1, 0)  # SO_LINGER of zero seconds
LINGER_S = 0.3  # how long a closing TCP link waits for the printer to close its end, so that no byte is cut off


class NetworkSink(ByteSink):
    """A printer that takes raw bytes over TCP."""

    def __init__(self, host: str, port: int = RAW_PRINTING_PORT) -> None:
        self._address = (host, port)

    @contextmanager
    def open(self, timeout_s: float) -> Iterator[Link]:
        """Connect; the link's other end is told that no more comes before it is closed."""
        try:
            connection = socket.create_connection(self._address, timeout=timeout_s)
        except OSError as error:
            raise DeviceError("the network printer cannot be reached") from error
        try:
            connection.setsockopt(socket.IPPROTO_TCP, socket.TCP_NODELAY, 1)
            yield _SocketLink(connection)
        finally:
            _close_gently(connection)


class _SocketLink(Link):
    def __init__(self, connection: socket.socket) -> None:
        self._connection = connection

    def write(self, data: bytes, timeout_s: float) -> None:
        try:
            self._connection.settimeout(max(timeout_s, 0.001))
            self._connection.sendall(data)  # the time limit holds for all of it together
        except OSError as error:
            raise DeviceError("the network printer did not take the bytes") from error

    def offer(self, data: bytes, timeout_s: float) -> int:
        try:
            self._connection.settimeout(max(timeout_s, 0.001))
            return self._connection.send(data)
        except TimeoutError:
            return 0
        except OSError as error:
            raise DeviceError("the network printer did not take the bytes") from error

    def abandon(self) -> None:
        """Close with a reset, later: else the kernel goes on delivering for minutes what the printer did not take."""
        with contextlib.suppress(OSError):
            self._connection.setsockopt(socket.SOL_SOCKET, socket.SO_LINGER, RESET_ON_CLOSE)

    def read(self, timeout_s: float) -> bytes:
        try:
            self._connection.settimeout(max(timeout_s, 0.001))
            data = self._connection.recv(READ_SIZE)
        except TimeoutError:
            return b""
        except OSError as error:
            raise DeviceError("the network printer broke the connection") from error
        if not data:
            raise DeviceError("the network printer closed the connection")
        return data


def _close_gently(connection: socket.socket) -> None:
    """Say that no more comes, let the printer read to the end, then close.

    Closing with unread replies would send a reset, and a reset makes some printers throw the rest of the job away.
    """
    until = time.monotonic() + LINGER_S
    with connection, contextlib.suppress(OSError):
        if connection.getsockopt(socket.SOL_SOCKET, socket.SO_LINGER, len(RESET_ON_CLOSE)) == RESET_ON_CLOSE:
            return
        connection.shutdown(socket.SHUT_WR)
        while (left := until - time.monotonic()) > 0:
            connection.settimeout(left)
            if not connection.recv(READ_SIZE):
                break
