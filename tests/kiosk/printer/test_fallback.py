from __future__ import annotations

from collections.abc import Callable

import pytest

from kiosk.enrolment.ports import PRINTER_PARTS, PrinterState, PrintOutcome, PrintResult
from kiosk.printer.fallback import FallbackPrinter
from kiosk.printer.profile import TM_T20, Confirmation
from kiosk.printer.thermal import ThermalPrinter
from tests.fakes.printer_line import PrinterLine
from tests.kiosk.printer.virtual_jobs import PRINTED, cover_open, failed, offline, paper_out, profile, slip

Fault = Callable[[PrinterLine], None]


class Office:
    """Two printers of virtual time; ``end`` is run in the middle of the first one's job."""

    def __init__(self) -> None:
        model = profile(Confirmation.PROCESS_ID)
        self.first, self.second = PrinterLine(model), PrinterLine(model)
        self.printer = FallbackPrinter(
            ThermalPrinter(self.first, model, clock=self.first.clock, refuses_silence=True),
            ThermalPrinter(self.second, model, clock=self.second.clock),
        )

    @property
    def lines(self) -> tuple[int, int]:
        return self.first.lines_bearing("SLIP"), self.second.lines_bearing("SLIP")


@pytest.fixture
def office() -> Office:
    return Office()


def gone(line: PrinterLine) -> None:
    line.is_reachable = False


def silent(line: PrinterLine) -> None:
    line.mechanism.faults.silent = True


def half_open(line: PrinterLine) -> None:
    line.is_half_open = True


def stalled(line: PrinterLine) -> None:
    line.is_stalled = True


def test_the_second_stands_idle_while_the_first_is_well(office: Office) -> None:
    assert office.printer.print(slip()) == PRINTED
    assert office.lines == (20, 0)


@pytest.mark.parametrize(
    "fault",
    [paper_out, cover_open, offline, gone, silent, half_open, stalled],
    ids=lambda fault: fault.__name__,
)
def test_a_first_that_took_no_byte_is_stood_in_for(office: Office, fault: Fault) -> None:
    fault(office.first)
    outcome = office.printer.print(slip())
    office.first.mend()

    assert outcome == PRINTED
    assert office.lines == (0, 20)


@pytest.mark.parametrize("fault", [paper_out, cover_open, silent, half_open, PrinterLine.break_link])
def test_a_slip_that_may_be_on_the_firsts_paper_is_never_printed_on_the_second(office: Office, fault: Fault) -> None:
    office.first.mechanism.faults.seconds_per_line = 0.02
    office.first.at_line(3, lambda: fault(office.first))
    outcome = office.printer.print(slip())

    assert outcome.result is not PrintResult.PRINTED
    assert outcome.may_be_on_paper
    assert office.lines[1] == 0


def test_when_neither_takes_a_byte_the_first_one_is_told(office: Office) -> None:
    cover_open(office.first)
    paper_out(office.second)

    assert office.printer.print(slip()) == PrintOutcome(
        PrintResult.FAILED, PrinterState.COVER_OPEN, may_be_on_paper=False
    )


def test_a_second_that_fails_in_the_middle_is_told_as_it_is(office: Office) -> None:
    paper_out(office.first)
    office.second.mechanism.faults.seconds_per_line = 0.02
    office.second.at_line(3, lambda: cover_open(office.second))

    assert office.printer.print(slip()) == failed(PrinterState.COVER_OPEN)


def test_a_cancelled_job_does_not_go_on_to_the_second(office: Office) -> None:
    office.first.at_byte(3, office.printer.cancel)  # among the questions: nothing of the slip has left
    outcome = office.printer.print(slip())

    assert (outcome.result, outcome.may_be_on_paper, office.lines) == (PrintResult.FAILED, False, (0, 0))


def test_closing_takes_no_more_on_either(office: Office) -> None:
    office.printer.close()
    office.printer.close()

    assert office.printer.print(slip()).result is PrintResult.FAILED
    assert office.lines == (0, 0)


@pytest.mark.parametrize(
    ("first", "second", "better"),
    [
        (None, paper_out, PrinterState.READY),
        (paper_out, None, PrinterState.READY),
        (paper_out, gone, PrinterState.PAPER_OUT),
        (gone, cover_open, PrinterState.COVER_OPEN),
        (paper_out, silent, PrinterState.UNKNOWN),
    ],
)
def test_the_state_is_the_better_of_the_two(
    office: Office, first: Fault | None, second: Fault | None, better: PrinterState
) -> None:
    for fault, line in ((first, office.first), (second, office.second)):
        if fault is not None:
            fault(line)

    assert office.printer.state() is better


def test_the_panel_can_show_each(office: Office) -> None:
    paper_out(office.second)

    assert office.printer.parts() == tuple(
        zip(PRINTER_PARTS, (PrinterState.READY, PrinterState.PAPER_OUT), strict=True)
    )


def test_one_printer_alone_is_one_part() -> None:
    line = PrinterLine(TM_T20)

    assert ThermalPrinter(line, TM_T20, clock=line.clock).parts() == ((PRINTER_PARTS[0], PrinterState.READY),)
