from __future__ import annotations

import contextlib
import dataclasses
import logging
import socket
import threading
import time
from collections.abc import Callable, Iterator
from contextlib import contextmanager

import pytest

from kiosk.enrolment.ports import PrinterState, PrintOutcome, PrintResult
from kiosk.enrolment.slip import LineRole, Slip, SlipKind, SlipLine
from kiosk.printer import status
from kiosk.printer.device import NetworkSink, sink_from_address
from kiosk.printer.errors import LayoutError
from kiosk.printer.layout import SlipLayout
from kiosk.printer.link import Link
from kiosk.printer.profile import NO_QR_80, TM_T20, PrinterProfile
from kiosk.printer.simulator.paper import Paper
from kiosk.printer.simulator.pty import SimulatedPtyPrinter
from kiosk.printer.simulator.server import SimulatedPrinter
from kiosk.printer.thermal import ThermalPrinter

SHORT_S = 0.6  # a deadline for tests in which the printer never answers
POLL_S = 0.005


class TappedSink(NetworkSink):
    """The network sink, with a copy kept of all that is written."""

    written = b""

    @contextmanager
    def open(self, timeout_s: float) -> Iterator[Link]:
        with super().open(timeout_s) as link:
            write = link.write

            def tapped(data: bytes, timeout_s: float) -> None:
                self.written += data
                write(data, timeout_s)

            link.write = tapped
            yield link


def _thermal(simulator: SimulatedPrinter, profile: PrinterProfile = TM_T20, deadline_s: float = 5.0) -> ThermalPrinter:
    return ThermalPrinter(NetworkSink("127.0.0.1", simulator.port), profile, deadline_s=deadline_s)


def _eventually(condition: Callable[[], bool], within_s: float = 20.0) -> bool:
    """Whether the condition came true before the deadline."""
    until = time.monotonic() + within_s
    while not condition():
        if time.monotonic() > until:
            return False
        threading.Event().wait(POLL_S)
    return True


def _failed(state: PrinterState) -> PrintOutcome:
    return PrintOutcome(PrintResult.FAILED, state)


def _refused(state: PrinterState) -> PrintOutcome:
    return PrintOutcome(PrintResult.FAILED, state, may_be_on_paper=False)


def test_a_slip_is_printed_when_the_printer_says_so_after_the_last_byte(
    simulator: SimulatedPrinter, activation: Slip
) -> None:
    outcome = _thermal(simulator).print(activation)

    assert outcome == PrintOutcome(PrintResult.PRINTED, PrinterState.READY)


def test_the_printer_receives_the_bytes_of_the_layout_and_no_others(
    simulator: SimulatedPrinter, activation: Slip
) -> None:
    _thermal(simulator).print(activation)

    assert [paper.raw for paper in simulator.papers] == [SlipLayout(TM_T20).lay_out(activation)]


def test_paper_near_its_end_prints_and_is_told(simulator: SimulatedPrinter, activation: Slip) -> None:
    simulator.paper_low()

    assert _thermal(simulator).print(activation) == PrintOutcome(PrintResult.PRINTED, PrinterState.PAPER_LOW)


@pytest.mark.parametrize(
    ("fault", "state"),
    [
        (SimulatedPrinter.paper_out, PrinterState.PAPER_OUT),
        (SimulatedPrinter.cover_open, PrinterState.COVER_OPEN),
    ],
)
def test_no_byte_of_a_slip_leaves_when_the_printer_cannot_print(
    simulator: SimulatedPrinter, activation: Slip, fault: Callable[[SimulatedPrinter], None], state: PrinterState
) -> None:
    fault(simulator)
    sink = TappedSink("127.0.0.1", simulator.port)

    outcome = ThermalPrinter(sink, TM_T20).print(activation)

    asked = status.DISCARD + b"".join(map(status.request, status.KINDS))
    assert (outcome, sink.written) == (_refused(state), asked)


def test_paper_that_ends_in_the_middle_of_a_slip_is_a_failure_told_at_once(
    simulator: SimulatedPrinter, activation: Slip
) -> None:
    simulator.paper_out(after_lines=3)
    outcome = _thermal(simulator, deadline_s=60.0).print(activation)  # longer than a test may take

    assert outcome == _failed(PrinterState.PAPER_OUT)


def test_the_rest_of_a_failed_slip_does_not_come_out_for_the_next_person(
    simulator: SimulatedPrinter, activation: Slip, acknowledgement: Slip
) -> None:
    thermal = _thermal(simulator)
    simulator.paper_out(after_lines=3)
    thermal.print(activation)
    simulator.load_paper()
    thermal.print(acknowledgement)

    torn, whole = simulator.papers
    assert (torn.complete, len(torn.elements)) == (False, 3)
    assert (whole.complete, whole.raw) == (True, SlipLayout(TM_T20).lay_out(acknowledgement))


