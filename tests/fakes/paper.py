"""A ``SlipPrinter`` that keeps the slips it was given, and says of each what the test told it to say."""

from __future__ import annotations

from kiosk.enrolment.ports import PRINTER_PARTS, PrinterState, PrintOutcome, PrintResult, SlipPrinter
from kiosk.enrolment.slip import Slip

READY = PrintOutcome(PrintResult.PRINTED, PrinterState.READY)
NO_PAPER = PrintOutcome(PrintResult.FAILED, PrinterState.PAPER_OUT, may_be_on_paper=False)
TORN = PrintOutcome(PrintResult.FAILED, PrinterState.PAPER_OUT)
SILENT = PrintOutcome(PrintResult.UNKNOWN, PrinterState.UNKNOWN)


class FakeSlipPrinter(SlipPrinter):
    """``coming`` are the outcomes of the next slips, all is well when there are none; ``told`` are those before.

    ``second`` is the state of a printer that would take over; None: there is none.
    """

    def __init__(self) -> None:
        self.coming: list[PrintOutcome] = []
        self.given: list[Slip] = []
        self.told: list[PrintOutcome] = []
        self.second: PrinterState | None = None

    def state(self) -> PrinterState:
        return self.coming[0].state if self.coming else PrinterState.READY

    def print(self, slip: Slip) -> PrintOutcome:
        self.given.append(slip)
        self.told.append(self.coming.pop(0) if self.coming else READY)
        return self.told[-1]

    def parts(self) -> tuple[tuple[str, PrinterState], ...]:
        names = zip(PRINTER_PARTS, (self.state(), self.second), strict=True)
        return tuple((name, state) for name, state in names if state is not None)

    def close(self) -> None: ...
