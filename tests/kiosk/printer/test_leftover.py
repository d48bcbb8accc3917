"""Nothing of a job that was given up comes out later: whoever mends the printer, on every kind of line."""

from __future__ import annotations

import pytest

from kiosk.enrolment.ports import PrinterState, PrintOutcome, PrintResult
from kiosk.printer import status
from kiosk.printer.profile import Confirmation, Cut, Discard
from kiosk.printer.thermal import DEADLINE_S, ThermalPrinter
from tests.fakes.printer_line import PrinterLine
from tests.kiosk.printer.virtual_jobs import (
    LINES,
    PRINTED,
    SAYING,
    Fault,
    cover_open,
    failed,
    offline,
    overheated,
    paper_out,
    profile,
    rig,
    slip,
)


def silent(line: PrinterLine) -> None:
    line.mechanism.faults.silent = True


def half_open(line: PrinterLine) -> None:
    line.is_half_open = True


def too_slow(line: PrinterLine) -> None:
    line.mechanism.faults.seconds_per_line = 3.0


HAPPENINGS: list[Fault] = [paper_out, cover_open, offline, overheated, silent, half_open]
CASES = [(happens, word) for happens in HAPPENINGS for word in SAYING]
# A printer that cannot say what it has printed is believed after a time: one much slower than that deceives.
CASES += [(too_slow, word) for word in SAYING if word is not Confirmation.REAL_TIME]


@pytest.mark.parametrize(("happens", "confirmation"), CASES, ids=lambda value: getattr(value, "__name__", None))
@pytest.mark.parametrize("is_network", [True, False], ids=["network", "cable"])
class TestWhoeverMendsThePrinter:
    def test_gets_nothing_of_a_stranger(self, happens: Fault, is_network: bool, confirmation: Confirmation) -> None:
        line, printer = rig(profile(confirmation))
        line.is_network = is_network
        line.at_line(5, lambda: happens(line))
        outcome = printer.print(slip())
        printed = line.lines_bearing("SLIP")
        line.mend()

        assert outcome.result is not PrintResult.PRINTED
        assert line.lines_bearing("SLIP") == printed

    def test_the_next_person_gets_their_slip_and_nothing_else(
        self, happens: Fault, is_network: bool, confirmation: Confirmation
    ) -> None:
        line, printer = rig(profile(confirmation))
        line.is_network = is_network
        line.at_line(5, lambda: happens(line))
        printer.print(slip())
        line.mend()
        outcome = printer.print(slip("NEXT"))

        assert outcome == PRINTED
        assert [text.count("NEXT") for text in line.whole_papers() if "NEXT" in text] == [LINES]
        assert not [text for text in line.whole_papers() if "NEXT" in text and "SLIP" in text]


def test_what_the_kernel_took_and_the_printer_did_not_is_not_delivered_when_the_line_flows_again() -> None:
    line, printer = rig(profile(), line_s=0.0)
    printer.state()
    line.is_stalled = line.has_queue = True
    outcome = printer.print(slip())
    line.mend()

    assert (outcome.result, outcome.may_be_on_paper) == (PrintResult.UNKNOWN, True)
    assert line.lines_bearing("SLIP") == 0


def test_a_power_cut_in_the_middle_leaves_a_strip_that_is_cut_off_before_the_next_slip() -> None:
    line, printer = rig(profile())
    line.at_line(5, line.power_cycle)
    printer.print(slip())
    line.mend()

    assert printer.print(slip("NEXT")) == PRINTED
    assert [text.count("NEXT") for text in line.whole_papers()] == [LINES]


@pytest.mark.parametrize("cut", Cut)
def test_the_strip_is_parted_from_the_next_slip_however_the_model_parts(cut: Cut) -> None:
    line, printer = rig(profile(cut=cut))
    line.at_line(5, lambda: cover_open(line))
    printer.print(slip())
    line.mend()
    printer.print(slip("NEXT"))

    assert not [text for text in line.whole_papers() if "SLIP" in text and "NEXT" in text]


