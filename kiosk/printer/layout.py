"""Slip → ESC/POS bytes for one model of printer. Pure: no device, no clock.

The bytes of a job, in order: initialise (ESC @), leave the two-byte mode where there is one (FS .), international
characters of the USA so that ``#`` is not ``£`` (ESC R 0), code page CP1252 by its number (ESC t n), the lines, the QR
code, feed and cut. python-escpos writes the commands; its automatic choice of code pages is switched off, because it
picks pages that the printer does not have (deps.md §10.1).
"""

from __future__ import annotations

import textwrap
from collections.abc import Iterator
from dataclasses import dataclass
from functools import cache
from typing import Any

from kiosk.enrolment.slip import LineRole, Slip, SlipLine
from kiosk.printer.charset import NO_BREAK_SPACE, to_cp1252
from kiosk.printer.errors import LayoutError
from kiosk.printer.profile import Cut, PrinterProfile

ESC, FS = b"\x1b", b"\x1c"
INITIALISE = ESC + b"@"
LEAVE_TWO_BYTE_MODE = FS + b"."
USA_CHARACTERS = ESC + b"R\x00"
SELECT_CODE_PAGE = ESC + b"t"

LABEL_COLUMN = 20  # characters: a longer label stands on its own line, its value indented under it
LONG_LABEL_INDENT = 2
QR_LARGEST_MODULE = 8  # dots: 1 mm a module reads from arm's length; larger only wastes paper
QR_SMALLEST_MODULE = 3  # dots: below this a worn print head makes codes that phones refuse
QR_QUIET_ZONE = 8  # modules, both sides together (ISO/IEC 18004 §6.3.8)
QR_LEVEL_M = 1  # 15 % of the code may be damaged: a fold through it still reads


@dataclass(frozen=True, slots=True)
class Style:
    """How characters look; the printer's own state is kept as one of these so that only changes are sent."""

    align: str = "left"
    bold: bool = False
    font: str = "a"
    size: int = 1  # both ways


_PLAIN = Style()
_STYLES = {
    LineRole.TITLE: Style(align="center", bold=True, size=2),
    LineRole.HEADING: Style(bold=True),
    LineRole.CODE: Style(align="center", size=2),  # not bold: K and X stay apart on cheap print heads
    LineRole.SMALL: Style(font="b"),
}
_CENTRED = Style(align="center")


