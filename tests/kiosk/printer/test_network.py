from __future__ import annotations

import socket
import threading
from collections.abc import Iterator

import pytest

from kiosk.printer.errors import DeviceError
from kiosk.printer.network import NetworkSink

DEADLINE_S = 2.0


@pytest.fixture
def listener() -> Iterator[socket.socket]:
    with socket.create_server(("127.0.0.1", 0)) as listener:
        listener.settimeout(DEADLINE_S)
        yield listener


def _sink(listener: socket.socket) -> NetworkSink:
    return NetworkSink("127.0.0.1", listener.getsockname()[1])


def test_a_closed_port_is_a_device_error(listener: socket.socket) -> None:
    sink = _sink(listener)
    listener.close()

    with pytest.raises(DeviceError), sink.open(DEADLINE_S):
        pass


def test_all_bytes_arrive_and_the_link_is_ended_not_reset(listener: socket.socket) -> None:
    received = bytearray()

    def printer() -> None:
        connection, _ = listener.accept()
        with connection:
            connection.sendall(b"\x12")  # an answer that the terminal never reads
            while data := connection.recv(4096):
                received.extend(data)

    thread = threading.Thread(target=printer)
    thread.start()
    with _sink(listener).open(DEADLINE_S) as link:
        link.write(b"slip" * 50_000, DEADLINE_S)
    thread.join(DEADLINE_S)

    assert bytes(received) == b"slip" * 50_000


def test_a_printer_that_takes_nothing_ends_in_the_deadline(listener: socket.socket) -> None:
    with _sink(listener).open(DEADLINE_S) as link, pytest.raises(DeviceError, match="did not take"):
        link.write(bytes(50_000_000), 0.1)


def test_silence_is_an_empty_answer(listener: socket.socket) -> None:
    with _sink(listener).open(DEADLINE_S) as link:
        assert link.read(0.01) == b""


def test_a_connection_the_printer_ended_is_a_device_error_not_silence(listener: socket.socket) -> None:
    with _sink(listener).open(DEADLINE_S) as link:
        listener.accept()[0].close()

        with pytest.raises(DeviceError, match="closed"):
            link.read(DEADLINE_S)
