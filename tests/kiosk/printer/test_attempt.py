"""One job in virtual time: every fault before, during and after, and every way a model has to say so."""

from __future__ import annotations

import pytest

from kiosk.enrolment.ports import PrinterState, PrintOutcome, PrintResult
from kiosk.printer import status
from kiosk.printer.profile import Confirmation, Discard
from kiosk.printer.thermal import DEADLINE_S, ThermalPrinter
from tests.fakes.printer_line import PrinterLine
from tests.kiosk.printer.virtual_jobs import (
    LINE_S,
    LINES,
    PRINTED,
    REFUSALS,
    SAYING,
    SILENCE,
    Fault,
    failed,
    paper_out,
    profile,
    rig,
    slip,
)


@pytest.fixture(params=SAYING, ids=lambda word: word.value)
def confirmation(request: pytest.FixtureRequest) -> Confirmation:
    assert isinstance(request.param, Confirmation)
    return request.param


class TestAllIsWell:
    @pytest.mark.parametrize("automatic", [True, False], ids=["asb", "no asb"])
    def test_a_slip_is_printed_when_the_whole_of_it_is(self, confirmation: Confirmation, automatic: bool) -> None:
        line, printer = rig(profile(confirmation, automatic_status=automatic))

        assert printer.print(slip()) == PRINTED
        assert line.lines_bearing("SLIP") == LINES

    def test_paper_near_its_end_prints_and_is_told(self, confirmation: Confirmation) -> None:
        line, printer = rig(profile(confirmation))
        line.mechanism.faults.paper_low = True

        assert printer.print(slip()) == PrintOutcome(PrintResult.PRINTED, PrinterState.PAPER_LOW)

    def test_a_roll_that_comes_near_its_end_meanwhile_is_told(self, confirmation: Confirmation) -> None:
        line, printer = rig(profile(confirmation))
        line.mechanism.faults.lines_left, line.mechanism.faults.low_at = 100, 90

        assert printer.print(slip()) == PrintOutcome(PrintResult.PRINTED, PrinterState.PAPER_LOW)

    def test_a_printer_that_never_answers_is_sent_the_slip_and_believed_nothing(self) -> None:
        line, printer = rig(profile(Confirmation.NONE, status_kinds=()))

        assert printer.print(slip()) == SILENCE
        line.pass_time(DEADLINE_S)
        assert line.lines_bearing("SLIP") == LINES


class TestBefore:
    @pytest.mark.parametrize(("fault", "state"), REFUSALS, ids=lambda value: getattr(value, "__name__", ""))
    def test_a_printer_that_cannot_print_is_sent_no_byte_of_the_slip(
        self, confirmation: Confirmation, fault: Fault, state: PrinterState
    ) -> None:
        line, printer = rig(profile(confirmation))
        fault(line)
        outcome = printer.print(slip())

        assert outcome == PrintOutcome(PrintResult.FAILED, state, may_be_on_paper=False)
        assert b"SLIP" not in line.written

    def test_nobody_there_is_offline_and_nothing_on_paper(self, confirmation: Confirmation) -> None:
        line, printer = rig(profile(confirmation))
        line.is_reachable = False

        assert printer.print(slip()) == PrintOutcome(PrintResult.FAILED, PrinterState.OFFLINE, may_be_on_paper=False)

    def test_a_printer_that_takes_nothing_has_nothing_on_paper(self, confirmation: Confirmation) -> None:
        line, printer = rig(profile(confirmation))
        line.is_stalled = True
        outcome = printer.print(slip())

        assert (outcome.result, outcome.may_be_on_paper) == (PrintResult.FAILED, False)

    def test_silence_is_unknown_though_the_slip_came_out(self, confirmation: Confirmation) -> None:
        line, printer = rig(profile(confirmation))
        line.mechanism.faults.silent = True

        assert printer.print(slip()) == SILENCE
        assert line.lines_bearing("SLIP") == LINES

    def test_where_another_printer_stands_silence_is_refused_before_a_byte_leaves(
        self, confirmation: Confirmation
    ) -> None:
        line = PrinterLine(profile(confirmation))
        line.mechanism.faults.silent = True
        printer = ThermalPrinter(line, profile(confirmation), clock=line.clock, refuses_silence=True)

        assert printer.print(slip()) == PrintOutcome(PrintResult.FAILED, PrinterState.UNKNOWN, may_be_on_paper=False)
        assert b"SLIP" not in line.written

    def test_a_printer_of_which_no_answer_is_expected_is_never_refused_for_its_silence(self) -> None:
        model = profile(Confirmation.NONE, status_kinds=())
        line = PrinterLine(model)

        assert ThermalPrinter(line, model, clock=line.clock, refuses_silence=True).print(slip()) == SILENCE


