"""What those who look after a terminal need of it: gauges, the self-check, and a way to start it again."""

from __future__ import annotations

import enum
from collections.abc import Callable, Iterable
from dataclasses import dataclass

from kiosk.enrolment.faults import Fault
from kiosk.enrolment.machine import CentralGauge, DiskGauge


class Level(enum.Enum):
    """How a finding counts. Only a FAULT keeps the terminal from enrolling."""

    OK = "ok"
    WARNING = "warning"
    FAULT = "fault"


@dataclass(frozen=True, slots=True)
class Finding:
    """One part of the machine and an engineer's sentence about it; ``fault`` names what an agent can read up on."""

    part: str
    level: Level
    sentence: str
    fault: Fault | None = None


@dataclass(frozen=True, slots=True)
class Upkeep:
    """``check`` looks at every part and may take some seconds; ``restart`` returns at once, the end comes after."""

    disk: DiskGauge
    central: CentralGauge
    check: Callable[[], Iterable[Finding]]
    restart: Callable[[], None]
