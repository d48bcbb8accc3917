"""What came out of the simulated printer: lines of cells, QR codes, pictures, on one paper. Pure values."""

from __future__ import annotations

from dataclasses import dataclass, field
from functools import cached_property


@dataclass(frozen=True, slots=True)
class Style:
    """How one run of characters was printed; ``wide`` and ``high`` are multiples."""

    bold: bool = False
    font_b: bool = False
    wide: int = 1
    high: int = 1

    @property
    def advance(self) -> int:
        """Dots from one character to the next: font A is 12 by 24 dots, font B 9 by 17."""
        return (9 if self.font_b else 12) * self.wide

    @property
    def height(self) -> int:
        """Dots of the character's cell."""
        return (17 if self.font_b else 24) * self.high


NORMAL = Style()
MM_AN_INCH = 25.4


@dataclass(frozen=True, slots=True, repr=False)
class Run:
    """Characters of one style."""

    text: str
    style: Style


@dataclass(frozen=True, slots=True, repr=False)
class TextLine:
    """One printed line; ``align`` is left, center or right."""

    runs: tuple[Run, ...]
    align: str

    @property
    def text(self) -> str:
        """Its characters."""
        return "".join(run.text for run in self.runs)

    @property
    def width(self) -> int:
        """Dots."""
        return sum(len(run.text) * run.style.advance for run in self.runs)


@dataclass(frozen=True, slots=True, repr=False)
class QrSymbol:
    """A QR code the printer drew itself; ``level`` is L, M, Q or H, ``module`` in dots."""

    content: str
    module: int
    level: str
    align: str


@dataclass(frozen=True, slots=True, repr=False)
class Raster:
    """A picture sent dot by dot: ``rows`` of ``width_bytes`` bytes each, one bit a dot, 1 is black."""

    width_bytes: int
    rows: bytes
    align: str


Element = TextLine | QrSymbol | Raster


@dataclass(frozen=True, repr=False)
class Paper:
    """One piece of paper. ``complete`` is False when it ends where the paper did, not at the knife.

    ``repr`` is silent: the paper may bear a name or a code.
    """

    number: int
    raw: bytes = field(compare=False)
    elements: tuple[Element, ...]
    complete: bool = True
    dots: int = 576
    unknown: tuple[bytes, ...] = ()
    paper_mm: int = 80
    dpi: int = 203

    def __repr__(self) -> str:
        return f"Paper({self.number}, {len(self.elements)} elements)"

    @property
    def margin(self) -> int:
        """Dots each side that the head does not reach."""
        return max(round((self.paper_mm / MM_AN_INCH * self.dpi - self.dots) / 2), 0)

    @cached_property
    def text(self) -> str:
        """What a person reads on it, line by line; a QR code as ``[QR …]`` with its content."""
        columns = self.dots // NORMAL.advance
        return "\n".join(_as_text(element, columns) for element in self.elements) + "\n"

    def png(self) -> bytes:
        """The paper as a picture, one dot a pixel."""
        from kiosk.printer.simulator.picture import draw  # noqa: PLC0415 - Pillow only when a picture is wanted

        return draw(self)


def _as_text(element: Element, columns: int) -> str:
    match element:
        case TextLine():
            text = element.text.replace("\u00a0", " ")  # a reader cannot tell them apart
        case QrSymbol():
            text = f"[QR {element.content}]"
        case Raster():
            text = f"[picture {element.width_bytes * 8} x {len(element.rows) // element.width_bytes}]"
    placed = {"center": text.center(columns), "right": text.rjust(columns)}.get(element.align, text)
    return placed.rstrip()
