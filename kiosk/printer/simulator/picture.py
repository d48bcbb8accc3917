"""Paper → PNG: one dot a pixel, so that what looks wrong here is wrong on paper. Needs Pillow and qrcode.

Letters are Debian's DejaVu Sans Mono in the printer's cells where it is installed, else Pillow's own font.
"""

from __future__ import annotations

import io
from functools import lru_cache
from pathlib import Path
from typing import Any

from PIL import Image, ImageDraw, ImageFont

from kiosk.printer.simulator.paper import Element, Paper, QrSymbol, Raster, Style, TextLine

DEBIAN_FONTS = Path("/usr/share/fonts/truetype/dejavu")
LINE_SPACING = 30  # dots from line to line at normal size (ESC 2)
TOP = 24
KNIFE = 40  # dots between the last line and the cut
_WHITE, _BLACK, _EDGE = 255, 0, 190


def draw(paper: Paper) -> bytes:
    """The PNG of one piece of paper, edge to edge."""
    parts = [_element(element, paper.dots) for element in paper.elements]
    height = TOP + sum(part.height for part in parts) + KNIFE
    image = Image.new("L", (paper.dots + 2 * paper.margin, height), _WHITE)
    y = TOP
    for part in parts:
        image.paste(part, (paper.margin, y))
        y += part.height
    _edge(image, complete=paper.complete)
    out = io.BytesIO()
    image.save(out, "PNG")
    return out.getvalue()


def _edge(image: Image.Image, *, complete: bool) -> None:
    """A cut is a straight grey line, an end of the roll a dashed one."""
    pen = ImageDraw.Draw(image)
    bottom = image.height - 1
    step = image.width if complete else 12
    for x in range(0, image.width, step):
        pen.line((x, bottom, x + (step if complete else 6), bottom), fill=_EDGE)


def _element(element: Element, dots: int) -> Image.Image:
    match element:
        case TextLine():
            return _text_line(element, dots)
        case QrSymbol():
            return _aligned(_qr(element), element.align, dots)
        case Raster():
            return _aligned(_picture(element), element.align, dots)


def _aligned(part: Image.Image, align: str, dots: int) -> Image.Image:
    image = Image.new("L", (dots, part.height), _WHITE)
    image.paste(part, (_left(part.width, align, dots), 0))
    return image


def _left(width: int, align: str, dots: int) -> int:
    return {"center": max(dots - width, 0) // 2, "right": max(dots - width, 0)}.get(align, 0)


def _text_line(line: TextLine, dots: int) -> Image.Image:
    tallest = max(run.style.height for run in line.runs)
    image = Image.new("L", (dots, max(LINE_SPACING, tallest + LINE_SPACING - 24)), _WHITE)
    x = _left(line.width, line.align, dots)
    for run in line.runs:
        for character in run.text:
            image.paste(_glyph(character, run.style), (x, tallest - run.style.height))
            x += run.style.advance
    return image


@lru_cache(maxsize=1024)
def _glyph(character: str, style: Style) -> Image.Image:
    """One character in its cell; drawn at the larger multiple, then pressed into the smaller."""
    scale = max(style.wide, style.high)
    cell = Image.new("L", (style.advance // style.wide * scale, style.height // style.high * scale), _WHITE)
    font = _font(15 * scale if style.font_b else 20 * scale, bold=style.bold)
    baseline = cell.height * 0.79
    ImageDraw.Draw(cell).text((cell.width / 2, baseline), character, font=font, fill=_BLACK, anchor="ms")
    return cell.resize((style.advance, style.height))


@lru_cache(maxsize=16)
def _font(size: int, *, bold: bool) -> Any:
    path = DEBIAN_FONTS / ("DejaVuSansMono-Bold.ttf" if bold else "DejaVuSansMono.ttf")
    return ImageFont.truetype(str(path), size) if path.exists() else ImageFont.load_default(size)


def _qr(symbol: QrSymbol) -> Image.Image:
    """As a printer draws it: no quiet zone of its own, the paper around must be white."""
    from qrcode import constants  # noqa: PLC0415 - only for slips that bear a code
    from qrcode.main import QRCode  # noqa: PLC0415

    level = {
        "L": constants.ERROR_CORRECT_L,
        "M": constants.ERROR_CORRECT_M,
        "Q": constants.ERROR_CORRECT_Q,
        "H": constants.ERROR_CORRECT_H,
    }[symbol.level]
    code: Any = QRCode(error_correction=level, border=0)
    code.add_data(symbol.content)
    code.make(fit=True)
    modules = code.get_matrix()
    image = Image.new("L", (len(modules), len(modules)), _WHITE)
    image.putdata([_BLACK if dark else _WHITE for row in modules for dark in row])
    side = len(modules) * symbol.module
    return image.resize((side, side), Image.Resampling.NEAREST)


def _picture(raster: Raster) -> Image.Image:
    height = len(raster.rows) // raster.width_bytes
    image = Image.frombytes("1", (raster.width_bytes * 8, height), raster.rows)
    return image.convert("L").point([_WHITE - value for value in range(256)])
