"""What every ``SlipPrinter`` must do, by TCP, device file, serial line, USB, or a pipe without answers."""

from __future__ import annotations

import contextlib
import os
import select
import threading
import time
from collections.abc import Callable, Iterator
from dataclasses import dataclass
from pathlib import Path

import msgspec
import pytest

from kiosk.enrolment.ports import PRINTER_PARTS, PrinterState, PrintOutcome, PrintResult, SlipPrinter
from kiosk.enrolment.slip import Slip
from kiosk.printer.device import sink_from_address
from kiosk.printer.fallback import FallbackPrinter
from kiosk.printer.layout import SlipLayout
from kiosk.printer.profile import TM_T20
from kiosk.printer.simulator.mechanism import Mechanism
from kiosk.printer.simulator.pty import SimulatedPtyPrinter
from kiosk.printer.simulator.server import SimulatedPrinter
from kiosk.printer.thermal import ThermalPrinter
from kiosk.printer.usb import UsbSink
from tests.fakes.printer_line import PrinterLine
from tests.fakes.usb_printer import UsbPrinterBackend

SLIPS = sorted((Path(__file__).parents[1] / "vectors" / "slips").glob("*.json"))
DEADLINE_S = 3.0
WAKE_S = 0.05


@dataclass(frozen=True)
class Rig:
    printer: SlipPrinter
    answers: bool
    printed: Callable[[], list[bytes]]


@contextlib.contextmanager
def _network(folder: Path) -> Iterator[Rig]:
    with SimulatedPrinter() as simulator:
        yield Rig(_thermal(simulator.address), True, lambda: [paper.raw for paper in simulator.papers])


@contextlib.contextmanager
def _device_file(folder: Path) -> Iterator[Rig]:
    with _terminal_line("file:{}") as rig:
        yield rig


@contextlib.contextmanager
def _serial_line(folder: Path) -> Iterator[Rig]:
    with _terminal_line("serial:{}?baud=115200&flow=dtr") as rig:
        yield rig


@contextlib.contextmanager
def _terminal_line(address: str) -> Iterator[Rig]:
    with SimulatedPtyPrinter() as simulator:
        printer = _thermal(address.format(simulator.path))
        yield Rig(printer, True, lambda: [paper.raw for paper in simulator.papers])


@contextlib.contextmanager
def _usb(folder: Path) -> Iterator[Rig]:
    mechanism = Mechanism(TM_T20)
    backend = UsbPrinterBackend(lambda data: mechanism.receive(data, time.monotonic()))
    printer = ThermalPrinter(UsbSink(0x04B8, 0x0202, backend), TM_T20, deadline_s=DEADLINE_S)
    yield Rig(printer, True, lambda: [paper.raw for paper in mechanism.papers])


@contextlib.contextmanager
def _virtual_line(folder: Path) -> Iterator[Rig]:
    """The stand-in that most tests of jobs use, held to what the real lines are held to."""
    line = PrinterLine(TM_T20)
    printer = ThermalPrinter(line, TM_T20, deadline_s=DEADLINE_S, clock=line.clock)
    yield Rig(printer, True, lambda: [paper.raw for paper in line.mechanism.papers])


@contextlib.contextmanager
def _second_printer(folder: Path) -> Iterator[Rig]:
    with SimulatedPrinter() as first, SimulatedPrinter() as second:
        first.paper_out()
        printer = FallbackPrinter(_thermal(first.address), _thermal(second.address))
        yield Rig(printer, True, lambda: [paper.raw for paper in (*first.papers, *second.papers)])


@contextlib.contextmanager
def _pipe(folder: Path) -> Iterator[Rig]:
    path = folder / "lp"
    os.mkfifo(path)
    descriptor = os.open(path, os.O_RDWR | os.O_NONBLOCK)  # keeps the pipe open between jobs
    with _mechanism_behind(descriptor) as mechanism:
        yield Rig(_thermal(f"file:{path}"), False, lambda: [paper.raw for paper in mechanism.papers])
    os.close(descriptor)