def test_what_a_former_life_of_the_terminal_left_is_thrown_away_when_the_printer_is_first_asked() -> None:
    line = PrinterLine(profile())
    paper_out(line)
    line.mechanism.receive(b"STRANGER\n\x1dVB\x00", line.now)
    ThermalPrinter(line, profile(), clock=line.clock).state()
    line.mend()

    assert line.lines_bearing("STRANGER") == 0


def test_a_printer_that_had_nothing_to_forget_is_not_told_again_and_again() -> None:
    line, printer = rig(profile())
    for _ in range(3):
        printer.state()
        printer.print(slip())

    assert bytes(line.written).count(status.DISCARD) == 1


def test_a_printer_that_was_gone_is_told_to_forget_as_soon_as_it_is_asked_again() -> None:
    line, printer = rig(profile())
    line.at_line(5, lambda: (paper_out(line), setattr(line, "is_reachable", False)))
    outcome = printer.print(slip())
    line.is_reachable = True
    state = printer.state()
    line.mend()

    assert (outcome.result, state) == (PrintResult.UNKNOWN, PrinterState.PAPER_OUT)
    assert line.lines_bearing("SLIP") == 5


def test_while_it_does_not_say_that_it_forgot_there_is_no_next_job() -> None:
    """It answers how it is, but neither the order to forget nor the question behind what waits."""
    line, printer = rig(profile(discard=Discard.REAL_TIME))
    line.mechanism._profile = profile(Confirmation.NONE, discard=Discard.IN_ORDER)  # what it really can
    printer.print(slip())
    written = len(line.written)
    outcome = printer.print(slip("NEXT"))

    assert outcome == PrintOutcome(PrintResult.FAILED, PrinterState.READY, may_be_on_paper=False)
    assert b"NEXT" not in line.written[written:]


@pytest.mark.parametrize("confirmation", [Confirmation.PROCESS_ID, Confirmation.IN_ORDER])
class TestAModelThatCannotForget:
    """What waits in it comes out when it can print again: nothing on the line can prevent that."""

    def test_the_next_slip_waits_until_the_rest_of_the_former_is_out(self, confirmation: Confirmation) -> None:
        line, printer = rig(profile(confirmation, discard=Discard.IN_ORDER))
        line.at_line(5, lambda: cover_open(line))
        outcome = printer.print(slip())
        line.mechanism.faults.cover_open = False

        assert outcome == failed(PrinterState.COVER_OPEN)
        assert printer.print(slip("NEXT")) == PRINTED
        assert [("NEXT" in text, "SLIP" in text) for text in line.whole_papers()] == [(False, True), (True, False)]

    def test_the_next_slip_is_refused_while_it_is_not(self, confirmation: Confirmation) -> None:
        line, printer = rig(profile(confirmation, discard=Discard.IN_ORDER), line_s=10.0)
        printer.print(slip())
        outcome = printer.print(slip("NEXT"))

        assert outcome == PrintOutcome(PrintResult.FAILED, PrinterState.READY, may_be_on_paper=False)
        assert b"NEXT" not in line.written


class TestALineThatHearsNoAnswer:
    def test_a_slip_that_is_printing_well_is_not_cut_short_by_the_next(self) -> None:
        line, printer = rig(profile(Confirmation.NONE, status_kinds=()))
        line.readable = False
        printer.print(slip("FIRST"))
        printer.print(slip("NEXT"))
        line.pass_time(DEADLINE_S)

        assert [line.lines_bearing(word) for word in ("FIRST", "NEXT")] == [LINES, LINES]

    def test_what_still_waits_when_its_time_is_over_is_thrown_away_at_the_next_occasion(self) -> None:
        line, printer = rig(profile(Confirmation.NONE, status_kinds=()))
        line.readable = False
        line.at_line(5, lambda: paper_out(line))
        printer.print(slip())
        line.pass_time(DEADLINE_S)
        printer.state()
        line.mend()

        assert line.lines_bearing("SLIP") == 5
