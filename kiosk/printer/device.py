"""The ways to a printer, by the addresses that name them in the settings. Each job opens its own link and closes it."""

from __future__ import annotations

from collections.abc import Callable
from urllib.parse import SplitResult, parse_qs, urlsplit

from kiosk.printer.device_file import FileSink
from kiosk.printer.errors import AddressError
from kiosk.printer.link import ByteSink
from kiosk.printer.network import RAW_PRINTING_PORT, NetworkSink
from kiosk.printer.serial_line import DEFAULT_BAUD, Flow, Parity, SerialLine, SerialSink
from kiosk.printer.usb import UsbSink

__all__ = ["FileSink", "NetworkSink", "SerialSink", "UsbSink", "sink_from_address"]

BAUDS = frozenset({1200, 2400, 4800, 9600, 19_200, 38_400, 57_600, 115_200})
FORMS = "tcp://HOST:9100, usb://VENDOR:PRODUCT, serial:/dev/ttyS0?baud=38400&flow=dtr or file:/dev/usb/lp0"


def sink_from_address(address: str) -> ByteSink:
    """The sink of one of these addresses.

    ``tcp://host:9100`` (the port may be left out), ``usb://04b8:0202`` (vendor and product as lsusb shows them),
    ``serial:/dev/ttyS0?baud=38400&flow=dtr&parity=none`` (each may be left out; flow is dtr, rts, xon or none, parity
    none, even or odd), ``file:/dev/usb/lp0``.

    Raises:
        AddressError: any other form; the sentence says what is wrong with it.
    """
    try:
        parts = urlsplit(address)
    except ValueError as error:
        raise AddressError(f"a printer address is {FORMS}") from error
    if parts.scheme not in _SINKS:
        raise AddressError(f"a printer address is {FORMS}")
    return _SINKS[parts.scheme](parts)


def _network(parts: SplitResult) -> ByteSink:
    try:
        port = parts.port or RAW_PRINTING_PORT
    except ValueError as error:
        raise AddressError("the port of a printer address is a number up to 65535, most often 9100") from error
    if not parts.hostname or parts.path.strip("/") or parts.query:
        raise AddressError("a network printer is tcp://HOST or tcp://HOST:PORT, with nothing after it")
    return NetworkSink(parts.hostname, port)


def _usb(parts: SplitResult) -> ByteSink:
    numbers = parts.netloc.split(":")
    try:
        vendor, product = (int(number, 16) for number in numbers)
    except ValueError as error:
        raise AddressError("a USB printer is usb://VENDOR:PRODUCT, two hexadecimal numbers as lsusb shows") from error
    return UsbSink(vendor, product)


def _serial(parts: SplitResult) -> ByteSink:
    path = _device_path(parts, "serial:/dev/ttyS0?baud=38400&flow=dtr")
    told = _options(parts.query)
    unknown = told.keys() - {"baud", "flow", "parity"}
    if unknown:
        raise AddressError(f"a serial line has baud, flow and parity, not {', '.join(sorted(unknown))}")
    try:
        line = SerialLine(
            path,
            baud=int(told.get("baud", DEFAULT_BAUD)),
            flow=Flow(told.get("flow", Flow.DTR.value)),
            parity=Parity[told.get("parity", "none").upper()],
        )
    except (ValueError, KeyError) as error:
        raise AddressError("flow is dtr, rts, xon or none; parity is none, even or odd; baud is a number") from error
    if line.baud not in BAUDS:
        raise AddressError(f"baud is one of {', '.join(map(str, sorted(BAUDS)))}")
    return SerialSink(line)


def _file(parts: SplitResult) -> ByteSink:
    return FileSink(_device_path(parts, "file:/dev/usb/lp0"))


def _device_path(parts: SplitResult, example: str) -> str:
    if parts.netloc or not parts.path.startswith("/"):
        raise AddressError(f"the device is named by its whole path, as in {example}")
    return parts.path


def _options(query: str) -> dict[str, str]:
    try:
        told = parse_qs(query, strict_parsing=True) if query else {}
    except ValueError as error:
        raise AddressError("options are written ?name=value&name=value") from error
    if any(len(values) > 1 for values in told.values()):
        raise AddressError("an option is given once")
    return {name: values[0] for name, values in told.items()}


_SINKS: dict[str, Callable[[SplitResult], ByteSink]] = {
    "tcp": _network,
    "usb": _usb,
    "serial": _serial,
    "file": _file,
}
