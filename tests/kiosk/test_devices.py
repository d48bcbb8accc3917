"""What is plugged in: one printer, or two of which the second stands in for the first."""

from __future__ import annotations

from collections.abc import Iterator
from pathlib import Path

import pytest

from kiosk.devices import Devices, open_devices
from kiosk.enrolment.ports import PrinterState, PrintOutcome, PrintResult
from kiosk.enrolment.slip import LineRole, Slip, SlipKind, SlipLine
from kiosk.printer.errors import AddressError
from kiosk.printer.simulator.server import SimulatedPrinter
from kiosk.settings import KioskSettings

SLIP = Slip(SlipKind.REFUSAL, 1, (SlipLine(LineRole.TEXT, "one line"),))


@pytest.fixture
def second() -> Iterator[SimulatedPrinter]:
    with SimulatedPrinter() as printer:
        yield printer


@pytest.fixture
def devices(second: SimulatedPrinter, tmp_path: Path) -> Iterator[Devices]:
    opened = open_devices(KioskSettings(home=tmp_path, simulate=True, second_printer=second.address))
    yield opened
    opened.close()


def _first(devices: Devices) -> SimulatedPrinter:
    assert devices.tray is not None
    return devices.tray.printer


def test_the_second_printer_takes_over_when_the_first_has_no_paper(devices: Devices, second: SimulatedPrinter) -> None:
    _first(devices).paper_out()
    outcome = devices.printer.print(SLIP)

    assert outcome == PrintOutcome(PrintResult.PRINTED, PrinterState.READY)
    assert (len(_first(devices).papers), len(second.papers)) == (0, 1)


def test_with_a_second_printer_a_silent_first_is_sent_nothing(devices: Devices, second: SimulatedPrinter) -> None:
    _first(devices).silent()
    devices.printer.print(SLIP)

    assert (_first(devices).lines_printed, len(second.papers)) == (0, 1)


def test_the_panel_is_told_of_as_many_printers_as_there_are(devices: Devices, tmp_path: Path) -> None:
    alone = open_devices(KioskSettings(home=tmp_path, simulate=True))
    counted = len(alone.printer.parts()), len(devices.printer.parts())
    alone.close()

    assert counted == (1, 2)


def test_a_second_printer_at_no_address_keeps_the_terminal_from_starting(tmp_path: Path) -> None:
    with pytest.raises(AddressError):
        open_devices(KioskSettings(home=tmp_path, simulate=True, second_printer="somewhere"))
