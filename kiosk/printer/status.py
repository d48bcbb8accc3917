"""What is asked of a printer about itself, and what its answers mean. Pure.

Source: Epson ESC/POS command reference, DLE EOT n, GS r n, GS a n, GS ( H fn 48, DLE DC4 fn 8; replies seen from the
independent decoder (deps.md §10.3): all well 12 12 12 12, paper out 1a 32 12 7e, near end paper 1e, cover open
1a 16 12 12. Each kind of answer is known by fixed bits (:mod:`kiosk.printer.replies` cuts them out of the stream).
python-escpos reads silence as "paper plenty"; here it is UNKNOWN.
"""

from __future__ import annotations

import enum
from collections.abc import Sequence

from kiosk.enrolment.ports import PrinterState

DLE, ESC, GS = b"\x10", b"\x1b", b"\x1d"
KINDS = (1, 2, 3, 4)
TRANSMIT_WHEN_REACHED = GS + b"r\x01"
"""GS r 1 (paper sensor): answered in its turn, after all that was sent before it has been carried out."""
AUTOMATIC_STATUS = GS + b"a\x0e"
"""GS a: tell every change of on-line state, errors and paper from here on, until ESC @."""
DISCARD = DLE + b"\x14\x08\x01\x03\x14\x01\x06\x02\x08"
"""DLE DC4 8 with its seven fixed bytes: forget at once all that was received and not yet printed."""
DISCARD_IN_ORDER = ESC + b"@"
"""For printers without the former: in its turn, the line not yet printed is forgotten. What waits before it is not."""
AUTOMATIC_LENGTH = 4

_REAL_TIME_MASK, _REAL_TIME = 0b1001_0011, 0b0001_0010
_AUTOMATIC_MASK, _AUTOMATIC = 0b1001_0011, 0b0001_0000
_IN_ORDER_MASK = 0b1001_0000


class Printer(enum.IntFlag):
    """Reply to DLE EOT 1."""

    OFFLINE = 0x08


class OfflineCause(enum.IntFlag):
    """Reply to DLE EOT 2."""

    COVER_OPEN = 0x04
    PAPER_END = 0x20
    ERROR = 0x40


class ErrorCause(enum.IntFlag):
    """Reply to DLE EOT 3, and the second byte of an automatic status."""

    RECOVERABLE = 0x04
    CUTTER = 0x08
    UNRECOVERABLE = 0x20
    SELF_HEALING = 0x40  # a hot print head: it goes on by itself


class PaperSensor(enum.IntFlag):
    """Reply to DLE EOT 4."""

    NEAR_END = 0x0C
    NOT_PRESENT = 0x60


class AutomaticPrinter(enum.IntFlag):
    """First byte of an automatic status."""

    OFFLINE = 0x08
    COVER_OPEN = 0x20


class AutomaticPaper(enum.IntFlag):
    """Third byte of an automatic status."""

    NEAR_END = 0x03
    NOT_PRESENT = 0x0C


_ERRORS = ErrorCause.RECOVERABLE | ErrorCause.CUTTER | ErrorCause.UNRECOVERABLE | ErrorCause.SELF_HEALING
_WELL = 0x12  # the answer of a printer to which nothing is the matter


def request(kind: int) -> bytes:
    """DLE EOT n, answered at once even while the printer is offline."""
    return DLE + b"\x04" + bytes([kind])


def give_back(characters: bytes) -> bytes:
    """GS ( H, function 48: give these four characters (20 to 7E) back once all before them is printed."""
    return GS + b"(H\x06\x0000" + characters


def is_reply(byte: int) -> bool:
    """Whether this byte can be an answer to DLE EOT."""
    return byte & _REAL_TIME_MASK == _REAL_TIME


def is_in_order_reply(byte: int) -> bool:
    """Whether this byte can be the answer to ``TRANSMIT_WHEN_REACHED``, or one of the last three of an ASB."""
    return byte & _IN_ORDER_MASK == 0


def begins_automatic(byte: int) -> bool:
    """Whether this byte can be the first of an automatic status."""
    return byte & _AUTOMATIC_MASK == _AUTOMATIC


def parse(replies: Sequence[int], kinds: Sequence[int] = KINDS) -> PrinterState:
    """The state behind the answers to DLE EOT, one for each of ``kinds`` and in their order.

    Fewer than asked for, or one whose fixed bits do not hold, is UNKNOWN: never a guess, never READY. What a model
    is not asked, it cannot complain of: its profile says so.
    """
    if not kinds or len(replies) != len(kinds) or not all(map(is_reply, replies)):
        return PrinterState.UNKNOWN
    said = dict(zip(kinds, replies, strict=True))
    printer, cause, error, paper = (said.get(kind, _WELL) for kind in KINDS)
    return _state(
        is_offline=bool(printer & Printer.OFFLINE or cause & OfflineCause.ERROR or error & _ERRORS),
        is_open=bool(cause & OfflineCause.COVER_OPEN),
        is_out=bool(paper & PaperSensor.NOT_PRESENT or cause & OfflineCause.PAPER_END),
        is_low=bool(paper & PaperSensor.NEAR_END),
    )


def parse_automatic(frame: bytes) -> PrinterState:
    """The state behind one automatic status of four bytes."""
    if len(frame) != AUTOMATIC_LENGTH or not begins_automatic(frame[0]) or not all(map(is_in_order_reply, frame[1:])):
        return PrinterState.UNKNOWN
    printer, error, paper = frame[:3]
    return _state(
        is_offline=bool(printer & AutomaticPrinter.OFFLINE or error & _ERRORS),
        is_open=bool(printer & AutomaticPrinter.COVER_OPEN),
        is_out=bool(paper & AutomaticPaper.NOT_PRESENT),
        is_low=bool(paper & AutomaticPaper.NEAR_END),
    )


def _state(*, is_offline: bool, is_open: bool, is_out: bool, is_low: bool) -> PrinterState:
    if is_open:  # before the paper: an open cover lifts it off its sensor, and is what a person must act upon
        return PrinterState.COVER_OPEN
    if is_out:
        return PrinterState.PAPER_OUT
    if is_offline:
        return PrinterState.OFFLINE
    return PrinterState.PAPER_LOW if is_low else PrinterState.READY
