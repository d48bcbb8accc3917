"""The port between what is said to a printer and the way it goes: a sink opens one link a job."""

from __future__ import annotations

from abc import ABC, abstractmethod
from contextlib import AbstractContextManager


class Link(ABC):
    """One job's open way to the printer. Reading and writing raise ``DeviceError`` when it broke."""

    readable = True
    """False when no answer can ever come back on this way."""

    @abstractmethod
    def write(self, data: bytes, timeout_s: float) -> None:
        """Hand over all bytes, or raise when the printer does not take them in time."""

    def offer(self, data: bytes, timeout_s: float) -> int:
        """Hand over as many bytes as are taken in that time, and say how many: 0 when none are.

        A job is offered, so that it can be cancelled while the printer takes nothing. A way that knows no half writes
        hands over all or raises, as ``write`` does.
        """
        self.write(data, timeout_s)
        return len(data)

    @abstractmethod
    def read(self, timeout_s: float) -> bytes:
        """What the printer said since: at least one byte, or ``b""`` after that much silence."""

    def abandon(self) -> None:  # noqa: B027 - most ways keep nothing back
        """Forget what was taken from us and has not left this machine yet: else it is printed when the line is mended.

        What is written after this is handed over as before. Never raises.
        """


class ByteSink(ABC):
    """Where a printer is. Holds no open resource between jobs."""

    @abstractmethod
    def open(self, timeout_s: float) -> AbstractContextManager[Link]:
        """A link for one job, closed at the end of the block.

        Raises:
            DeviceError: nothing there, or not in time.
        """
