"""A printer on USB, in memory: below pyusb, so that all of pyusb and python-escpos above it is the real one."""

from __future__ import annotations

import array
from collections.abc import Callable, Iterator
from types import SimpleNamespace
from typing import Any

import usb.backend
import usb.core

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
    """pyusb's own backend port, with a printer plugged in that hands what it gets to ``receive``, which answers.

    One configuration, one interface of the printer class, two bulk endpoints: 0x02 out and 0x81 in. ``room`` is how
    many bytes it still takes, None for all.
    """

    def __init__(self, receive: Callable[[bytes], bytes] = lambda _: b"\x12") -> None:
        self.addresses = (0x02, 0x81)
        self.received = bytearray()
        self.answers = b""
        self.unplugged = False
        self.held = 0
        self.room: int | None = None
        self._receive = receive

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
        taken = bytes(data)[: self.room]
        if self.room is not None:
            self.room -= len(taken)
        if data and not taken:
            raise usb.core.USBTimeoutError("busy")
        self.received.extend(taken)
        self.answers += self._receive(taken)
        return len(taken)

    def bulk_read(self, dev_handle: str, ep: int, intf: int, buff: array.array[int], timeout: int) -> int:
        assert (ep, timeout > 0) == (0x81, True)
        if not self.answers:
            raise usb.core.USBTimeoutError("silence")
        told, self.answers = self.answers[: len(buff)], self.answers[len(buff) :]
        buff[: len(told)] = array.array("B", told)
        return len(told)
