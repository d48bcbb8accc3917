from __future__ import annotations

import os
import socket
import threading
import tty
from collections.abc import Iterator
from pathlib import Path

import pytest

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
