"""A printer behind a device file or a pipe.

The file must be a device or a pipe: a slip written into a regular file would leave the activation code on the disk.
"""

from __future__ import annotations

import contextlib
import os
import select
import stat
import termios
import time
from collections.abc import Iterator
from contextlib import contextmanager
from pathlib import Path

from kiosk.printer.errors import DeviceError
from kiosk.printer.link import ByteSink, Link

READ_SIZE = 64  # bytes: replies are one to seven bytes each


class FileSink(ByteSink):
    """A device file such as /dev/usb/lp0 (its driver hands replies back), or a pipe (which cannot answer)."""

    def __init__(self, path: str) -> None:
        self._path = path

    @contextmanager
    def open(self, timeout_s: float) -> Iterator[Link]:  # noqa: ARG002 - opening without waiting needs no time
        """Open the device without waiting for it."""
        descriptor, readable = self._descriptor()
        try:
            yield FileLink(descriptor, readable=readable)
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


class FileLink(Link):
    """An open device that is waited for, never blocked on."""

    def __init__(self, descriptor: int, *, readable: bool) -> None:
        self._descriptor = descriptor
        self.readable = readable

    def write(self, data: bytes, timeout_s: float) -> None:  # noqa: D102 - the port says it
        until = time.monotonic() + timeout_s
        rest = memoryview(data)
        while rest:
            taken = FileLink.offer(self, rest, until - time.monotonic())  # a question is asked even of a busy line
            if not taken and time.monotonic() >= until:
                raise DeviceError("the printer did not take the bytes in time")
            rest = rest[taken:]

    def offer(self, data: bytes | memoryview, timeout_s: float) -> int:  # noqa: D102 - the port says it
        try:
            if not self.wait(select.POLLOUT, timeout_s):
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

    def read(self, timeout_s: float) -> bytes:  # noqa: D102 - the port says it
        if not self.readable:
            return b""
        try:
            if not self.wait(select.POLLIN, timeout_s):
                return b""
            data = os.read(self._descriptor, READ_SIZE)
        except BlockingIOError:
            return b""
        except OSError as error:
            raise DeviceError("the printer's device file broke") from error
        if not data:
            raise DeviceError("the printer's device file ended")
        return data

    def wait(self, event: int, timeout_s: float) -> bool:
        """Whether the device takes or has bytes (``POLLOUT``, ``POLLIN``) within that time."""
        poll = select.poll()
        poll.register(self._descriptor, event)
        return bool(poll.poll(max(timeout_s, 0) * 1000))
