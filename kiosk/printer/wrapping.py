"""Words → rows of a given width. Pure; widths in characters of the font in use.

Nothing is cut off and nothing is lost: a word longer than the paper goes on in the next row, after a slash, a dot or a
hyphen of its own where it has one, so that an address can still be read.
"""

from __future__ import annotations

import re
import textwrap
from collections.abc import Iterable, Iterator

from kiosk.printer.charset import NO_BREAK_SPACE
from kiosk.printer.errors import LayoutError

LABEL_SHARE = (5, 12)
"""A longer label than that share of the width stands on its own line, its value indented under it."""
LONG_LABEL_INDENT = 2
_PIECES = re.compile(r"[^/.\-_@?#&=]*[/.\-_@?#&=]+|[^/.\-_@?#&=]+")


def wrapped(text: str, width: int) -> list[str]:
    """Rows no wider than ``width``, broken at spaces; at least one row."""
    fitting = " ".join(_pieces(word, width) if len(word) > width else word for word in text.split(" "))
    return textwrap.wrap(fitting, width, break_on_hyphens=False) or [""]


def unbroken(text: str, width: int) -> str:
    """The text as it is.

    Raises:
        LayoutError: it is wider than the paper; a code is never cut.
    """
    if len(text) > width:
        raise LayoutError(f"a code is wider than the {width} characters of the paper")
    return text


def label_column(labels: Iterable[str], width: int) -> int:
    """Where the values begin: after the longest label that still fits its share."""
    share, of = LABEL_SHARE
    return max((len(label) for label in labels if len(label) <= width * share // of), default=0)


def field(label: str, value: str, column: int, width: int) -> Iterator[str]:
    """``label : value``, the value wrapped under itself.

    A label or a value too long for its column stands on one row with the other where both fit, so that no number is
    torn apart; else the label, or a value with a word too long for the column, makes the value stand under the label.
    """
    colon = NO_BREAK_SPACE + ": "
    room = width - column - len(colon)
    longest = max(map(len, value.split(" ")))
    if (len(label) > column or len(value) > room) and len(label + colon + value) <= width:
        yield label + colon + value
        return
    if len(label) > column or longest > room:
        yield from wrapped(label + colon.rstrip(), width)
        indent = max(min(LONG_LABEL_INDENT, width - longest), 0)
        yield from (" " * indent + row for row in wrapped(value, width - indent))
        return
    head = label.ljust(column) + colon
    rows = wrapped(value, width - len(head))
    yield head + rows[0]
    yield from (" " * len(head) + row for row in rows[1:])


def _pieces(word: str, width: int) -> str:
    """A word too long for a row, with spaces where it may be broken: after its own signs, as late as possible."""
    rows = [""]
    for piece in _PIECES.findall(word):
        if len(rows[-1]) + len(piece) > width and rows[-1]:
            rows.append("")
        rows[-1] += piece
    return " ".join(rows)
