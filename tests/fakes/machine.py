"""Gauges that show what the test set, a self-check of its choice, and a restart that is only counted."""

from __future__ import annotations

from collections.abc import Iterable
from dataclasses import dataclass, field

from kiosk.enrolment.errors import StoreError
from kiosk.enrolment.machine import CentralGauge, CentralReading, DiskGauge
from kiosk.enrolment.upkeep import Finding, Level, Upkeep

GIGABYTE = 1 << 30


class FakeDiskGauge(DiskGauge):
    def __init__(self) -> None:
        self.free: int | None = 10 * GIGABYTE

    def free_bytes(self) -> int | None:
        return self.free


class FakeCentralGauge(CentralGauge):
    def __init__(self) -> None:
        self.reading = CentralReading()
        self.unreadable = False

    def read(self) -> CentralReading:
        if self.unreadable:
            raise StoreError("the disk cannot be read")
        return self.reading


@dataclass
class FakeUpkeep:
    """``port`` is what the session is given."""

    disk: FakeDiskGauge = field(default_factory=FakeDiskGauge)
    central: FakeCentralGauge = field(default_factory=FakeCentralGauge)
    findings: tuple[Finding, ...] = (Finding("disk", Level.OK, "Written and read."),)
    restarts: int = 0

    @property
    def port(self) -> Upkeep:
        return Upkeep(self.disk, self.central, self._check, self._restart)

    def _check(self) -> Iterable[Finding]:
        return iter(self.findings)

    def _restart(self) -> None:
        self.restarts += 1
