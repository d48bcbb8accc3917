"""The ways to a printer: TCP port 9100, a device file, USB; and the addresses that name them in the settings.

Each job opens its own link and closes it properly. A link is kept no longer than a job: a network printer serves one
connection at a time, and a printer that was switched off and on must be found again without a restart. Device files
must be devices or pipes: a slip written into a regular file would leave the activation code on the disk.
"""

from __future__ import annotations

import contextlib
import os
import select
import socket
import stat
import struct
import termios
import time
from collections.abc import Iterator
from contextlib import contextmanager
from pathlib import Path
from urllib.parse import urlsplit

from kiosk.printer.errors import AddressError, DeviceError
from kiosk.printer.link import ByteSink, Link
from kiosk.printer.usb import UsbSink

__all__ = ["FileSink", "NetworkSink", "UsbSink", "sink_from_address"]

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


class FileSink(ByteSink):
    """A device file such as /dev/usb/lp0 (its driver hands replies back), or a pipe (which cannot answer)."""

    def __init__(self, path: str) -> None:
        self._path = path

    @contextmanager
    def open(self, timeout_s: float) -> Iterator[Link]:  # noqa: ARG002 - opening without waiting needs no time
        """Open the device without waiting for it."""
        descriptor, readable = self._descriptor()
        try:
            yield _FileLink(descriptor, readable=readable)
        finally:
            os.close(descriptor)

    def _descriptor(self) -> tuple[int, bool]:
        try:
            mode = Path(self._path).stat().st_mode
            if not (stat.S_ISCHR(mode) or stat.S_ISFIFO(mode)):
                raise DeviceError("the printer's file is neither a device nor a pipe")
            readable = stat.S_ISCHR(mode)
            access = os.O_RDWR if readable else os.O_WRONLY
            return os.open(self._path, access | os.O_NONBLOCK | os.O_NOCTTY | os.O_CLOEXEC), readable
        except OSError as error:
            raise DeviceError("the printer's device file cannot be opened") from error


class _FileLink(Link):
    def __init__(self, descriptor: int, *, readable: bool) -> None:
        self._descriptor = descriptor
        self.readable = readable

    def write(self, data: bytes, timeout_s: float) -> None:
        until = time.monotonic() + timeout_s
        rest = memoryview(data)
        try:
            while rest:
                if not self._wait(select.POLLOUT, until - time.monotonic()):
                    raise DeviceError("the printer did not take the bytes in time")
                rest = rest[os.write(self._descriptor, rest) :]
        except OSError as error:
            raise DeviceError("the printer's device file broke") from error

    def offer(self, data: bytes, timeout_s: float) -> int:
        try:
            if not self._wait(select.POLLOUT, timeout_s):
                return 0
            return os.write(self._descriptor, data)
        except BlockingIOError:
            return 0
        except OSError as error:
            raise DeviceError("the printer's device file broke") from error

    def abandon(self) -> None:
        """A terminal line keeps what the other side has not taken; a pipe and /dev/usb/lp0 know no forgetting."""
        with contextlib.suppress(OSError, termios.error):
            termios.tcflush(self._descriptor, termios.TCOFLUSH)

    def read(self, timeout_s: float) -> bytes:
        if not self.readable:
            return b""
        try:
            if not self._wait(select.POLLIN, timeout_s):
                return b""
            data = os.read(self._descriptor, READ_SIZE)
        except BlockingIOError:
            return b""
        except OSError as error:
            raise DeviceError("the printer's device file broke") from error
        if not data:
            raise DeviceError("the printer's device file ended")
        return data

    def _wait(self, event: int, timeout_s: float) -> bool:
        poll = select.poll()
        poll.register(self._descriptor, event)
        return bool(poll.poll(max(timeout_s, 0) * 1000))


def sink_from_address(address: str) -> ByteSink:
    """The sink of ``tcp://host:9100``, ``usb://04b8:0202`` (hexadecimal) or ``file:/dev/usb/lp0``.

    Raises:
        AddressError: any other form.
    """
    try:
        parts = urlsplit(address)
        match parts.scheme:
            case "tcp" if parts.hostname:
                return NetworkSink(parts.hostname, parts.port or RAW_PRINTING_PORT)
            case "usb":
                vendor, product = parts.netloc.split(":")
                return UsbSink(int(vendor, 16), int(product, 16))
            case "file" if parts.path.startswith("/"):
                return FileSink(parts.path)
    except ValueError:
        pass
    raise AddressError("a printer address is tcp://host:9100, usb://vendor:product in hexadecimal, or file:/path")
