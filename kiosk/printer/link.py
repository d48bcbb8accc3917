"""The port between what is said to a printer and the way it goes: a sink opens one link a job."""

from __future__ import annotations

from abc import ABC, abstractmethod
from contextlib import AbstractContextManager


class Link(ABC):
    """One job's open way to the printer. Both methods raise ``DeviceError`` when it broke."""

    readable = True
    """False when no answer can ever come back on this way."""

    @abstractmethod
    def write(self, data: bytes, timeout_s: float) -> None:
        """Hand over all bytes, or raise when the printer does not take them in time."""

    @abstractmethod
    def read(self, timeout_s: float) -> bytes:
        """What the printer said since: at least one byte, or ``b""`` after that much silence."""


class ByteSink(ABC):
    """Where a printer is. Holds no open resource between jobs."""

    @abstractmethod
    def open(self, timeout_s: float) -> AbstractContextManager[Link]:
        """A link for one job, closed at the end of the block.

        Raises:
            DeviceError: nothing there, or not in time.
        """
