"""Every way in which a slip can fail to become paper.

PrinterError                 base: a stable code and a sentence
├── AddressError             a printer address or profile name in the settings is not one
├── ProfileError             a profile's file says what cannot be
├── LayoutError              a slip cannot be laid out: a fault of ours, not of the printer
├── DeviceError              the way to the printer is closed, broke, or took too long
└── JobCancelledError        somebody ended the job

No message ever contains what was to be printed.
"""

from __future__ import annotations


class PrinterError(Exception):
    """Base of the tree; ``code`` is stable."""

    code = "printer"


class AddressError(PrinterError):
    """A printer address is not of the forms ``kiosk.printer.device.sink_from_address`` reads."""

    code = "printer_address"


class ProfileError(PrinterError):
    """A file of ``kiosk/printer/profiles`` does not describe a printer."""

    code = "printer_profile"


class LayoutError(PrinterError):
    """A slip asks for what paper cannot show: a code wider than the paper, a QR code that is not plain ASCII."""

    code = "printer_layout"


class DeviceError(PrinterError):
    """The printer cannot be reached, went away, or did not take the bytes in time."""

    code = "printer_device"


class JobCancelledError(PrinterError):
    """A job was ended by :meth:`kiosk.printer.thermal.ThermalPrinter.cancel` or because the terminal stops."""

    code = "printer_cancelled"
