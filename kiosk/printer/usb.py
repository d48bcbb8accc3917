"""A printer on USB, through python-escpos and pyusb; both are imported at the first job only."""

from __future__ import annotations

import time
from collections.abc import Iterator
from contextlib import contextmanager
from typing import Any

from kiosk.printer.errors import DeviceError
from kiosk.printer.link import ByteSink, Link

REPLY_SIZE = 16  # bytes asked for at a time


class UsbSink(ByteSink):
    """A printer on USB, found by its vendor and product numbers through python-escpos and pyusb.

    ``backend`` is pyusb's own backend object; None lets pyusb find libusb on the system.
    """

    def __init__(self, vendor: int, product: int, backend: Any = None) -> None:
        self._vendor = vendor
        self._product = product
        self._arguments: dict[str, Any] = {} if backend is None else {"backend": backend}

    @contextmanager
    def open(self, timeout_s: float) -> Iterator[Link]:
        """Find and configure the device, and release it at the end."""
        printer = self._printer(timeout_s)
        try:
            yield _UsbLink(printer)
        finally:
            printer.close()

    def _printer(self, timeout_s: float) -> Any:
        from escpos.exceptions import Error as EscposError  # noqa: PLC0415 - 0.4 s, see layout.py
        from escpos.printer import Usb  # noqa: PLC0415

        printer: Any = Usb(self._vendor, self._product, dict(self._arguments), timeout=int(timeout_s * 1000))
        try:
            printer.open()
            printer.out_ep, printer.in_ep = _bulk_endpoints(printer.device)
        except (EscposError, OSError, RuntimeError, ValueError) as error:
            # RuntimeError: pyusb is not installed; ValueError: pyusb found no libusb (its NoBackendError).
            printer.close()
            raise DeviceError("the USB printer cannot be opened") from error
        return printer


class _UsbLink(Link):
    def __init__(self, printer: Any) -> None:
        self._printer = printer
        self.readable = printer.in_ep is not None

    def write(self, data: bytes, timeout_s: float) -> None:
        until = time.monotonic() + timeout_s
        rest = data
        while rest:
            taken = self.offer(rest, until - time.monotonic())
            if not taken and time.monotonic() >= until:
                raise DeviceError("the USB printer did not take the bytes in time")
            rest = rest[taken:]

    def offer(self, data: bytes, timeout_s: float) -> int:
        from usb.core import USBTimeoutError  # noqa: PLC0415 - only there with the usb extra

        try:
            return int(self._printer.device.write(self._printer.out_ep, data, _milliseconds(timeout_s)))
        except USBTimeoutError:
            return 0
        except OSError as error:  # pyusb's USBError is one
            raise DeviceError("the USB printer did not take the bytes") from error

    def read(self, timeout_s: float) -> bytes:
        from usb.core import USBTimeoutError  # noqa: PLC0415 - only there with the usb extra

        if not self.readable:
            return b""
        try:
            endpoint = self._printer.in_ep
            return bytes(self._printer.device.read(endpoint, REPLY_SIZE, _milliseconds(timeout_s)))
        except USBTimeoutError:
            return b""
        except OSError as error:
            raise DeviceError("the USB printer went away") from error


def _milliseconds(timeout_s: float) -> int:
    return max(int(timeout_s * 1000), 1)  # 0 would mean "for ever" to libusb


def _bulk_endpoints(device: Any) -> tuple[int, int | None]:
    """The addresses of the first bulk endpoints out and in, as the device describes itself (USB printer class §4)."""
    from usb.util import (  # noqa: PLC0415 - only there with the usb extra
        ENDPOINT_IN,
        ENDPOINT_TYPE_BULK,
        endpoint_direction,
        endpoint_type,
    )

    outward: list[int] = []
    inward: list[int] = []
    for interface in device.get_active_configuration():
        for endpoint in interface:
            if endpoint_type(endpoint.bmAttributes) == ENDPOINT_TYPE_BULK:
                address = int(endpoint.bEndpointAddress)
                (inward if endpoint_direction(address) == ENDPOINT_IN else outward).append(address)
    if not outward:
        raise DeviceError("the USB device has no way to take bytes: not a printer")
    return outward[0], inward[0] if inward else None
