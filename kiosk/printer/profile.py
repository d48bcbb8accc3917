"""What one model of printer can do: frozen facts that the layout, the dialogue and the simulator share.

Sources: Epson's ESC/POS command reference for TM printers (code page 16 is WPC1252 there); what the independent
decoder showed (domain notes deps.md §10). A printer that is not listed is described here, never guessed at run time.
"""

from __future__ import annotations

import enum
from dataclasses import dataclass

from kiosk.printer.errors import AddressError


class Cut(enum.Enum):
    """How the slip leaves the roll."""

    PARTIAL = "partial"  # fed to the knife, then cut but for one point: nothing falls to the floor
    FULL = "full"
    NONE = "none"  # torn off by hand


class Confirmation(enum.Enum):
    """The best word a model can give that a slip is on paper."""

    PROCESS_ID = "process_id"  # GS ( H: gives the job's own number back once all before it is printed
    IN_ORDER = "in_order"  # GS r: answered in its turn, but without saying for which job
    REAL_TIME = "real_time"  # DLE EOT alone: how the printer is, not what it has done
    NONE = "none"  # never answers


@dataclass(frozen=True, slots=True)
class PrinterProfile:
    """One model. Widths: ``columns_a`` and ``columns_b`` in characters of font A and B, ``dots`` across the paper."""

    name: str
    dots: int = 576  # 72 mm printable of 80 mm paper at 203 dpi
    columns_a: int = 48
    columns_b: int = 64
    code_page: int = 16  # the number after ESC t that means CP1252
    native_qr: bool = True  # the printer draws QR codes itself: 90 bytes instead of 4,500
    cut: Cut = Cut.PARTIAL
    confirmation: Confirmation = Confirmation.IN_ORDER
    two_byte_start: bool = False  # wakes in a two-byte Chinese mode that eats accents; FS . leaves it


TM_T20 = PrinterProfile("tm-t20")
CLONE_80 = PrinterProfile("clone-80", two_byte_start=True)
NO_QR_80 = PrinterProfile("no-qr-80", native_qr=False, confirmation=Confirmation.REAL_TIME, cut=Cut.FULL)

PROFILES = {profile.name: profile for profile in (TM_T20, CLONE_80, NO_QR_80)}


def profile_named(name: str) -> PrinterProfile:
    """The profile of that name, as a setting gives it.

    Raises:
        AddressError: no such profile.
    """
    try:
        return PROFILES[name]
    except KeyError:
        known = ", ".join(sorted(PROFILES))
        raise AddressError(f"unknown printer profile; known: {known}") from None
