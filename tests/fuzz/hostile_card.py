"""A card whose every answer is drawn from bytes: what a fuzzer, or hypothesis, or a kept finding plays with."""

from __future__ import annotations

from kiosk.card_reader.connection import CardConnection
from kiosk.card_reader.virtual.engine import CardEngine
from kiosk.card_reader.virtual.layout import Application, ElementaryFile, PastEnd, SelectAnswer, VirtualLayout
from kiosk.card_reader.virtual.making import FID_NUMBERS, FID_VALIDITY
from kiosk.card_reader.vitale import AID_MF_VITALE, AID_VITALE, FID_IDENTITY, FID_MF, FID_PAN, FID_POINTERS

_STATUSES = (0x9000, 0x6100, 0x6C00, 0x6282, 0x6A82, 0x6982, 0x6B00, 0x6F00, 0x9F10, 0x6D00, 0x6C01, 0x61FF)


class Draw:
    """Takes values off the front of some bytes; once they are used up, everything is 0 or empty."""

    def __init__(self, data: bytes) -> None:
        self._data = data
        self._at = 0

    @property
    def is_used_up(self) -> bool:
        return self._at >= len(self._data)

    def number(self) -> int:
        return int.from_bytes(self.some(1), "big")

    def some(self, size: int) -> bytes:
        taken = self._data[self._at : self._at + size]
        self._at += size
        return taken

    def sized(self) -> bytes:
        """As many bytes as the next two say."""
        return self.some(int.from_bytes(self.some(2), "big"))

    def rest(self) -> bytes:
        return self.some(len(self._data))


class Answers(CardConnection):
    """Answers from the bytes alone, whatever it is asked; refuses everything when they are used up, or begins again."""

    def __init__(self, draw: Draw, *, endless: bytes = b"") -> None:
        self._draw, self._endless = draw, endless
        self.commands = 0

    def begin(self) -> None: ...

    def transmit(self, command: bytes) -> tuple[bytes, int]:
        self.commands += 1
        if self._draw.is_used_up:
            if not self._endless:
                return b"", 0x6A82
            self._draw = Draw(self._endless)
        how = self._draw.number()
        status = _STATUSES[how % len(_STATUSES)] if how < 0xF0 else int.from_bytes(self._draw.some(2), "big")
        return self._draw.some(self._draw.number()), status

    def slot_token(self) -> int:
        return 1

    def end(self) -> None: ...


class SpoiltAnswers(CardConnection):
    """A chip that behaves, and some of whose answers the bytes spoil: a bit flipped, an end cut off, another status."""

    def __init__(self, engine: CardEngine, draw: Draw) -> None:
        self._engine, self._draw = engine, draw
        self.commands = 0

    def begin(self) -> None: ...

    def transmit(self, command: bytes) -> tuple[bytes, int]:
        self.commands += 1
        answer = bytearray(self._engine.process(command))
        match self._draw.number() % 8:
            case 1 if len(answer) > 2:
                answer[self._draw.number() % len(answer)] ^= 1 << self._draw.number() % 8
            case 2:
                answer = answer[: self._draw.number()] + answer[-2:]
            case 3:
                answer[-2:] = self._draw.some(2).rjust(2, b"\x90")
            case 4:
                answer = bytearray(self._draw.some(self._draw.number())) + answer[-2:]
        return bytes(answer[:-2]), int.from_bytes(answer[-2:], "big")

    def slot_token(self) -> int:
        return 1

    def end(self) -> None: ...


def layout_from(draw: Draw) -> VirtualLayout:
    """A chip with the directories of a Vitale and any files in them."""
    how = draw.number()
    root = (
        ElementaryFile(FID_PAN, draw.sized(), is_protected=bool(how & 1)),
        ElementaryFile(FID_IDENTITY, draw.sized(), short_id=2),
    )
    vitale = (
        ElementaryFile(FID_POINTERS, draw.sized()),
        ElementaryFile(FID_NUMBERS, draw.sized(), short_id=2, is_protected=bool(how & 2)),
        ElementaryFile(FID_VALIDITY, draw.rest()),
    )
    return VirtualLayout(
        applications=(Application(AID_MF_VITALE, FID_MF, root), Application(AID_VITALE, None, vitale)),
        knows_file_ids_of_directories=not how & 4,
        knows_short_ids=not how & 8,
        select_answer=list(SelectAnswer)[(how >> 4) % 3],
        past_end=list(PastEnd)[(how >> 6) % 3],
    )
