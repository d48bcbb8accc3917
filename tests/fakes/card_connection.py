"""Connections to chips without a reader: a virtual chip that counts, and answers from a script."""

from __future__ import annotations

import itertools
from collections.abc import Iterable

from kiosk.card_reader.connection import CardConnection
from kiosk.card_reader.virtual.engine import CardEngine


class EngineConnection(CardConnection):
    """Straight to the virtual chip; keeps every command."""

    def __init__(self, engine: CardEngine) -> None:
        self._engine = engine
        self.commands: list[bytes] = []

    def begin(self) -> None: ...

    def transmit(self, command: bytes) -> tuple[bytes, int]:
        self.commands.append(command)
        answer = self._engine.process(command)
        return answer[:-2], int.from_bytes(answer[-2:], "big")

    def slot_token(self) -> int:
        return 1

    def end(self) -> None:
        self._engine.reset()


class ScriptedConnection(CardConnection):
    """Gives the answers of the script in turn, over and over."""

    def __init__(self, answers: Iterable[tuple[bytes, int]]) -> None:
        self._answers = itertools.cycle(tuple(answers))
        self.commands: list[bytes] = []

    def begin(self) -> None: ...

    def transmit(self, command: bytes) -> tuple[bytes, int]:
        self.commands.append(command)
        return next(self._answers)

    def slot_token(self) -> int:
        return 1

    def end(self) -> None: ...