def test_a_cover_opened_in_the_middle_of_a_slip_is_a_failure(simulator: SimulatedPrinter, activation: Slip) -> None:
    simulator.slow(0.05)
    outcomes: list[PrintOutcome] = []
    job = threading.Thread(target=lambda: outcomes.append(_thermal(simulator).print(activation)))
    job.start()
    assert _eventually(lambda: simulator.lines_printed > 2)
    simulator.cover_open()
    job.join()

    assert outcomes == [_failed(PrinterState.COVER_OPEN)]


def test_a_printer_that_says_nothing_is_unknown_though_the_slip_came_out(
    simulator: SimulatedPrinter, activation: Slip
) -> None:
    simulator.silent()
    outcome = _thermal(simulator, deadline_s=SHORT_S).print(activation)

    assert outcome == PrintOutcome(PrintResult.UNKNOWN, PrinterState.UNKNOWN)
    assert _eventually(lambda: len(simulator.papers) == 1)


def test_a_printer_that_falls_silent_after_a_good_word_is_not_believed_to_have_printed(
    simulator: SimulatedPrinter, activation: Slip
) -> None:
    simulator.slow(0.05)
    outcomes: list[PrintOutcome] = []
    thermal = _thermal(simulator, deadline_s=SHORT_S)
    job = threading.Thread(target=lambda: outcomes.append(thermal.print(activation)))
    job.start()
    assert _eventually(lambda: simulator.lines_printed > 1)
    simulator.silent()
    job.join()

    assert outcomes == [PrintOutcome(PrintResult.UNKNOWN, PrinterState.UNKNOWN)]


def test_a_slow_printer_is_waited_for(simulator: SimulatedPrinter, activation: Slip) -> None:
    simulator.slow(0.04)

    assert _thermal(simulator).print(activation).result is PrintResult.PRINTED


def test_a_printer_too_slow_for_the_deadline_is_unknown_and_ready_not_printed(
    simulator: SimulatedPrinter, activation: Slip
) -> None:
    simulator.slow(0.5)

    outcome = _thermal(simulator, deadline_s=SHORT_S).print(activation)

    assert outcome == PrintOutcome(PrintResult.UNKNOWN, PrinterState.READY)


def test_a_refused_connection_is_a_failure_and_offline(simulator: SimulatedPrinter, activation: Slip) -> None:
    simulator.power_off()
    thermal = _thermal(simulator)

    assert (thermal.state(), thermal.print(activation)) == (PrinterState.OFFLINE, _refused(PrinterState.OFFLINE))


def test_a_printer_that_comes_back_is_used_without_a_restart(simulator: SimulatedPrinter, activation: Slip) -> None:
    thermal = _thermal(simulator)
    simulator.power_off()
    thermal.print(activation)
    simulator.power_on()

    assert thermal.print(activation).result is PrintResult.PRINTED


def test_power_that_fails_after_the_last_byte_is_unknown(simulator: SimulatedPrinter, activation: Slip) -> None:
    simulator.slow(0.05)
    outcomes: list[PrintOutcome] = []
    job = threading.Thread(target=lambda: outcomes.append(_thermal(simulator).print(activation)))
    job.start()
    assert _eventually(lambda: simulator.lines_printed > 1)
    simulator.power_off()
    job.join()

    assert outcomes == [PrintOutcome(PrintResult.UNKNOWN, PrinterState.UNKNOWN)]


def test_a_half_open_connection_ends_in_the_deadline_as_unknown(activation: Slip) -> None:
    with socket.create_server(("127.0.0.1", 0)) as listener:  # accepts in the kernel, and nobody is behind it
        sink = NetworkSink("127.0.0.1", listener.getsockname()[1])

        outcome = ThermalPrinter(sink, TM_T20, deadline_s=SHORT_S).print(activation)

    assert outcome == PrintOutcome(PrintResult.UNKNOWN, PrinterState.UNKNOWN)


def test_a_late_answer_to_the_first_question_does_not_pass_for_a_printed_slip(activation: Slip) -> None:
    """A printer without GS r that was silent before the job may still be answering the old question."""
    with socket.create_server(("127.0.0.1", 0)) as listener:

        def printer() -> None:
            connection, _ = listener.accept()
            with connection:
                while b"\x1b@" not in (data := connection.recv(65536)):
                    assert data
                connection.sendall(b"\x12\x12\x12\x12")
                with contextlib.suppress(ConnectionResetError):  # a job that is given up ends so
                    while connection.recv(65536):
                        pass

        thread = threading.Thread(target=printer)
        thread.start()
        sink = NetworkSink("127.0.0.1", listener.getsockname()[1])
        outcome = ThermalPrinter(sink, NO_QR_80, deadline_s=SHORT_S, line_s=0.0).print(activation)
        thread.join()

    assert outcome.result is PrintResult.UNKNOWN


def test_a_printer_without_in_order_answers_is_believed_on_its_status_before_and_after(activation: Slip) -> None:
    with SimulatedPrinter(profile=NO_QR_80) as simulator:
        thermal = ThermalPrinter(NetworkSink("127.0.0.1", simulator.port), NO_QR_80, line_s=0.001)

        assert thermal.print(activation).result is PrintResult.PRINTED


