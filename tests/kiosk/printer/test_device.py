from __future__ import annotations

import pytest

from kiosk.printer.device import FileSink, NetworkSink, SerialSink, UsbSink, sink_from_address
from kiosk.printer.errors import AddressError
from kiosk.printer.serial_line import Flow, Parity, SerialLine


@pytest.mark.parametrize(
    ("address", "sink"),
    [
        ("tcp://printer.local:9101", NetworkSink),
        ("tcp://127.0.0.1", NetworkSink),
        ("usb://04b8:0202", UsbSink),
        ("serial:/dev/ttyS0", SerialSink),
        ("serial:///dev/ttyUSB0?baud=9600", SerialSink),
        ("file:/dev/usb/lp0", FileSink),
        ("file:///dev/usb/lp0", FileSink),
    ],
)
def test_each_form_of_address_gives_its_sink(address: str, sink: type) -> None:
    assert type(sink_from_address(address)) is sink


def test_a_serial_line_is_set_as_its_address_says() -> None:
    sink = sink_from_address("serial:/dev/ttyS0?baud=19200&flow=xon&parity=even")

    assert isinstance(sink, SerialSink)
    assert sink.line == SerialLine("/dev/ttyS0", baud=19200, flow=Flow.XON, parity=Parity.EVEN)


def test_a_serial_line_of_which_nothing_is_said_is_set_as_epson_delivers_its_models() -> None:
    sink = sink_from_address("serial:/dev/ttyS0")

    assert isinstance(sink, SerialSink)
    assert sink.line == SerialLine("/dev/ttyS0", baud=38400, flow=Flow.DTR, parity=Parity.NONE)


@pytest.mark.parametrize(
    ("address", "what_helps"),
    [
        ("", "tcp://HOST:9100"),
        ("printer", "tcp://HOST:9100"),
        ("http://h:9100", "tcp://HOST:9100"),
        ("tcp://[::1", "tcp://HOST:9100"),
        ("tcp://", "tcp://HOST or"),
        ("tcp://h/queue", "nothing after it"),
        ("tcp://h:notaport", "a number up to 65535"),
        ("tcp://h:99999", "a number up to 65535"),
        ("usb://04b8", "as lsusb shows"),
        ("usb://x:y", "as lsusb shows"),
        ("usb://04b8:0202:1", "as lsusb shows"),
        ("file:lp0", "its whole path"),
        ("file://lp0", "its whole path"),
        ("serial:ttyS0", "its whole path"),
        ("serial:/dev/ttyS0?speed=9600", "baud, flow and parity, not speed"),
        ("serial:/dev/ttyS0?baud=fast", "baud is a number"),
        ("serial:/dev/ttyS0?baud=9601", "one of 1200, 2400"),
        ("serial:/dev/ttyS0?flow=dsr", "flow is dtr, rts, xon or none"),
        ("serial:/dev/ttyS0?parity=mark", "parity is none, even or odd"),
        ("serial:/dev/ttyS0?baud=9600&baud=19200", "given once"),
        ("serial:/dev/ttyS0?baud", "name=value"),
    ],
)
def test_any_other_address_is_refused_with_a_sentence_that_helps(address: str, what_helps: str) -> None:
    with pytest.raises(AddressError, match=what_helps.replace("?", r"\?")):
        sink_from_address(address)
