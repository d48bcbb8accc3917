"""What a printer's status bytes mean. Pure.

Source: Epson ESC/POS command reference, DLE EOT n and GS r n; replies seen from the independent decoder (deps.md
§10.3): all well 12 12 12 12, paper out 1a 32 12 7e, near end paper 1e, cover open 1a 16 12 12.
A reply to DLE EOT has fixed bits 0b0xx1xx10, the reply to GS r 1 has fixed bits 0b0xx0xxxx: they cannot be mistaken for
each other, nor for XON, XOFF or an automatic status. python-escpos reads silence as "paper plenty"; here it is UNKNOWN.
"""

from __future__ import annotations

import enum
from collections.abc import Sequence

from kiosk.enrolment.ports import PrinterState

DLE, GS = b"\x10", b"\x1d"
KINDS = (1, 2, 3, 4)
TRANSMIT_WHEN_REACHED = GS + b"r\x01"
"""GS r 1 (paper sensor): answered in its turn, after all that was sent before it has been carried out."""
DISCARD = DLE + b"\x14\x08\x01\x03\x14\x01\x06\x02\x08"
"""DLE DC4 8 with its seven fixed bytes: forget at once all that was received and not yet printed."""

_FIXED_MASK, _FIXED = 0b1001_0011, 0b0001_0010
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
    """Reply to DLE EOT 3."""

    RECOVERABLE = 0x04
    CUTTER = 0x08
    UNRECOVERABLE = 0x20
    SELF_HEALING = 0x40  # a hot print head: it goes on by itself


class PaperSensor(enum.IntFlag):
    """Reply to DLE EOT 4."""

    NEAR_END = 0x0C
    NOT_PRESENT = 0x60


def request(kind: int) -> bytes:
    """DLE EOT n, answered at once even while the printer is offline."""
    return DLE + b"\x04" + bytes([kind])


def is_reply(byte: int) -> bool:
    """Whether this byte can be an answer to DLE EOT."""
    return byte & _FIXED_MASK == _FIXED


def is_in_order_reply(byte: int) -> bool:
    """Whether this byte can be the answer to ``TRANSMIT_WHEN_REACHED``."""
    return byte & _IN_ORDER_MASK == 0


def parse(replies: Sequence[int]) -> PrinterState:
    """The state behind the four answers to DLE EOT 1 to 4, in that order.

    Fewer than four, or one whose fixed bits do not hold, is UNKNOWN: never a guess, never READY.
    """
    if len(replies) != len(KINDS) or not all(map(is_reply, replies)):
        return PrinterState.UNKNOWN
    printer, cause, error, paper = replies
    if paper & PaperSensor.NOT_PRESENT or cause & OfflineCause.PAPER_END:
        # An open cover lifts the paper off its sensor: then the cover is what a person must act upon.
        return PrinterState.COVER_OPEN if cause & OfflineCause.COVER_OPEN else PrinterState.PAPER_OUT
    if cause & OfflineCause.COVER_OPEN:
        return PrinterState.COVER_OPEN
    errors = ErrorCause.RECOVERABLE | ErrorCause.CUTTER | ErrorCause.UNRECOVERABLE | ErrorCause.SELF_HEALING
    if printer & Printer.OFFLINE or cause & OfflineCause.ERROR or error & errors:
        return PrinterState.OFFLINE
    return PrinterState.PAPER_LOW if paper & PaperSensor.NEAR_END else PrinterState.READY