class SlipLayout:
    """Lays out slips for one profile. Keeps its python-escpos object (2 ms to make, 0.4 s to import at first use).

    Not for two threads at once: ``ThermalPrinter`` holds its lock around it. Keeps nothing of a slip once it is out.
    """

    def __init__(self, profile: PrinterProfile) -> None:
        self._profile = profile
        self._escpos: Any = _new_escpos()
        self._style = _PLAIN

    def lay_out(self, slip: Slip) -> bytes:
        """All bytes of the job, cut included.

        Raises:
            LayoutError: a code is wider than the paper, or the QR content is not printable ASCII or too long.
        """
        self._style = _PLAIN  # what ESC @ leaves behind
        try:
            self._lines(slip)
            self._cut()
            return self._prologue() + bytes(self._escpos.output)
        finally:
            self._escpos.clear()

    def _prologue(self) -> bytes:
        leave = LEAVE_TWO_BYTE_MODE if self._profile.two_byte_start else b""
        return INITIALISE + leave + USA_CHARACTERS + SELECT_CODE_PAGE + bytes([self._profile.code_page])

    def _lines(self, slip: Slip) -> None:
        column = _label_column(slip.lines)
        qr_after = len(slip.lines) if slip.qr_after is None else slip.qr_after
        for index, line in enumerate(slip.lines):
            if slip.qr is not None and index == qr_after:
                self._qr(slip.qr, slip.lines[:index])
            self._switch(_STYLES.get(line.role, _PLAIN))
            for text in self._rows(line, column):
                self._escpos.text(text + "\n")
        if slip.qr is not None and qr_after >= len(slip.lines):
            self._qr(slip.qr, slip.lines)

    def _rows(self, line: SlipLine, column: int) -> Iterator[str]:
        """The printed rows of one line, already in characters of CP1252."""
        width = self._width(line.role)
        match line.role:
            case LineRole.BLANK:
                yield ""
            case LineRole.RULE:
                yield "-" * width
            case LineRole.FIELD:
                yield from _field(to_cp1252(line.label), to_cp1252(line.text), column, width)
            case LineRole.CODE:
                yield _unbroken(to_cp1252(line.text), width)
            case _:
                yield from _wrapped(to_cp1252(line.text), width)

    def _width(self, role: LineRole) -> int:
        style = _STYLES.get(role, _PLAIN)
        return (self._profile.columns_b if style.font == "b" else self._profile.columns_a) // style.size

    def _switch(self, wanted: Style) -> None:
        """Send what differs from the printer's present style, and nothing else."""
        now, self._style = self._style, wanted
        if wanted.size != now.size:
            self._escpos.set(custom_size=True, width=wanted.size, height=wanted.size)
        self._escpos.set(
            align=wanted.align if wanted.align != now.align else None,
            bold=wanted.bold if wanted.bold != now.bold else None,
            font=wanted.font if wanted.font != now.font else None,
        )

    def _qr(self, content: str, before: tuple[SlipLine, ...]) -> None:
        """The code between two white lines: the printer itself leaves no quiet zone."""
        if not content.isascii() or not content.isprintable():
            # A byte 0x10 0x04 or 0x10 0x14 in the data would be obeyed as a command while it is received.
            raise LayoutError("a QR code holds printable ASCII only")
        size = module_size(len(content), self._profile.dots)
        self._switch(_CENTRED)
        if before and before[-1].role is not LineRole.BLANK:
            self._escpos.text("\n")
        self._escpos.qr(content, native=self._profile.native_qr, size=size, ec=QR_LEVEL_M)
        self._escpos.text("\n")

    def _cut(self) -> None:
        match self._profile.cut:
            case Cut.PARTIAL:
                self._escpos.cut(feed=False)  # GS V 66: feeds to the knife by itself
            case Cut.FULL:
                self._escpos.cut(mode="FULL")
            case Cut.NONE:
                self._escpos.print_and_feed(6)


def _new_escpos() -> Any:
    from escpos.printer import Dummy  # noqa: PLC0415 - 0.4 s that a terminal pays after its first screen, not before

    return Dummy(profile="TM-T20II", magic_encode_args={"encoding": "CP1252", "disabled": True})


def _wrapped(text: str, width: int) -> list[str]:
    return textwrap.wrap(text, width, break_on_hyphens=False) or [""]


def _unbroken(text: str, width: int) -> str:
    if len(text) > width:
        raise LayoutError(f"a code is wider than the {width} characters of the paper")
    return text


def _label_column(lines: tuple[SlipLine, ...]) -> int:
    """Where the values begin: after the longest label that still fits its column."""
    lengths = [len(to_cp1252(line.label)) for line in lines if line.role is LineRole.FIELD]
    return max((length for length in lengths if length <= LABEL_COLUMN), default=0)


def _field(label: str, value: str, column: int, width: int) -> Iterator[str]:
    """``label : value``, the value wrapped under itself.

    A value with a number too long for its column stands on one line with its label, not cut; a label too long for
    the column stands above its value.
    """
    colon = NO_BREAK_SPACE + ": "
    longest = max(map(len, value.split()), default=0)
    if longest > width - column - len(colon) and len(label + colon + value) <= width:
        yield label + colon + value
        return
    if len(label) > column:
        yield from _wrapped(label + colon.rstrip(), width)
        indent = LONG_LABEL_INDENT
        head = " " * indent
    else:
        indent = column + len(colon)
        head = label.ljust(column) + colon
    rows = _wrapped(value, width - indent)
    yield head + rows[0]
    for row in rows[1:]:
        yield " " * indent + row


@cache
def module_size(length: int, dots: int) -> int:
    """Dots a module for a QR code of ``length`` ASCII characters at level M: as large as reads well and fits.

    Raises:
        LayoutError: even the smallest module that phones read makes it wider than the paper.
    """
    size = min(QR_LARGEST_MODULE, dots // (_modules(length) + QR_QUIET_ZONE))
    if size < QR_SMALLEST_MODULE:
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
