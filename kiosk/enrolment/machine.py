"""What the terminal can find out about itself: the ports for its disk and for its sending side, and what they tell.

Nothing here is of a person: counts, ages, stable codes and record ids.
"""

from __future__ import annotations

from abc import ABC, abstractmethod
from dataclasses import dataclass
from datetime import datetime, timedelta

from wire.identifiers import RecordId


class DiskGauge(ABC):
    """The disk under the terminal's folder."""

    @abstractmethod
    def free_bytes(self) -> int | None:
        """What is free for this process now; None when the disk cannot be asked. Never raises."""


@dataclass(frozen=True, slots=True)
class DeadRecord:
    """A record that central signed for as not to be kept; it lies here, sealed."""

    record_id: RecordId
    code: str


@dataclass(frozen=True, slots=True)
class CentralReading:
    """What the sending side knows now.

    ``clock_off``: how far the clock is ahead of the signed time (negative: behind), None when nobody can know.
    ``failure``: stable code of the last exchange, None when it went well or there was none; ``unreachable``: whether
    that code says that no word of central came back at all. ``oldest``: ids of the oldest waiting records.
    """

    clock_off: timedelta | None = None
    trust_until: datetime | None = None
    configuration_version: int | None = None
    configuration_confirmed_at: datetime | None = None
    last_contact_at: datetime | None = None
    failure: str | None = None
    unreachable: bool = False
    waiting: int = 0
    oldest: tuple[RecordId, ...] = ()
    dead: tuple[DeadRecord, ...] = ()


class CentralGauge(ABC):
    """The terminal's view of central, from its own disk and memory: nobody is asked over the network."""

    @abstractmethod
    def read(self) -> CentralReading:
        """All of it at one instant.

        Raises:
            kiosk.enrolment.errors.StoreError: the disk cannot be read.
        """
