from __future__ import annotations

import array
from collections.abc import Iterator
from types import SimpleNamespace
from typing import Any

import pytest
import usb.backend
import usb.core

from kiosk.printer.errors import DeviceError
from kiosk.printer.usb import UsbSink

DEADLINE_S = 2.0

_DEVICE = {"bLength": 18, "bDescriptorType": 1, "bcdUSB": 0x200, "bDeviceClass": 0, "bDeviceSubClass": 0,
           "bDeviceProtocol": 0, "bMaxPacketSize0": 64, "idVendor": 0x04B8, "idProduct": 0x0202, "bcdDevice": 1,
           "iManufacturer": 0, "iProduct": 0, "iSerialNumber": 0, "bNumConfigurations": 1, "address": 1, "bus": 1,
           "port_number": 1, "port_numbers": None, "speed": None}  # fmt: skip
_CONFIGURATION = {"bLength": 9, "bDescriptorType": 2, "wTotalLength": 32, "bNumInterfaces": 1,
                  "bConfigurationValue": 1, "iConfiguration": 0, "bmAttributes": 0x80, "bMaxPower": 1,
                  "extra_descriptors": ()}  # fmt: skip
_INTERFACE = {"bLength": 9, "bDescriptorType": 4, "bInterfaceNumber": 0, "bAlternateSetting": 0,
              "bNumEndpoints": 2, "bInterfaceClass": 7, "bInterfaceSubClass": 1, "bInterfaceProtocol": 2,
              "iInterface": 0, "extra_descriptors": ()}  # fmt: skip
_BULK_ENDPOINT = {"bLength": 7, "bDescriptorType": 5, "bmAttributes": 2, "wMaxPacketSize": 64, "bInterval": 0,
                  "bRefresh": 0, "bSynchAddress": 0, "extra_descriptors": ()}  # fmt: skip


def _only_the_first(index: int, descriptor: dict[str, Any], **more: int) -> SimpleNamespace:
    """pyusb counts upward until a backend has no more."""
    if index > 0:
        raise IndexError
    return SimpleNamespace(**descriptor, **more)


class UsbPrinterBackend(usb.backend.IBackend):
    """pyusb's own backend port, with a printer plugged in that keeps what it gets and answers 0x12 once.

    One configuration, one interface of the printer class, two bulk endpoints: 0x02 out and 0x81 in.
    """

    def __init__(self) -> None:
        self.addresses = (0x02, 0x81)
        self.received = bytearray()
        self.answers = b"\x12"
        self.unplugged = False
        self.held = 0

    def enumerate_devices(self) -> Iterator[str]:
        return iter(() if self.unplugged else ("printer",))

    def get_device_descriptor(self, dev: str) -> SimpleNamespace:
        return _only_the_first(0, _DEVICE)

    def get_configuration_descriptor(self, dev: str, config: int) -> SimpleNamespace:
        return _only_the_first(config, _CONFIGURATION)

    def get_interface_descriptor(self, dev: str, intf: int, alt: int, config: int) -> SimpleNamespace:
        return _only_the_first(intf + alt, _INTERFACE)

    def get_endpoint_descriptor(self, dev: str, ep: int, intf: int, alt: int, config: int) -> SimpleNamespace:
        return _only_the_first(0, _BULK_ENDPOINT, bEndpointAddress=self.addresses[ep])

    def open_device(self, dev: str) -> str:
        self.held += 1
        return "handle"

    def close_device(self, dev_handle: str) -> None:
        self.held -= 1

    def get_configuration(self, dev_handle: str) -> int:
        return 1

    def set_configuration(self, *arguments: object) -> None:
        """Nothing to choose: there is one."""

    set_interface_altsetting = claim_interface = release_interface = reset_device = set_configuration

    def bulk_write(self, dev_handle: str, ep: int, intf: int, data: array.array[int], timeout: int) -> int:
        assert (ep, timeout > 0) == (0x02, True)
        if self.unplugged:
            raise usb.core.USBError("gone")
        self.received.extend(data)
        return len(data)

    def bulk_read(self, dev_handle: str, ep: int, intf: int, buff: array.array[int], timeout: int) -> int:
        assert (ep, timeout > 0) == (0x81, True)
        if not self.answers:
            raise usb.core.USBTimeoutError("silence")
        count, self.answers = len(self.answers), b""
        buff[0] = 0x12
        return count


class TestUsb:
    @pytest.fixture
    def backend(self) -> UsbPrinterBackend:
        return UsbPrinterBackend()

    def _sink(self, backend: UsbPrinterBackend) -> UsbSink:
        return UsbSink(0x04B8, 0x0202, backend)

    def test_a_printer_takes_bytes_and_answers_on_the_endpoints_it_describes(self, backend: UsbPrinterBackend) -> None:
        with self._sink(backend).open(DEADLINE_S) as link:
            link.write(b"slip", DEADLINE_S)

            assert (bytes(backend.received), link.read(DEADLINE_S), link.read(0.01)) == (b"slip", b"\x12", b"")

    def test_the_device_is_let_go_after_each_job(self, backend: UsbPrinterBackend) -> None:
        with self._sink(backend).open(DEADLINE_S) as link:
            link.write(b"slip", DEADLINE_S)
            held_during = backend.held

        assert (held_during, backend.held) == (1, 0)

    def test_a_printer_that_is_not_plugged_in_is_a_device_error(self, backend: UsbPrinterBackend) -> None:
        backend.unplugged = True

        with pytest.raises(DeviceError, match="cannot be opened"), self._sink(backend).open(DEADLINE_S):
            pass

    def test_a_printer_pulled_out_during_a_job_is_a_device_error(self, backend: UsbPrinterBackend) -> None:
        with self._sink(backend).open(DEADLINE_S) as link:
            backend.unplugged = True

            with pytest.raises(DeviceError, match="did not take"):
                link.write(b"slip", DEADLINE_S)

    def test_a_printer_without_a_way_back_says_that_it_cannot_answer(self, backend: UsbPrinterBackend) -> None:
        backend.addresses = (0x02, 0x03)
        with self._sink(backend).open(DEADLINE_S) as link:
            assert (link.readable, link.read(DEADLINE_S)) == (False, b"")

    def test_a_device_that_takes_no_bytes_is_not_a_printer(self, backend: UsbPrinterBackend) -> None:
        backend.addresses = (0x82, 0x81)

        with pytest.raises(DeviceError, match="not a printer"), self._sink(backend).open(DEADLINE_S):
            pass