class TestDuring:
    @pytest.mark.parametrize(("fault", "state"), REFUSALS, ids=lambda value: getattr(value, "__name__", ""))
    @pytest.mark.parametrize("printed", [1, 10, LINES - 1])
    @pytest.mark.parametrize("automatic", [True, False], ids=["asb", "no asb"])
    def test_a_no_in_the_middle_fails_the_slip(
        self, confirmation: Confirmation, fault: Fault, state: PrinterState, printed: int, automatic: bool
    ) -> None:
        line, printer = rig(profile(confirmation, automatic_status=automatic))
        line.at_line(printed, lambda: fault(line))

        assert printer.print(slip()) == failed(state)
        assert 0 < line.lines_bearing("SLIP") < LINES

    def test_a_no_said_unasked_is_heard_at_once(self) -> None:
        line, printer = rig(profile(automatic_status=True))
        line.at_line(3, lambda: paper_out(line))
        printer.print(slip())

        assert line.now < 4 * LINE_S + 0.01

    def test_a_cutter_that_sticks_fails_the_slip(self, confirmation: Confirmation) -> None:
        line, printer = rig(profile(confirmation))
        line.mechanism.faults.cutter_jam = True

        assert printer.print(slip()) == failed(PrinterState.OFFLINE)

    @pytest.mark.parametrize("count", [1, 40, 150])
    def test_a_link_that_breaks_while_the_slip_is_sent_may_leave_a_piece_on_paper(
        self, confirmation: Confirmation, count: int
    ) -> None:
        line, printer = rig(profile(confirmation))
        printer.state()
        before = len(line.written)
        printer.print(slip())  # tells how long everything is
        questions = bytes(line.written[before:]).index(b"\x1b@")
        line.at_byte(questions + count, line.break_link)

        assert printer.print(slip("NEXT")) == failed(PrinterState.OFFLINE)

    def test_a_link_that_breaks_after_the_last_byte_tells_nothing(self, confirmation: Confirmation) -> None:
        line, printer = rig(profile(confirmation))
        line.at_line(5, line.break_link)

        assert printer.print(slip()) == SILENCE

    def test_a_printer_that_falls_silent_is_unknown(self, confirmation: Confirmation) -> None:
        line, printer = rig(profile(confirmation))
        line.at_line(5, lambda: setattr(line.mechanism.faults, "silent", True))

        assert printer.print(slip()) == SILENCE

    def test_a_line_that_dies_half_open_is_unknown(self, confirmation: Confirmation) -> None:
        line, printer = rig(profile(confirmation))
        line.at_line(5, lambda: setattr(line, "is_half_open", True))

        assert printer.print(slip()) == SILENCE

    def test_a_printer_switched_off_and_on_is_not_believed_to_have_printed(self) -> None:
        for word in (Confirmation.PROCESS_ID, Confirmation.IN_ORDER):
            line, printer = rig(profile(word))
            line.is_network = False  # the cable stays, nothing tells of it
            line.at_line(5, line.power_cycle)

            assert printer.print(slip()).result is PrintResult.UNKNOWN


class TestAfter:
    @pytest.mark.parametrize(("fault", "state"), REFUSALS, ids=lambda value: getattr(value, "__name__", ""))
    def test_a_slip_after_which_the_printer_is_not_well_is_not_called_printed(
        self, confirmation: Confirmation, fault: Fault, state: PrinterState
    ) -> None:
        line, printer = rig(profile(confirmation, automatic_status=False))
        line.at_line(LINES, lambda: fault(line))

        assert printer.print(slip()) == failed(state)

    def test_a_printer_too_slow_for_the_deadline_is_unknown_and_what_is_left_is_taken_back(self) -> None:
        for word in (Confirmation.PROCESS_ID, Confirmation.IN_ORDER):
            line, printer = rig(profile(word), line_s=1.0)
            outcome = printer.print(slip())
            printed = line.lines_bearing("SLIP")
            line.mend()

            assert outcome == PrintOutcome(PrintResult.UNKNOWN, PrinterState.READY)
            assert line.lines_bearing("SLIP") == printed < LINES

    def test_one_lost_answer_at_the_end_does_not_make_a_printed_slip_unknown(self) -> None:
        line, printer = rig(profile())
        line.at_line(LINES, lambda: _lose_one_answer(line))

        assert printer.print(slip()) == PRINTED


def _lose_one_answer(line: PrinterLine) -> None:
    answer = line.mechanism._real_time

    def lost(command: object) -> bytes:
        line.mechanism._real_time = answer
        return b""

    line.mechanism._real_time = lost


class TestTheWordOfAFormerJob:
    def test_an_answer_that_comes_late_on_the_same_line_is_not_that_of_the_next_job(self) -> None:
        line = PrinterLine(profile())
        line.is_network = False
        printer = ThermalPrinter(line, profile(), clock=line.clock)
        line.mechanism.faults.silent = True
        printer.print(slip("FIRST"))
        line.mechanism.faults.silent = False
        given_back = bytes(line.written).split(b"\x1d(H\x06\x0000")[-1][:4]
        line.mechanism.faults.seconds_per_line = 1.0  # the next one will not be done in time
        line.in_s(1.0, lambda: line.said.extend(b"\x37\x22" + given_back + b"\x00"))

        assert printer.print(slip("NEXT")).result is PrintResult.UNKNOWN

    def test_where_answers_bear_no_name_none_is_believed_while_an_older_one_may_come(self) -> None:
        model = profile(Confirmation.IN_ORDER, discard=Discard.IN_ORDER)
        line = PrinterLine(model)
        line.is_network = False
        printer = ThermalPrinter(line, model, clock=line.clock)
        line.mechanism.faults.silent = True
        printer.print(slip("FIRST"))
        line.in_s(4.0, lambda: setattr(line.mechanism.faults, "silent", False))
        line.in_s(5.0, lambda: line.said.extend(b"\x00"))
        line.mechanism.faults.seconds_per_line = 0.5
        outcome = printer.print(slip("NEXT"))

        assert outcome.result is PrintResult.UNKNOWN


def test_no_question_stands_inside_the_slip() -> None:
    """A real-time question in the middle of a picture would be answered and spoil the picture."""
    line, printer = rig(profile())
    printer.print(slip())
    sent = bytes(line.written)
    inside = sent[sent.index(b"\x1b@") : sent.index(b"\x1d(H")]

    assert status.request(1)[:2] not in inside
    assert status.DISCARD[:2] not in inside
