"""The same promise over real lines, TCP and a pty: who mends the printer gets nothing of a stranger.

All faults at all instants are tried in virtual time (test_leftover.py); here the kernel's own queues take part.
"""

from __future__ import annotations

import threading
import time
from collections.abc import Callable, Iterator

import pytest

from kiosk.enrolment.ports import PrinterState, PrintOutcome, PrintResult
from kiosk.enrolment.slip import Slip
from kiosk.printer.device import sink_from_address
from kiosk.printer.layout import SlipLayout
from kiosk.printer.profile import profile_named
from kiosk.printer.simulator.controls import ControlledPrinter
from kiosk.printer.simulator.pty import SimulatedPtyPrinter
from kiosk.printer.simulator.server import SimulatedPrinter
from kiosk.printer.thermal import ThermalPrinter

PROFILE = profile_named("tm-t88v")  # gives job ids back, tells changes by itself, can forget
DEADLINE_S = 0.5
LINE_S = 0.02
Hand = Callable[[ControlledPrinter], None]

FAULTS: dict[str, tuple[Hand, Hand]] = {
    "roll": (ControlledPrinter.paper_out, ControlledPrinter.load_paper),
    "cover": (ControlledPrinter.cover_open, ControlledPrinter.cover_close),
    "cutter": (ControlledPrinter.jam_cutter, ControlledPrinter.free_cutter),
    "power": (ControlledPrinter.power_off, ControlledPrinter.power_on),
    "half-open": (ControlledPrinter.half_open, lambda printer: printer.half_open(on=False)),
    "flow": (ControlledPrinter.stall, lambda printer: printer.stall(on=False)),
}


@pytest.fixture(params=[SimulatedPrinter, SimulatedPtyPrinter], ids=["tcp", "pty"])
def simulator(request: pytest.FixtureRequest) -> Iterator[ControlledPrinter]:
    with request.param(profile=PROFILE) as printer:
        printer.slow(LINE_S)
        yield printer


def _thermal(simulator: ControlledPrinter, deadline_s: float = DEADLINE_S) -> ThermalPrinter:
    return ThermalPrinter(sink_from_address(simulator.address), PROFILE, deadline_s=deadline_s)


def _eventually(condition: Callable[[], bool]) -> bool:
    until = time.monotonic() + 20.0
    while not condition():
        if time.monotonic() > until:
            return False
        threading.Event().wait(0.002)
    return True


@pytest.mark.parametrize("fault", FAULTS)
def test_what_was_given_up_never_comes_out_and_the_next_person_is_served(
    simulator: ControlledPrinter, fault: str, activation: Slip, acknowledgement: Slip
) -> None:
    strike, mend = FAULTS[fault]
    thermal = _thermal(simulator)
    thermal.state()
    outcomes: list[PrintOutcome] = []
    job = threading.Thread(target=lambda: outcomes.append(thermal.print(activation)))
    job.start()
    assert _eventually(lambda: simulator.lines_printed > 2)
    strike(simulator)
    job.join(20.0)
    printed = simulator.lines_printed

    mend(simulator)
    state = thermal.state()
    assert _eventually(lambda: simulator.is_idle)
    later = simulator.lines_printed - printed
    simulator.slow(0.0)
    outcome = _thermal(simulator, 20.0).print(acknowledgement)

    assert [(one.result is PrintResult.PRINTED, one.may_be_on_paper) for one in outcomes] == [(False, True)]
    assert (state, later) == (PrinterState.READY, 0)
    assert outcome == PrintOutcome(PrintResult.PRINTED, PrinterState.READY)
    assert (simulator.papers[-1].complete, simulator.papers[-1].raw) == (
        True,
        SlipLayout(PROFILE).lay_out(acknowledgement),
    )


def test_a_job_that_waits_behind_another_host_is_not_printed_when_its_turn_comes(activation: Slip) -> None:
    with SimulatedPrinter(profile=PROFILE) as simulator:
        simulator.busy()
        outcome = _thermal(simulator).print(activation)
        simulator.busy(on=False)
        state = _thermal(simulator, 20.0).state()

        assert outcome == PrintOutcome(PrintResult.UNKNOWN, PrinterState.UNKNOWN)
        assert (state, simulator.lines_printed) == (PrinterState.READY, 0)


@pytest.mark.parametrize("count", [30, 200, 500])
def test_a_connection_that_is_reset_in_the_middle_leaves_nothing_for_the_next(
    count: int, activation: Slip, acknowledgement: Slip
) -> None:
    with SimulatedPrinter(profile=PROFILE) as simulator:
        thermal = _thermal(simulator, 20.0)
        thermal.state()
        simulator.slow(LINE_S)
        simulator.reset_after(12 + count)  # the four questions before the slip
        outcome = thermal.print(activation)
        state = thermal.state()
        assert _eventually(lambda: simulator.is_idle)
        printed = simulator.lines_printed
        simulator.slow(0.0)

        assert outcome.result is not PrintResult.PRINTED
        assert outcome.may_be_on_paper
        assert state is PrinterState.READY
        assert thermal.print(acknowledgement).result is PrintResult.PRINTED
        assert printed < len(activation.lines)