@contextlib.contextmanager
def _mechanism_behind(source: int) -> Iterator[Mechanism]:
    """The simulated printer's mechanism, fed from a descriptor until the block ends."""
    mechanism = Mechanism(TM_T20)
    over = threading.Event()

    def serve() -> None:
        while not over.is_set():
            if select.select([source], [], [], WAKE_S)[0]:
                mechanism.receive(os.read(source, 4096), time.monotonic())

    thread = threading.Thread(target=serve)
    thread.start()
    yield mechanism
    over.set()
    thread.join()


def _thermal(address: str) -> ThermalPrinter:
    return ThermalPrinter(sink_from_address(address), TM_T20, deadline_s=DEADLINE_S)


@pytest.fixture(
    params=[_network, _device_file, _serial_line, _usb, _pipe, _virtual_line, _second_printer],
    ids=["network", "device file", "serial line", "USB", "pipe", "virtual line", "second printer"],
)
def rig(request: pytest.FixtureRequest, tmp_path: Path) -> Iterator[Rig]:
    with request.param(tmp_path) as made:
        yield made


def _slip(path: Path) -> Slip:
    return msgspec.json.decode(path.read_bytes(), type=Slip)


def _arrived(rig: Rig, count: int) -> list[bytes]:
    until = time.monotonic() + DEADLINE_S
    while len(rig.printed()) < count and time.monotonic() < until:
        threading.Event().wait(0.005)
    return rig.printed()


def test_it_is_a_slip_printer(rig: Rig) -> None:
    assert isinstance(rig.printer, SlipPrinter)


def test_a_printer_in_order_is_ready_and_one_that_cannot_answer_is_unknown(rig: Rig) -> None:
    assert rig.printer.state() is (PrinterState.READY if rig.answers else PrinterState.UNKNOWN)


@pytest.mark.parametrize("path", SLIPS, ids=lambda path: path.stem)
def test_a_slip_is_called_printed_only_where_the_printer_can_say_so(rig: Rig, path: Path) -> None:
    expected = (
        PrintOutcome(PrintResult.PRINTED, PrinterState.READY)
        if rig.answers
        else PrintOutcome(PrintResult.UNKNOWN, PrinterState.UNKNOWN)
    )

    assert rig.printer.print(_slip(path)) == expected


@pytest.mark.parametrize("path", SLIPS, ids=lambda path: path.stem)
def test_the_paper_bears_exactly_the_slip(rig: Rig, path: Path) -> None:
    rig.printer.print(_slip(path))

    assert _arrived(rig, 1) == [SlipLayout(TM_T20).lay_out(_slip(path))]


def test_slips_of_several_threads_never_mix(rig: Rig) -> None:
    slips = [_slip(path) for path in SLIPS] * 3
    threads = [threading.Thread(target=rig.printer.print, args=(slip,)) for slip in slips]
    for thread in threads:
        thread.start()
    for thread in threads:
        thread.join()

    layout = SlipLayout(TM_T20)
    assert sorted(_arrived(rig, len(slips))) == sorted(layout.lay_out(slip) for slip in slips)


def test_closing_twice_is_harmless(rig: Rig) -> None:
    rig.printer.close()
    rig.printer.close()


def test_each_printer_behind_it_is_told_by_name(rig: Rig) -> None:
    parts = rig.printer.parts()

    assert tuple(name for name, _ in parts) == PRINTER_PARTS[: len(parts)]
    assert rig.printer.state() in {state for _, state in parts}


def test_a_closed_printer_fails_without_raising_and_prints_nothing(rig: Rig) -> None:
    rig.printer.close()

    outcome = rig.printer.print(_slip(SLIPS[0]))

    assert (outcome.result, rig.printed()) == (PrintResult.FAILED, [])
