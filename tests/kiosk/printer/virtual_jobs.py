"""Jobs of ``ThermalPrinter`` on a line of virtual time: a slip of twenty lines, and what can happen to a printer."""

from __future__ import annotations

from collections.abc import Callable

import msgspec

from kiosk.enrolment.ports import PrinterState, PrintOutcome, PrintResult
from kiosk.enrolment.slip import LineRole, Slip, SlipKind, SlipLine
from kiosk.printer.profile import TM_T20, Confirmation, PrinterProfile
from kiosk.printer.thermal import ThermalPrinter
from tests.fakes.printer_line import PrinterLine

LINES = 20
LINE_S = 0.04  # of the simulated printer: a little quicker than what a line is given
PRINTED = PrintOutcome(PrintResult.PRINTED, PrinterState.READY)
SILENCE = PrintOutcome(PrintResult.UNKNOWN, PrinterState.UNKNOWN)
SAYING = [Confirmation.PROCESS_ID, Confirmation.IN_ORDER, Confirmation.REAL_TIME]
Fault = Callable[[PrinterLine], None]


def paper_out(line: PrinterLine) -> None:
    line.mechanism.faults.paper_out = True


def cover_open(line: PrinterLine) -> None:
    line.mechanism.faults.cover_open = True


def offline(line: PrinterLine) -> None:
    line.mechanism.faults.offline = True


def overheated(line: PrinterLine) -> None:
    line.mechanism.faults.overheated = True


REFUSALS: list[tuple[Fault, PrinterState]] = [
    (paper_out, PrinterState.PAPER_OUT),
    (cover_open, PrinterState.COVER_OPEN),
    (offline, PrinterState.OFFLINE),
    (overheated, PrinterState.OFFLINE),
]


def slip(word: str = "SLIP") -> Slip:
    return Slip(SlipKind.ACKNOWLEDGEMENT, 1, tuple(SlipLine(LineRole.TEXT, f"{word} {n}") for n in range(LINES)))


def profile(confirmation: Confirmation = Confirmation.PROCESS_ID, **changes: object) -> PrinterProfile:
    return msgspec.structs.replace(TM_T20, confirmation=confirmation, **changes)


def rig(model: PrinterProfile, *, line_s: float = LINE_S) -> tuple[PrinterLine, ThermalPrinter]:
    line = PrinterLine(model)
    line.mechanism.faults.seconds_per_line = line_s
    return line, ThermalPrinter(line, model, clock=line.clock)


def failed(state: PrinterState) -> PrintOutcome:
    return PrintOutcome(PrintResult.FAILED, state)
