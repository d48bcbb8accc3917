from __future__ import annotations

import array
import os
import socket
import threading
import tty
from collections.abc import Iterator
from pathlib import Path
from types import SimpleNamespace
from typing import Any

import pytest
import usb.backend
import usb.core

from kiosk.printer.device import FileSink, NetworkSink, UsbSink, sink_from_address
from kiosk.printer.errors import AddressError, DeviceError

DEADLINE_S = 2.0


@pytest.mark.parametrize(
    ("address", "sink"),
    [
        ("tcp://printer.local:9101", NetworkSink),
        ("tcp://127.0.0.1", NetworkSink),
        ("usb://04b8:0202", UsbSink),
        ("file:/dev/usb/lp0", FileSink),
        ("file:///dev/usb/lp0", FileSink),
    ],
)
def test_each_form_of_address_gives_its_sink(address: str, sink: type) -> None:
    assert type(sink_from_address(address)) is sink


@pytest.mark.parametrize(
    "address",
    [
        "",
        "printer",
        "tcp://",
        "tcp://h:notaport",
        "tcp://h:99999",
        "usb://04b8",
        "usb://x:y",
        "file:lp0",
        "http://h:9100",
    ],
)
def test_any_other_address_is_refused(address: str) -> None:
    with pytest.raises(AddressError):
        sink_from_address(address)


class TestNetwork:
    @pytest.fixture
    def listener(self) -> Iterator[socket.socket]:
        with socket.create_server(("127.0.0.1", 0)) as listener:
            listener.settimeout(DEADLINE_S)
            yield listener

    def _sink(self, listener: socket.socket) -> NetworkSink:
        return NetworkSink("127.0.0.1", listener.getsockname()[1])

    def test_a_closed_port_is_a_device_error(self, listener: socket.socket) -> None:
        sink = self._sink(listener)
        listener.close()

        with pytest.raises(DeviceError), sink.open(DEADLINE_S):
            pass

    def test_all_bytes_arrive_and_the_link_is_ended_not_reset(self, listener: socket.socket) -> None:
        received = bytearray()

        def printer() -> None:
            connection, _ = listener.accept()
            with connection:
                connection.sendall(b"\x12")  # an answer that the terminal never reads
                while data := connection.recv(4096):
                    received.extend(data)

        thread = threading.Thread(target=printer)
        thread.start()
        with self._sink(listener).open(DEADLINE_S) as link:
            link.write(b"slip" * 50_000, DEADLINE_S)
        thread.join(DEADLINE_S)

        assert bytes(received) == b"slip" * 50_000

    def test_a_printer_that_takes_nothing_ends_in_the_deadline(self, listener: socket.socket) -> None:
        with self._sink(listener).open(DEADLINE_S) as link, pytest.raises(DeviceError, match="did not take"):
            link.write(bytes(50_000_000), 0.1)

    def test_silence_is_an_empty_answer(self, listener: socket.socket) -> None:
        with self._sink(listener).open(DEADLINE_S) as link:
            assert link.read(0.01) == b""

    def test_a_connection_the_printer_ended_is_a_device_error_not_silence(self, listener: socket.socket) -> None:
        with self._sink(listener).open(DEADLINE_S) as link:
            listener.accept()[0].close()

            with pytest.raises(DeviceError, match="closed"):
                link.read(DEADLINE_S)


class TestFile:
    @pytest.fixture
    def terminal(self) -> Iterator[tuple[int, str]]:
        """The near end and the path of a character device that carries bytes both ways, as /dev/usb/lp0 does."""
        near, far = os.openpty()
        tty.setraw(far)
        yield near, os.ttyname(far)
        os.close(near)
        os.close(far)

    def test_a_device_takes_bytes_and_hands_answers_back(self, terminal: tuple[int, str]) -> None:
        near, path = terminal
        with FileSink(path).open(DEADLINE_S) as link:
            link.write(b"slip", DEADLINE_S)
            os.write(near, b"\x12")

            assert (os.read(near, 10), link.read(DEADLINE_S), link.read(0.01)) == (b"slip", b"\x12", b"")

    def test_a_regular_file_is_refused_because_the_code_would_stay_on_the_disk(self, tmp_path: Path) -> None:
        path = tmp_path / "slip.bin"
        path.touch()

        with pytest.raises(DeviceError, match="neither a device nor a pipe"), FileSink(str(path)).open(DEADLINE_S):
            pass

    def test_a_missing_device_is_an_error_and_makes_no_file(self, tmp_path: Path) -> None:
        path = tmp_path / "lp0"

        with pytest.raises(DeviceError), FileSink(str(path)).open(DEADLINE_S):
            pass

        assert not path.exists()

    def test_a_pipe_takes_bytes_and_says_that_it_cannot_answer(self, tmp_path: Path) -> None:
        path = tmp_path / "pipe"
        os.mkfifo(path)
        reader = os.open(path, os.O_RDONLY | os.O_NONBLOCK)
        with FileSink(str(path)).open(DEADLINE_S) as link:
            link.write(b"slip", DEADLINE_S)

            assert (link.readable, link.read(DEADLINE_S), os.read(reader, 10)) == (False, b"", b"slip")
        os.close(reader)

    def test_a_pipe_nobody_reads_is_a_device_error(self, tmp_path: Path) -> None:
        path = tmp_path / "pipe"
        os.mkfifo(path)

        with pytest.raises(DeviceError), FileSink(str(path)).open(DEADLINE_S):
            pass

    def test_a_device_that_takes_nothing_ends_in_the_deadline(self, tmp_path: Path) -> None:
        path = tmp_path / "pipe"
        os.mkfifo(path)
        reader = os.open(path, os.O_RDONLY | os.O_NONBLOCK)
        with FileSink(str(path)).open(DEADLINE_S) as link, pytest.raises(DeviceError, match="in time"):
            link.write(bytes(1_000_000), 0.05)
        os.close(reader)


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
