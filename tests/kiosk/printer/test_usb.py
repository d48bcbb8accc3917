from __future__ import annotations

import pytest

from kiosk.printer.errors import DeviceError
from kiosk.printer.usb import UsbSink
from tests.fakes.usb_printer import UsbPrinterBackend

DEADLINE_S = 2.0


@pytest.fixture
def backend() -> UsbPrinterBackend:
    return UsbPrinterBackend()


def _sink(backend: UsbPrinterBackend) -> UsbSink:
    return UsbSink(0x04B8, 0x0202, backend)


def test_a_printer_takes_bytes_and_answers_on_the_endpoints_it_describes(backend: UsbPrinterBackend) -> None:
    with _sink(backend).open(DEADLINE_S) as link:
        link.write(b"slip", DEADLINE_S)

        assert (bytes(backend.received), link.read(DEADLINE_S), link.read(0.01)) == (b"slip", b"\x12", b"")


def test_the_device_is_let_go_after_each_job(backend: UsbPrinterBackend) -> None:
    with _sink(backend).open(DEADLINE_S) as link:
        link.write(b"slip", DEADLINE_S)
        held_during = backend.held

    assert (held_during, backend.held) == (1, 0)


def test_a_printer_that_is_not_plugged_in_is_a_device_error(backend: UsbPrinterBackend) -> None:
    backend.unplugged = True

    with pytest.raises(DeviceError, match="cannot be opened"), _sink(backend).open(DEADLINE_S):
        pass


def test_a_printer_pulled_out_during_a_job_is_a_device_error(backend: UsbPrinterBackend) -> None:
    with _sink(backend).open(DEADLINE_S) as link:
        backend.unplugged = True

        with pytest.raises(DeviceError, match="did not take"):
            link.write(b"slip", DEADLINE_S)


def test_a_printer_without_a_way_back_says_that_it_cannot_answer(backend: UsbPrinterBackend) -> None:
    backend.addresses = (0x02, 0x03)
    with _sink(backend).open(DEADLINE_S) as link:
        assert (link.readable, link.read(DEADLINE_S)) == (False, b"")


def test_a_device_that_takes_no_bytes_is_not_a_printer(backend: UsbPrinterBackend) -> None:
    backend.addresses = (0x82, 0x81)

    with pytest.raises(DeviceError, match="not a printer"), _sink(backend).open(DEADLINE_S):
        pass


def test_a_busy_printer_takes_what_it_has_room_for_and_then_nothing(backend: UsbPrinterBackend) -> None:
    backend.room = 3
    with _sink(backend).open(DEADLINE_S) as link:
        assert (link.offer(b"slip", 0.01), link.offer(b"p", 0.01), bytes(backend.received)) == (3, 0, b"sli")


def test_a_question_that_a_busy_printer_takes_by_half_is_a_device_error(backend: UsbPrinterBackend) -> None:
    backend.room = 2
    with _sink(backend).open(DEADLINE_S) as link, pytest.raises(DeviceError, match="did not take"):
        link.write(b"\x10\x04\x01", 0.05)
