"""A ``SlipPrinter`` that keeps the slips it was given, and says of each what the test told it to say."""

from __future__ import annotations

from kiosk.enrolment.ports import PrinterState, PrintOutcome, PrintResult, SlipPrinter
from kiosk.enrolment.slip import Slip

READY = PrintOutcome(PrintResult.PRINTED, PrinterState.READY)
NO_PAPER = PrintOutcome(PrintResult.FAILED, PrinterState.PAPER_OUT, may_be_on_paper=False)
TORN = PrintOutcome(PrintResult.FAILED, PrinterState.PAPER_OUT)
SILENT = PrintOutcome(PrintResult.UNKNOWN, PrinterState.UNKNOWN)


class FakeSlipPrinter(SlipPrinter):
    """``coming`` are the outcomes of the next slips; when it is empty all is well."""

    def __init__(self) -> None:
        self.coming: list[PrintOutcome] = []
        self.given: list[Slip] = []

    def state(self) -> PrinterState:
        return self.coming[0].state if self.coming else PrinterState.READY

    def print(self, slip: Slip) -> PrintOutcome:
        self.given.append(slip)
        return self.coming.pop(0) if self.coming else READY

    def close(self) -> None: ...
