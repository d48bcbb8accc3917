"""Slip → ESC/POS bytes for one model of printer. Pure: no device, no clock.

The bytes of a job, in order: initialise (ESC @), leave the two-byte mode where there is one (FS .), international
characters of the USA so that ``#`` is not ``£`` (ESC R 0), the profile's code page by its number (ESC t n), the lines,
the QR code, feed and cut. python-escpos writes the commands; the text is encoded here, because its automatic choice
picks pages that the printer does not have (deps.md §10.1) and prints ``?`` for what a page lacks.
"""

from __future__ import annotations

from collections.abc import Iterator
from dataclasses import dataclass
from typing import Any

from kiosk.enrolment.slip import LineRole, Slip, SlipLine
from kiosk.printer.charset import NO_BREAK_SPACE, on_paper, transliterated
from kiosk.printer.errors import LayoutError
from kiosk.printer.profile import Cut, PrinterProfile
from kiosk.printer.qr_size import module_size
from kiosk.printer.wrapping import field, label_column, unbroken, wrapped

ESC, FS = b"\x1b", b"\x1c"
INITIALISE = ESC + b"@"
LEAVE_TWO_BYTE_MODE = FS + b"."
USA_CHARACTERS = ESC + b"R\x00"
SELECT_CODE_PAGE = ESC + b"t"

QR_LEVEL_M = 1  # 15 % of the code may be damaged: a fold through it still reads


@dataclass(frozen=True, slots=True)
class Style:
    """How characters look; the printer's own state is kept as one of these so that only changes are sent."""

    align: str = "left"
    bold: bool = False
    font: str = "a"
    size: int = 1  # both ways


_PLAIN = Style()
_CONDENSED = Style(font="b")
_STYLES = {
    LineRole.TITLE: Style(align="center", bold=True, size=2),
    LineRole.HEADING: Style(bold=True),
    LineRole.CODE: Style(align="center", size=2),  # not bold: K and X stay apart on cheap print heads
    LineRole.SMALL: _CONDENSED,
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
        labels = [self._printable(line.label) for line in slip.lines if line.role is LineRole.FIELD]
        column = label_column(labels, self._profile.columns_a)
        qr_after = len(slip.lines) if slip.qr_after is None else slip.qr_after
        for index, line in enumerate(slip.lines):
            if slip.qr is not None and index == qr_after:
                self._qr(slip.qr, slip.lines[:index])
            for style, row in self._rows(line, column):
                self._switch(style)
                self._row(row)
        if slip.qr is not None and qr_after >= len(slip.lines):
            self._qr(slip.qr, slip.lines)

    def _rows(self, line: SlipLine, column: int) -> Iterator[tuple[Style, str]]:
        """The printed rows of one line, already in characters of the code page."""
        if line.role is LineRole.RULER:
            yield from self._ruler(line)
            return
        style = _STYLES.get(line.role, _PLAIN)
        width = self._width(style)
        text = self._printable(line.text)
        match line.role:
            case LineRole.BLANK:
                rows = [""]
            case LineRole.RULE:
                rows = ["-" * width]
            case LineRole.FIELD:
                rows = list(field(self._printable(line.label), text, column, width))
            case LineRole.CODE:
                rows = [unbroken(text, width)]
            case _:
                rows = wrapped(text, width)
        for row in rows:
            yield style, row

    def _ruler(self, line: SlipLine) -> Iterator[tuple[Style, str]]:
        """What only the layout knows: the model, and where its first and its last column lie in both fonts."""
        model = f"{line.label}{NO_BREAK_SPACE}: {self._profile.label} ({self._profile.name})"
        for row in wrapped(self._printable(model), self._width(_PLAIN)):
            yield _PLAIN, row
        for style in (_PLAIN, _CONDENSED):
            yield style, "".join(str(column % 10) for column in range(1, self._width(style) + 1))

    def _printable(self, text: str) -> str:
        return transliterated(text, self._profile.encoding)

    def _row(self, text: str) -> None:
        self._escpos._raw(on_paper(text, self._profile.encoding) + b"\n")  # noqa: SLF001 - its documented way for bytes

    def _width(self, style: Style) -> int:
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
        """The code between two white lines: neither the printer nor python-escpos leaves a whole quiet zone."""
        if not content.isascii() or not content.isprintable():
            # A byte 0x10 0x04 or 0x10 0x14 in the data would be obeyed as a command while it is received.
            raise LayoutError("a QR code holds printable ASCII only")
        size = module_size(len(content), self._profile.dots)
        self._switch(_CENTRED)
        is_native = self._profile.native_qr  # around a picture python-escpos puts the white lines
        if is_native and before and before[-1].role is not LineRole.BLANK:
            self._row("")
        self._escpos.qr(content, native=is_native, size=size, ec=QR_LEVEL_M)
        if is_native:
            self._row("")

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

    # A profile that has every command: ours says what is used of them. Its encoder is switched off: around a picture it
    # would choose a code page of its own for a mere line feed.
    return Dummy(profile="TM-T20II", magic_encode_args={"encoding": "CP437", "disabled": True})
