"""A serial line is a pseudo-terminal here, set and opened by the same pyserial; only its modem wires are played."""

from __future__ import annotations

import os
import select
import sys
import termios
import threading
import tty
from collections.abc import Iterator
from typing import Any

import pytest
import serial

from kiosk.printer import serial_line
from kiosk.printer.errors import DeviceError
from kiosk.printer.link import Link
from kiosk.printer.serial_line import Flow, Parity, SerialLine, SerialLink, SerialSink

DEADLINE_S = 10.0
XON, XOFF = b"\x11", b"\x13"


@pytest.fixture
def line() -> Iterator[tuple[int, str]]:
    """The printer's end and the path of the other."""
    near, far = os.openpty()
    tty.setraw(near)
    tty.setraw(far)
    yield near, os.ttyname(far)
    os.close(near)
    os.close(far)


def _sink(path: str, flow: Flow = Flow.NONE, **more: Any) -> SerialSink:
    return SerialSink(SerialLine(path, flow=flow, **more))


def _arrives(near: int, within_s: float = DEADLINE_S) -> bytes:
    return os.read(near, 4096) if select.select([near], [], [], within_s)[0] else b""


@pytest.mark.parametrize("flow", Flow)
def test_a_printer_takes_bytes_and_answers(line: tuple[int, str], flow: Flow) -> None:
    near, path = line
    with _sink(path, flow).open(DEADLINE_S) as link:
        link.write(b"slip", DEADLINE_S)
        os.write(near, b"\x12")

        assert (_arrives(near), link.read(DEADLINE_S), link.read(0.01)) == (b"slip", b"\x12", b"")


def test_no_byte_is_changed_on_the_way(line: tuple[int, str]) -> None:
    near, path = line
    every = bytes(range(256))
    with _sink(path).open(DEADLINE_S) as link:
        link.write(every, DEADLINE_S)
        os.write(near, every)
        there, back = b"", b""
        while len(there) < len(every):
            there += _arrives(near)
        while len(back) < len(every):
            back += link.read(DEADLINE_S)

    assert (there, back) == (every, every)


def test_the_line_is_set_as_asked(line: tuple[int, str]) -> None:
    with _sink(line[1], Flow.XON, baud=9600, parity=Parity.ODD).open(DEADLINE_S) as link:
        assert isinstance(link, SerialLink)
        iflag, _, cflag, _, _, speed, _ = termios.tcgetattr(link._descriptor)

    assert speed == termios.B9600
    assert cflag & (termios.CSIZE | termios.PARODD) == termios.CS8 | termios.PARODD
    assert iflag & termios.IXON


def test_a_printer_that_says_xoff_is_waited_for_until_it_says_xon(line: tuple[int, str]) -> None:
    near, path = line
    with _sink(path, Flow.XON).open(DEADLINE_S) as link:
        os.write(near, XOFF)
        while link.offer(b"slip", 0.02):  # the word may be on its way yet
            assert _arrives(near) == b"slip"
        os.write(near, XON)
        link.write(b"next", DEADLINE_S)

        assert _arrives(near) == b"next"


def _filled(link: Link) -> int:
    """Bytes that the machine took until it took no more."""
    taken = 0
    while more := link.offer(bytes(4096), 0.02):
        taken += more
    return taken


def _all_that_arrives(near: int) -> int:
    arrived = 0
    while more := _arrives(near, within_s=0.05):
        arrived += len(more)
    return arrived


def test_what_the_printer_did_not_take_is_forgotten_when_the_job_is(line: tuple[int, str]) -> None:
    near, path = line
    with _sink(path).open(DEADLINE_S) as link:
        taken = _filled(link)
        link.abandon()

        assert _all_that_arrives(near) < taken


class PortWithWires(serial.Serial):  # type: ignore[misc] # pyserial ships no types
    """A port whose DSR wire a test raises and lowers; a pseudo-terminal has none."""

    is_wanting = True

    @property
    def dsr(self) -> bool:
        return self.is_wanting


@pytest.fixture
def wired(line: tuple[int, str]) -> Iterator[tuple[int, PortWithWires]]:
    with PortWithWires(line[1], timeout=0) as port:
        yield line[0], port


def test_no_piece_of_a_job_is_sent_while_dsr_is_down(wired: tuple[int, PortWithWires]) -> None:
    near, port = wired
    port.is_wanting = False

    assert (SerialLink(port, Flow.DTR).offer(b"slip", 0.05), _arrives(near, within_s=0.05)) == (0, b"")


def test_a_question_is_asked_even_while_dsr_is_down(wired: tuple[int, PortWithWires]) -> None:
    near, port = wired
    port.is_wanting = False
    SerialLink(port, Flow.DTR).write(b"\x10\x04\x01", DEADLINE_S)

    assert _arrives(near) == b"\x10\x04\x01"


def test_a_job_goes_on_as_soon_as_dsr_is_up_again(wired: tuple[int, PortWithWires]) -> None:
    near, port = wired
    port.is_wanting = False
    waiting = threading.Timer(0.05, setattr, (port, "is_wanting", True))
    waiting.start()
    taken = SerialLink(port, Flow.DTR).offer(b"slip", DEADLINE_S)
    waiting.join()

    assert (taken, _arrives(near)) == (4, b"slip")


def test_with_dtr_a_long_job_goes_in_pieces_that_the_printer_has_room_for(wired: tuple[int, PortWithWires]) -> None:
    assert SerialLink(wired[1], Flow.DTR).offer(bytes(1000), DEADLINE_S) == 64


def test_a_port_that_vanished_is_not_a_ready_one(wired: tuple[int, PortWithWires]) -> None:
    _, port = wired
    link = SerialLink(port, Flow.DTR)
    os.close(port.fileno())
    port.fd = os.open(os.devnull, os.O_RDWR)  # pyserial closes it at the end

    with pytest.raises(DeviceError):
        link.offer(b"slip", 0.05)


def test_a_line_that_is_not_there_is_a_device_error() -> None:
    with pytest.raises(DeviceError, match="cannot be opened"), _sink("/dev/ttyNONE").open(DEADLINE_S):
        pass


class HeldPort(serial.Serial):  # type: ignore[misc] # pyserial ships no types
    """A port that never gets rid of its last bytes; what a pseudo-terminal took has left the machine at once."""

    out_waiting = 4


def test_what_a_held_line_keeps_is_thrown_away_when_it_is_closed(
    line: tuple[int, str], monkeypatch: pytest.MonkeyPatch
) -> None:
    near, path = line
    monkeypatch.setattr(serial, "Serial", HeldPort)
    monkeypatch.setattr(serial_line, "DRAIN_S", 0.05)
    with _sink(path).open(DEADLINE_S) as link:
        taken = _filled(link)

    assert _all_that_arrives(near) < taken


def test_what_was_written_last_is_not_lost_when_the_line_is_closed(line: tuple[int, str]) -> None:
    near, path = line
    with _sink(path).open(DEADLINE_S) as link:
        link.write(b"slip", DEADLINE_S)

    assert _arrives(near) == b"slip"


def test_a_line_that_another_program_holds_is_a_device_error(line: tuple[int, str]) -> None:
    held = _sink(line[1]).open(DEADLINE_S)
    with held, pytest.raises(DeviceError, match="cannot be opened"), _sink(line[1]).open(DEADLINE_S):
        pass


def test_without_pyserial_the_error_says_what_to_install(
    line: tuple[int, str], monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.setitem(sys.modules, "serial", None)
    with pytest.raises(DeviceError, match="the extra named serial"), _sink(line[1]).open(DEADLINE_S):
        pass