class TestCancel:
    def test_a_job_ends_at_once_and_the_rest_of_it_never_comes_out(
        self, simulator: SimulatedPrinter, activation: Slip, acknowledgement: Slip
    ) -> None:
        simulator.slow(0.05)
        thermal = _thermal(simulator, deadline_s=60.0)  # longer than a test may take
        outcome = _cancelled_in_the_middle(simulator, thermal, thermal.cancel, activation)
        simulator.slow(0.0)
        after = thermal.print(acknowledgement)

        assert outcome == _failed(PrinterState.UNKNOWN)
        assert after == PrintOutcome(PrintResult.PRINTED, PrinterState.READY)
        assert [paper.complete for paper in simulator.papers] == [False, True]

    def test_closing_the_terminal_ends_the_job_too(self, simulator: SimulatedPrinter, activation: Slip) -> None:
        simulator.slow(0.05)
        thermal = _thermal(simulator, deadline_s=60.0)
        outcome = _cancelled_in_the_middle(simulator, thermal, thermal.close, activation)

        assert outcome == _failed(PrinterState.UNKNOWN)
        assert _eventually(lambda: simulator.is_idle)
        assert simulator.papers == ()

    def test_a_job_that_the_printer_does_not_take_is_ended_too(self, activation: Slip) -> None:
        with SimulatedPtyPrinter() as simulator:
            thermal = ThermalPrinter(sink_from_address(simulator.address), TM_T20, deadline_s=60.0)
            thermal.state()
            simulator.slow(0.05)  # it reads faster than it prints, as printers do
            simulator.stall()
            outcomes: list[PrintOutcome] = []
            many = dataclasses.replace(activation, lines=activation.lines * 200)
            job = threading.Thread(target=lambda: outcomes.append(thermal.print(many)))
            job.start()
            assert _eventually(lambda: thermal._ending is not None)
            threading.Event().wait(1.2)  # past the questions that the stalled line does not hear
            thermal.cancel()
            job.join(20.0)

            assert [(outcome.result, outcome.may_be_on_paper) for outcome in outcomes] == [(PrintResult.FAILED, True)]
            simulator.stall(on=False)
            assert thermal.state() is PrinterState.READY
            assert simulator.lines_printed < 20
            assert simulator.is_idle

    def test_without_a_job_it_does_nothing_to_the_next(self, simulator: SimulatedPrinter, activation: Slip) -> None:
        thermal = _thermal(simulator)
        thermal.cancel()

        assert thermal.print(activation).result is PrintResult.PRINTED


def _cancelled_in_the_middle(
    simulator: SimulatedPrinter, thermal: ThermalPrinter, end: Callable[[], None], slip: Slip
) -> PrintOutcome:
    outcomes: list[PrintOutcome] = []
    job = threading.Thread(target=lambda: outcomes.append(thermal.print(slip)))
    job.start()
    assert _eventually(lambda: simulator.lines_printed > 2)
    end()
    job.join(20.0)
    (outcome,) = outcomes
    return outcome


def test_two_slips_printed_at_once_come_out_one_after_the_other(
    simulator: SimulatedPrinter, activation: Slip, acknowledgement: Slip
) -> None:
    thermal = _thermal(simulator)
    jobs = [threading.Thread(target=thermal.print, args=(slip,)) for slip in (activation, acknowledgement) * 4]
    for job in jobs:
        job.start()
    for job in jobs:
        job.join()

    whole = [SlipLayout(TM_T20).lay_out(slip) for slip in (acknowledgement, activation) * 4]
    assert sorted(paper.raw for paper in simulator.papers) == sorted(whole)


def test_while_another_job_holds_the_printer_neither_question_nor_slip_waits_beyond_the_deadline(
    simulator: SimulatedPrinter, activation: Slip
) -> None:
    thermal = _thermal(simulator, deadline_s=0.1)
    said: list[object] = []
    with thermal._lock:
        asking = threading.Thread(target=lambda: said.extend((thermal.state(), thermal.print(activation))), daemon=True)
        asking.start()
        asking.join(3.0)

    assert said == [PrinterState.UNKNOWN, _refused(PrinterState.UNKNOWN)]


def test_a_slip_that_cannot_be_laid_out_is_our_fault_and_leaves_the_printer_free(
    simulator: SimulatedPrinter, activation: Slip
) -> None:
    thermal = _thermal(simulator)
    with pytest.raises(LayoutError):
        thermal.print(Slip(SlipKind.ACTIVATION, 1, (SlipLine(LineRole.CODE, "A" * 60),)))

    assert thermal.print(activation).result is PrintResult.PRINTED


def test_nothing_that_is_printed_reaches_a_log_or_a_repr(
    simulator: SimulatedPrinter, activation: Slip, caplog: pytest.LogCaptureFixture
) -> None:
    caplog.set_level(logging.DEBUG)
    _thermal(simulator).print(activation)
    simulator.power_off()
    _thermal(simulator).print(activation)

    paper: Paper = simulator.papers[0]
    told = caplog.text + repr(paper) + repr(paper.elements)
    assert not [secret for secret in ("K7QD", "AB3D9KXM", "téléphone") if secret in told]
