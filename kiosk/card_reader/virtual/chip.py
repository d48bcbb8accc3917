"""The engine with what is to go wrong: command in, answer and mishap out. Pure but for its own state.

What a slot has to do itself (let the card leave, wait, cut the frame) it is told; what the chip can do alone (a wrong
status word, confusion, forgetting) is already in the answer.
"""

from __future__ import annotations

from typing import NamedTuple

from kiosk.card_reader.apdu import StatusWord
from kiosk.card_reader.virtual.engine import CardEngine
from kiosk.card_reader.virtual.mishap import HAPPEN_ONCE, Mishap, MishapKind

_CONFUSED = StatusWord.NO_PRECISE_DIAGNOSIS.to_bytes(2, "big")


class Act(NamedTuple):
    """What the chip says, and what happens to it at this command."""

    answer: bytes
    mishap: Mishap | None = None

    def __repr__(self) -> str:
        return f"Act({len(self.answer)} bytes, {self.mishap})"


class Chip:
    """One powered chip.

    Args:
        engine: its files and commands.
        mishaps: what goes wrong; where two are for one command, the first.
        happened: the mishaps that happened to this card already and happen once only; added to here. To be handed
            from one power-up to the next when each makes a new chip.
    """

    def __init__(
        self, engine: CardEngine, mishaps: tuple[Mishap, ...] = (), happened: set[Mishap] | None = None
    ) -> None:
        self._engine = engine
        self._mishaps = mishaps
        self._happened = set() if happened is None else happened
        self._commands = 0
        self._is_confused = False

    def reset(self) -> None:
        """Power-up: commands are counted from one again."""
        self._engine.reset()
        self._commands = 0
        self._is_confused = False

    def process(self, command: bytes) -> Act:
        """Answer one command APDU; never raises."""
        self._commands += 1
        mishap = self._mishap_now()
        if mishap is not None and mishap.kind is MishapKind.CONFUSED:
            self._is_confused = True
        if self._is_confused:
            return Act(_CONFUSED, mishap)
        if mishap is not None and mishap.kind is MishapKind.RESET:
            self._engine.reset()
        answer = self._engine.process(command)
        if mishap is not None and mishap.kind is MishapKind.WRONG_STATUS:
            answer = mishap.status.to_bytes(2, "big")
        return Act(answer, mishap)

    def _mishap_now(self) -> Mishap | None:
        for mishap in self._mishaps:
            if mishap.at_command == self._commands and mishap not in self._happened:
                if mishap.kind in HAPPEN_ONCE:
                    self._happened.add(mishap)
                return mishap
        return None
