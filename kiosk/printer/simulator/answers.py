"""How the simulated printer says how it is: one condition → the bytes of each kind of answer. Pure.

Source: Epson ESC/POS command reference, DLE EOT n, GS r n, GS a n (ASB), GS ( H fn 48, DLE DC4 fn 8. Written from the
printer's side and not from :mod:`kiosk.printer.status`, so that a bit read wrongly there is seen.
"""

from __future__ import annotations

from dataclasses import dataclass

CLEARED = b"\x37\x25\x00"
"""The answer to DLE DC4 8: both buffers are empty."""


@dataclass(frozen=True, slots=True)
class Condition:
    """The printer as its sensors see it."""

    paper_out: bool = False
    paper_low: bool = False
    cover_open: bool = False
    is_offline: bool = False  # whatever the cause
    cutter_error: bool = False
    overheated: bool = False


def real_time(kind: int, seen: Condition) -> bytes:
    """The answer to DLE EOT ``kind``, 1 to 4."""
    error = seen.cutter_error or seen.overheated
    bits = {
        1: 0x08 * seen.is_offline,
        2: 0x04 * seen.cover_open | 0x20 * seen.paper_out | 0x40 * error,
        3: 0x08 * seen.cutter_error | 0x40 * seen.overheated,
        4: 0x0C * (seen.paper_low or seen.paper_out) | 0x60 * seen.paper_out,
    }
    return bytes([0x12 | bits[kind]])


def in_order(kind: int, seen: Condition) -> bytes:
    """The answer to GS r ``kind``: 1 paper sensor, 2 drawer, 4 ink (which a thermal printer does not have)."""
    match kind:
        case 1 | 49:
            return bytes([0x03 * (seen.paper_low or seen.paper_out) | 0x0C * seen.paper_out])
        case 2 | 50:
            return b"\x00"
        case _:
            return b""


def automatic(seen: Condition) -> bytes:
    """The four bytes of an automatic status (ASB)."""
    return bytes(
        (
            0x10 | 0x08 * seen.is_offline | 0x20 * seen.cover_open,
            0x08 * seen.cutter_error | 0x40 * seen.overheated,
            0x03 * (seen.paper_low or seen.paper_out) | 0x0C * seen.paper_out,
            0x00,
        )
    )


def process_id(characters: bytes) -> bytes:
    """The answer to GS ( H fn 48: the four characters come back once what stood before them is printed."""
    return b"\x37\x22" + characters + b"\x00"
