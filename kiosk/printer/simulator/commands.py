"""ESC/POS bytes → commands and runs of text. Pure and incremental: a command may arrive in pieces.

The subset is what ``kiosk.printer.layout`` and the status questions use, and what python-escpos may put around it.
A command that is not in the table is kept as ``unknown`` with its two bytes, so that tests can refuse it.
"""

from __future__ import annotations

from collections.abc import Callable, Iterator
from dataclasses import dataclass

DLE, ESC, FS, GS = 0x10, 0x1B, 0x1C, 0x1D
LINE_FEED = 0x0A
_INTRODUCERS = {DLE, ESC, FS, GS}
_SYMBOL_HEAD = 2  # bytes that say how many follow
_RASTER_HEAD = 5  # mode, then width and height, two bytes each


@dataclass(frozen=True, slots=True, repr=False)
class Command:
    """One command: its name as in the reference, the bytes after the name, and all its bytes as they came.

    ``text`` holds characters to print in ``data``; ``unknown`` the two bytes that no command begins with.
    """

    name: str
    data: bytes = b""
    raw: bytes = b""

    def __repr__(self) -> str:
        return f"Command({self.name})"


def _fixed(count: int) -> Callable[[bytes], int | None]:
    return lambda rest: count if len(rest) >= count else None


def _cut(rest: bytes) -> int | None:
    if not rest:
        return None
    needed = 2 if rest[0] in {65, 66} else 1
    return needed if len(rest) >= needed else None


def _symbol(rest: bytes) -> int | None:
    if len(rest) < _SYMBOL_HEAD:
        return None
    needed = _SYMBOL_HEAD + rest[0] + rest[1] * 256
    return needed if len(rest) >= needed else None


def _raster(rest: bytes) -> int | None:
    if len(rest) < _RASTER_HEAD:
        return None
    needed = _RASTER_HEAD + (rest[1] + rest[2] * 256) * (rest[3] + rest[4] * 256)
    return needed if len(rest) >= needed else None


def _real_time(rest: bytes) -> int | None:
    if not rest:
        return None
    needed = 1 + {1: 2, 2: 2, 8: 7}.get(rest[0], 0)
    return needed if len(rest) >= needed else None


# How many bytes belong to each command, given those that follow its name; None while some are missing.
_COMMANDS: dict[bytes, tuple[str, Callable[[bytes], int | None]]] = {
    b"\x10\x04": ("DLE EOT", _fixed(1)),
    b"\x10\x14": ("DLE DC4", _real_time),
    b"\x1b@": ("ESC @", _fixed(0)),
    b"\x1b!": ("ESC !", _fixed(1)),
    b"\x1bE": ("ESC E", _fixed(1)),
    b"\x1bM": ("ESC M", _fixed(1)),
    b"\x1bR": ("ESC R", _fixed(1)),
    b"\x1ba": ("ESC a", _fixed(1)),
    b"\x1bd": ("ESC d", _fixed(1)),
    b"\x1bt": ("ESC t", _fixed(1)),
    b"\x1c.": ("FS .", _fixed(0)),
    b"\x1d!": ("GS !", _fixed(1)),
    b"\x1dV": ("GS V", _cut),
    b"\x1dr": ("GS r", _fixed(1)),
    b"\x1d(k": ("GS ( k", _symbol),
    b"\x1dv0": ("GS v 0", _raster),
}
REAL_TIME = frozenset({"DLE EOT", "DLE DC4"})
_LONGEST_NAME = 3


class Tokenizer:
    """Cuts a stream into commands; keeps the piece of a command that is not complete yet."""

    def __init__(self) -> None:
        self._pending = b""

    def feed(self, data: bytes) -> Iterator[Command]:
        """The commands completed by ``data``."""
        stream = self._pending + data
        self._pending = b""
        position = 0
        while position < len(stream):
            step = self._next(stream, position)
            if step is None:
                self._pending = stream[position:]
                return
            command, position = step
            yield command

    def reset(self) -> None:
        """Forget an unfinished command."""
        self._pending = b""

    @staticmethod
    def _next(stream: bytes, position: int) -> tuple[Command, int] | None:
        byte = stream[position]
        if byte == LINE_FEED:
            return Command("LF", raw=b"\n"), position + 1
        if byte not in _INTRODUCERS:
            return _text(stream, position)
        for length in range(2, _LONGEST_NAME + 1):
            name = stream[position : position + length]
            if len(name) < length:
                return None
            if name in _COMMANDS:
                return _with_data(stream, position, name)
        pair = stream[position : position + 2]
        return Command("unknown", pair, pair), position + 2


def _text(stream: bytes, position: int) -> tuple[Command, int]:
    end = position
    while end < len(stream) and stream[end] not in _INTRODUCERS and stream[end] != LINE_FEED:
        end += 1
    return Command("text", stream[position:end], stream[position:end]), end


def _with_data(stream: bytes, position: int, prefix: bytes) -> tuple[Command, int] | None:
    name, length = _COMMANDS[prefix]
    start = position + len(prefix)
    needed = length(stream[start:])
    if needed is None:
        return None
    end = start + needed
    return Command(name, stream[start:end], stream[position:end]), end
