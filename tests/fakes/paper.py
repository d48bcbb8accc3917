"""A ``SlipPrinter`` that keeps the slips it was given, and says of each what the test told it to say."""

from __future__ import annotations

from kiosk.enrolment.ports import PrinterState, PrintOutcome, PrintResult, SlipPrinter
from kiosk.enrolment.slip import Slip

READY = PrintOutcome(PrintResult.PRINTED, PrinterState.READY)
NO_PAPER = PrintOutcome(PrintResult.FAILED, PrinterState.PAPER_OUT, may_be_on_paper=False)
TORN = PrintOutcome(PrintResult.FAILED, PrinterState.PAPER_OUT)
SILENT = PrintOutcome(PrintResult.UNKNOWN, PrinterState.UNKNOWN)


class FakeSlipPrinter(SlipPrinter):
    """``coming`` are the outcomes of the next slips, all is well when there are none; ``told`` are those before."""

    def __init__(self) -> None:
        self.coming: list[PrintOutcome] = []
        self.given: list[Slip] = []
        self.told: list[PrintOutcome] = []

    def state(self) -> PrinterState:
        return self.coming[0].state if self.coming else PrinterState.READY

    def print(self, slip: Slip) -> PrintOutcome:
        self.given.append(slip)
        self.told.append(self.coming.pop(0) if self.coming else READY)
        return self.told[-1]

    def close(self) -> None: ...
