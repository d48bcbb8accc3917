"""Cuts what a printer says into answers. Pure and incremental: bytes may come late, in pieces, and unasked.

Four kinds are told apart by their fixed bits (Epson ESC/POS command reference, "Differentiation of transmitted data"):
real-time 0xx1xx10, in order 0xx0xxxx, automatic 0xx1xx00 and then three bytes 0xx0xxxx, blocks from 37h to NUL.
The last three bytes of an automatic status look like in-order answers: read by themselves they would be taken for the
word that a job is done.
"""

from __future__ import annotations

from collections.abc import Iterator
from dataclasses import dataclass

from kiosk.printer import status

HEADER, NUL = 0x37, 0x00
PROCESS_ID, CLEARED = 0x22, 0x25
"""Identifiers of the two blocks that are asked for."""
LONGEST_BLOCK = 80  # bytes: the longest in the reference; what goes on beyond it is no block
_FLOW_CONTROL = frozenset({0x11, 0x13})  # XON, XOFF: may stand anywhere


@dataclass(frozen=True, slots=True)
class RealTime:
    """One answer to DLE EOT."""

    byte: int


@dataclass(frozen=True, slots=True)
class InOrder:
    """One answer to GS r."""

    byte: int


@dataclass(frozen=True, slots=True)
class Automatic:
    """One automatic status, four bytes."""

    frame: bytes


@dataclass(frozen=True, slots=True)
class Block:
    """Header to NUL: which answer it is, and its data."""

    identifier: int
    data: bytes


Reply = RealTime | InOrder | Automatic | Block


class ReplyReader:
    """Keeps the beginning of an answer until its end comes."""

    def __init__(self) -> None:
        self._block: bytearray | None = None
        self._frame = bytearray()

    def feed(self, data: bytes) -> Iterator[Reply]:
        """The answers completed by ``data``, in their order."""
        for byte in data:
            reply = self._take(byte)
            if reply is not None:
                yield reply

    def _take(self, byte: int) -> Reply | None:
        if status.is_reply(byte):  # answered at once, so it may come between the bytes of another answer
            return RealTime(byte)
        if byte == HEADER:
            self._block, self._frame = bytearray(), bytearray()
        elif self._block is not None and byte not in _FLOW_CONTROL:
            return self._into_block(self._block, byte)
        elif status.begins_automatic(byte):
            self._frame = bytearray([byte])
        elif status.is_in_order_reply(byte):
            return self._into_frame(byte) if self._frame else InOrder(byte)
        return None

    def _into_block(self, block: bytearray, byte: int) -> Reply | None:
        if byte != NUL and len(block) < LONGEST_BLOCK:
            block.append(byte)
            return None
        self._block = None
        return Block(block[0], bytes(block[1:])) if byte == NUL and block else None

    def _into_frame(self, byte: int) -> Reply | None:
        self._frame.append(byte)
        if len(self._frame) < status.AUTOMATIC_LENGTH:
            return None
        frame, self._frame = bytes(self._frame), bytearray()
        return Automatic(frame)
