"""Commands → what stands on the paper. Keeps the printer's settings as the reference says; what is wrong looks wrong.

The code page starts as CP437 and multi-byte firmware is not imitated: a layout that forgets ESC t 16 prints the
mojibake that a real printer would.
"""

from __future__ import annotations

from collections.abc import Mapping
from dataclasses import dataclass, replace

from kiosk.printer.simulator.commands import Command
from kiosk.printer.simulator.paper import NORMAL, Element, QrSymbol, Raster, Run, Style, TextLine

_ALIGN = {0: "left", 1: "center", 2: "right", 48: "left", 49: "center", 50: "right"}
_LEVELS = {48: "L", 49: "M", 50: "Q", 51: "H"}


@dataclass(frozen=True, slots=True)
class Settings:
    """What commands change and ESC @ resets."""

    style: Style = NORMAL
    align: str = "left"
    code_page: int = 0
    qr_module: int = 3
    qr_level: str = "L"
    qr_content: str = ""


class Typesetter:
    """Sets one piece of paper after another. ``code_pages``: what follows ESC t → the encoding it means here."""

    def __init__(self, dots: int, code_pages: Mapping[int, str]) -> None:
        self._dots = dots
        self._code_pages = code_pages
        self._settings = Settings()
        self._runs: list[Run] = []
        self._elements: list[Element] = []
        self._unknown: list[bytes] = []

    def carry_out(self, command: Command) -> None:
        """Do what one command says; cuts and status questions are not for the typesetter."""
        match command.name:
            case "text":
                self._text(command.data)
            case "LF":
                self._end_line()
            case "ESC d":
                self._feed(command.data[0])
            case "GS ( k":
                self._symbol(command.data[2:])
            case "GS v 0":
                self._raster(command.data)
            case "ESC @":
                self.initialise()
            case "unknown":
                self._unknown.append(command.data)
            case _ if command.data:
                self._set(command.name, command.data[0])

    def initialise(self) -> None:
        """ESC @ and power on: an unfinished line is lost, every setting is as it left the factory."""
        self._runs.clear()
        self._settings = Settings()

    def forget_line(self) -> None:
        """The line that was not printed yet is lost; the settings stay."""
        self._runs.clear()

    @property
    def has_printed(self) -> bool:
        """Whether this piece of paper bears anything yet."""
        return bool(self._elements)

    def take(self) -> tuple[tuple[Element, ...], tuple[bytes, ...]]:
        """The paper so far and the unknown commands met; the next piece starts empty, settings stay."""
        if self._runs:
            self._end_line()
        elements, unknown = tuple(self._elements), tuple(self._unknown)
        self._elements.clear()
        self._unknown.clear()
        return elements, unknown

    def _set(self, name: str, value: int) -> None:
        settings, style = self._settings, self._settings.style
        match name:
            case "ESC t":
                settings = replace(settings, code_page=value)
            case "ESC a":
                settings = replace(settings, align=_ALIGN.get(value, settings.align))
            case "ESC E":
                style = replace(style, bold=bool(value & 1))
            case "ESC M":
                style = replace(style, font_b=value in {1, 49})
            case "GS !":
                style = replace(style, wide=(value >> 4 & 7) + 1, high=(value & 7) + 1)
            case "ESC !":
                style = Style(
                    bold=bool(value & 8), font_b=bool(value & 1), wide=1 + (value >> 5 & 1), high=1 + (value >> 4 & 1)
                )
        self._settings = replace(settings, style=style)

    def _text(self, data: bytes) -> None:
        encoding = self._code_pages.get(self._settings.code_page, "ascii")
        for character in data.decode(encoding, errors="replace"):
            if sum(len(run.text) * run.style.advance for run in self._runs) + self._settings.style.advance > self._dots:
                self._end_line()
            self._append(character)

    def _append(self, character: str) -> None:
        if self._runs and self._runs[-1].style == self._settings.style:
            self._runs[-1] = Run(self._runs[-1].text + character, self._settings.style)
        else:
            self._runs.append(Run(character, self._settings.style))

    def _end_line(self) -> None:
        # An empty line is as high as the characters that would have stood on it.
        runs = tuple(self._runs) or (Run("", self._settings.style),)
        self._elements.append(TextLine(runs, self._settings.align))
        self._runs.clear()

    def _feed(self, lines: int) -> None:
        if self._runs:
            self._end_line()
            lines -= 1
        for _ in range(lines):
            self._end_line()

    def _symbol(self, body: bytes) -> None:
        if body[:1] != b"1":  # the other two-dimensional codes are not simulated
            self._unknown.append(body[:2])
            return
        function, value = body[1], body[2:]
        match function:
            case 67:
                self._settings = replace(self._settings, qr_module=value[0])
            case 69:
                self._settings = replace(self._settings, qr_level=_LEVELS[value[0]])
            case 80:
                self._settings = replace(self._settings, qr_content=value[1:].decode("utf-8", errors="replace"))
            case 81:
                settings = self._settings
                symbol = QrSymbol(settings.qr_content, settings.qr_module, settings.qr_level, settings.align)
                self._elements.append(symbol)

    def _raster(self, data: bytes) -> None:
        self._elements.append(Raster(data[1] + data[2] * 256, data[5:], self._settings.align))
