"""How large the modules of a QR code are printed. Pure."""

from __future__ import annotations

from functools import cache
from typing import Any

from kiosk.printer.errors import LayoutError

LARGEST_MODULE = 8  # dots: 1 mm a module reads from arm's length; larger only wastes paper
SMALLEST_MODULE = 3  # dots: below this a worn print head makes codes that phones refuse
QUIET_ZONE = 8  # modules, both sides together (ISO/IEC 18004 §6.3.8)


@cache
def module_size(length: int, dots: int) -> int:
    """Dots a module for a QR code of ``length`` ASCII characters at level M: as large as reads well and fits.

    Raises:
        LayoutError: even the smallest module that phones read makes it wider than the paper.
    """
    size = min(LARGEST_MODULE, dots // (_modules(length) + QUIET_ZONE))
    if size < SMALLEST_MODULE:
        raise LayoutError("a QR code is too long for the paper")
    return size


def _modules(length: int) -> int:
    """Modules a side of the smallest code that holds ``length`` bytes, as if the printer used byte mode only."""
    from qrcode.constants import ERROR_CORRECT_M  # noqa: PLC0415 - comes with escpos, at first use
    from qrcode.exceptions import DataOverflowError  # noqa: PLC0415
    from qrcode.main import QRCode  # noqa: PLC0415

    code: Any = QRCode(error_correction=ERROR_CORRECT_M)
    code.add_data(b"a" * length, optimize=0)
    try:
        return 17 + 4 * int(code.best_fit(start=1))
    except (DataOverflowError, ValueError):
        raise LayoutError("a QR code is too long for any version") from None
