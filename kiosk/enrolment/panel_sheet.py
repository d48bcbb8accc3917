"""What the agent's panel shows, as one frozen value."""

from __future__ import annotations

import enum
from dataclasses import dataclass

from kiosk.enrolment.machine import DeadRecord
from kiosk.enrolment.panel_rows import Row
from kiosk.enrolment.ports import DoubtfulSlip, PrintOutcome
from kiosk.enrolment.upkeep import Finding
from wire.identifiers import RecordId


class Task(enum.Enum):
    """What the panel is busy with."""

    PAPER = "paper"
    CHECK = "check"
    RESTART = "restart"


@dataclass(frozen=True, slots=True)
class PanelSheet:
    """What the panel shows. ``oldest``, ``dead`` and ``doubtful`` name records by id: sealed ones, of nobody."""

    rows: tuple[Row, ...] = ()
    oldest: tuple[RecordId, ...] = ()
    dead: tuple[DeadRecord, ...] = ()
    doubtful: tuple[DoubtfulSlip, ...] = ()
    task: Task | None = None
    paper: PrintOutcome | None = None
    findings: tuple[Finding, ...] = ()
