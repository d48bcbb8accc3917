"""ESC/POS bytes → commands and runs of text. Pure and incremental: a command may arrive in pieces.

Real-time commands are heard as they are received, also in the middle of another command or of a picture, as the makers
warn; what stood around them goes on with them as data. The subset is what ``kiosk.printer.layout`` and the status
questions use, and what python-escpos may put around it.
A command that is not in the table is kept as ``unknown`` with its two bytes, so that tests can refuse it.
"""

from __future__ import annotations

from collections.abc import Callable, Iterator
from dataclasses import dataclass

DLE, ESC, FS, GS = 0x10, 0x1B, 0x1C, 0x1D
LINE_FEED, CANCEL = 0x0A, 0x18
_INTRODUCERS = {DLE, ESC, FS, GS}
_SINGLE = {LINE_FEED: "LF", CANCEL: "CAN"}
_DC4 = 0x14
_REAL_TIME_HEAD = 3  # DLE, which one, and its first byte of data
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


# How many bytes belong to each command, given those that follow its name; None while some are missing.
_COMMANDS: dict[bytes, tuple[str, Callable[[bytes], int | None]]] = {
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
    b"\x1da": ("GS a", _fixed(1)),
    b"\x1dr": ("GS r", _fixed(1)),
    b"\x1d(H": ("GS ( H", _symbol),
    b"\x1d(k": ("GS ( k", _symbol),
    b"\x1dv0": ("GS v 0", _raster),
}
REAL_TIME = frozenset({"DLE EOT", "DLE ENQ", "DLE DC4"})
_REAL_TIME_NAMES = {b"\x10\x04": "DLE EOT", b"\x10\x05": "DLE ENQ", b"\x10\x14": "DLE DC4"}
_PULSE_DATA = {1: 2, 2: 2, 8: 7}  # DLE DC4 fn: pulse, power-off, clear the buffers
_LONGEST_NAME = 3


class Tokenizer:
    """Cuts a stream into commands; keeps the piece of a command that is not complete yet."""

    def __init__(self) -> None:
        self._held = b""  # may be the beginning of a real-time command
        self._pending = b""  # the beginning of another one

    def feed(self, data: bytes) -> Iterator[Command]:
        """The commands completed by ``data``."""
        stream, self._held = self._held + data, b""
        position = 0
        while (start := stream.find(DLE, position)) >= 0:
            yield from self._data(stream[position:start])
            position = start
            length = _real_time_length(stream[start:])
            if length is None:
                self._held = stream[start:]
                return
            if length == 0:
                position += 1
                yield from self._data(stream[start:position])
                continue
            position += length
            raw = stream[start:position]
            yield Command(_REAL_TIME_NAMES[raw[:2]], raw[2:], raw)
            if self._pending:  # it stood inside another command, for which it is data
                yield from self._data(raw)
        yield from self._data(stream[position:])

    def reset(self) -> None:
        """Forget an unfinished command."""
        self._held = self._pending = b""

    def _data(self, data: bytes) -> Iterator[Command]:
        stream, self._pending = self._pending + data, b""
        position = 0
        while position < len(stream):
            step = self._next(stream, position)
            if step is None:
                self._pending = stream[position:]
                return
            command, position = step
            yield command

    @staticmethod
    def _next(stream: bytes, position: int) -> tuple[Command, int] | None:
        byte = stream[position]
        if byte in _SINGLE:
            return Command(_SINGLE[byte], raw=stream[position : position + 1]), position + 1
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


def _real_time_length(stream: bytes) -> int | None:
    """How many bytes from this DLE on are one real-time command: 0 when it is none, None when more must come."""
    head = stream[:2]
    if head not in _REAL_TIME_NAMES:
        return None if len(head) == 1 else 0
    if len(stream) < _REAL_TIME_HEAD:
        return None
    length = _REAL_TIME_HEAD + (_PULSE_DATA.get(stream[2], 0) if head[1] == _DC4 else 0)
    return length if len(stream) >= length else None


def _text(stream: bytes, position: int) -> tuple[Command, int]:
    end = position
    while end < len(stream) and stream[end] not in _INTRODUCERS and stream[end] not in _SINGLE:
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
