"""Two printers behind the one port: the second takes over where nothing can be on the first one's paper."""

from __future__ import annotations

from kiosk.enrolment.ports import PRINTER_PARTS, PrinterState, PrintOutcome, PrintResult, SlipPrinter
from kiosk.enrolment.slip import Slip
from kiosk.printer.thermal import ThermalPrinter

_BEST_FIRST = (
    PrinterState.READY,
    PrinterState.PAPER_LOW,
    PrinterState.UNKNOWN,
    PrinterState.PAPER_OUT,
    PrinterState.COVER_OPEN,
    PrinterState.OFFLINE,
)


class FallbackPrinter(SlipPrinter):
    """The office's printer and the one that stands in for it. Never both for one job unless the first took no byte."""

    def __init__(self, first: ThermalPrinter, second: ThermalPrinter) -> None:
        self._first = first
        self._second = second
        self._cancels = 0

    def warm_up(self) -> None:
        """Load what the first slip would wait for."""
        self._first.warm_up()
        self._second.warm_up()

    def state(self) -> PrinterState:
        """The better of the two: one that can print is enough. The second is asked only when the first is not ready."""
        state = self._first.state()
        return state if state is PrinterState.READY else min(state, self._second.state(), key=_BEST_FIRST.index)

    def parts(self) -> tuple[tuple[str, PrinterState], ...]:
        """Both, by name; blocks for as long as both take."""
        return tuple(zip(PRINTER_PARTS, (self._first.state(), self._second.state()), strict=True))

    def print(self, slip: Slip) -> PrintOutcome:
        """Print one slip on the first, or, where it refused before a byte left, on the second.

        When neither took a byte, what the first one said is told: it is the one to be mended.

        Raises:
            kiosk.printer.errors.LayoutError: the slip itself cannot be laid out.
        """
        cancels = self._cancels
        refused = self._first.print(slip)
        if not _took_nothing(refused) or self._cancels != cancels:
            return refused
        outcome = self._second.print(slip)
        return refused if _took_nothing(outcome) else outcome

    def cancel(self) -> None:
        """End the job under way, on whichever of the two it is; it does not go on to the other."""
        self._cancels += 1
        self._first.cancel()
        self._second.cancel()

    def close(self) -> None:
        """End the job under way and take no more; harmless twice."""
        self._first.close()
        self._second.close()


def _took_nothing(outcome: PrintOutcome) -> bool:
    return outcome.result is PrintResult.FAILED and not outcome.may_be_on_paper
