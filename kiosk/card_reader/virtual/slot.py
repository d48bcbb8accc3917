"""One reader slot inside the process: the demo's tray puts a card of the deck into it and takes it out.

Implements the same lower port as the real PC/SC, so that the demo runs the same reader code to the last line.
"""

from __future__ import annotations

import threading
import time
from collections.abc import Callable

from kiosk.card_reader.apdu import StatusWord
from kiosk.card_reader.connection import (
    CardConnection,
    CardSlots,
    SlotsSnapshot,
    SlotState,
    SlotStatus,
)
from kiosk.card_reader.virtual.engine import CardEngine
from kiosk.card_reader.virtual.mishap import Mishap, MishapKind, seconds_on_the_line
from kiosk.card_reader.virtual.people import CardKind, VirtualCard, card_of
from kiosk.enrolment.errors import CardError, CardFault

SLOT_NAME = "Virtual slot"
_SHORTEST_ANSWER_CUT = 1


class VirtualSlots(CardSlots):
    """A single slot. ``insert`` and ``pull`` may be called from any thread, at any time.

    Args:
        is_realistic: take as long as a real chip's line would (0.2 to 0.5 s a card).
        sleep: how that time passes.
        name: what the slot is called.
    """

    def __init__(
        self, *, is_realistic: bool = False, sleep: Callable[[float], None] = time.sleep, name: str = SLOT_NAME
    ) -> None:
        self._name = name
        self._changed = threading.Condition()
        self._card: VirtualCard | None = None
        self._mishap: Mishap | None = None
        self._successor: str | None = None
        self._token = 0
        self._seen_token = -1
        self._is_cancelled = False
        self._pause: Callable[[bytes, bytes], None] = (
            (lambda command, answer: sleep(seconds_on_the_line(command, answer))) if is_realistic else _no_pause
        )

    @property
    def inserted(self) -> str | None:
        """The card now in the slot."""
        with self._changed:
            return self._card.card_id if self._card is not None else None

    def insert(self, card_id: str, *, mishap: Mishap | None = None, successor: str | None = None) -> None:
        """Put a card in; one that is in there leaves first.

        Args:
            card_id: a card of the deck.
            mishap: what it will do wrong.
            successor: the card that follows a ``MishapKind.SWAP``.

        Raises:
            UnknownCardError: the deck has no such card.
        """
        card = card_of(card_id)
        with self._changed:
            self._change(card, mishap)
            self._successor = successor

    def pull(self) -> None:
        """Take the card out; harmless when there is none."""
        with self._changed:
            if self._card is not None:
                self._change(None, None)

    def watch(self, timeout_s: float) -> SlotsSnapshot:
        """See ``CardSlots``."""
        with self._changed:
            self._changed.wait_for(lambda: self._is_cancelled or self._token != self._seen_token, timeout_s)
            self._is_cancelled = False
            self._seen_token = self._token
            return SlotsSnapshot(service_up=True, slots=(self._status(),))

    def connect(self, slot: str) -> CardConnection:
        """See ``CardSlots``."""
        with self._changed:
            if self._card is None or slot != self._name:
                raise CardError(CardFault.PULLED)
            if self._card.kind is CardKind.MUTE:
                raise CardError(CardFault.MUTE)
            return _VirtualConnection(self, self._card.engine(), self._token, self._mishap)

    def cancel(self) -> None:
        """See ``CardSlots``."""
        with self._changed:
            self._is_cancelled = True
            self._changed.notify_all()

    def close(self) -> None:
        """Eject the card: whatever still waits for it lets go."""
        self.pull()
        self.cancel()

    def exchange(self, engine: CardEngine, token: int, command: bytes) -> bytes:
        """One command of a connection made at ``token``."""
        with self._changed:
            self._demand(token)
            answer = engine.process(command)
        self._pause(command, answer)
        return answer

    def token_now(self) -> int:
        """The token of the card in the slot; PULLED without one."""
        with self._changed:
            if self._card is None:
                raise CardError(CardFault.PULLED)
            return self._token

    def swap(self) -> None:
        """The card leaves and its successor is in, within one moment."""
        successor = self._successor
        self.pull()
        if successor is not None:
            self.insert(successor)

    def wait_until_gone(self, token: int) -> None:
        """Hang as long as that card stays."""
        with self._changed:
            self._changed.wait_for(lambda: self._token != token)

    def settle_mishap(self) -> None:
        """What was to go wrong once has gone wrong."""
        self._mishap = None

    def _demand(self, token: int) -> None:
        if self._token != token:
            raise CardError(CardFault.PULLED)

    def _change(self, card: VirtualCard | None, mishap: Mishap | None) -> None:
        """A token a change: a card replaced is one card gone and one come."""
        self._token += 1 if self._card is None or card is None else 2
        self._card, self._mishap = card, mishap
        self._changed.notify_all()

    def _status(self) -> SlotStatus:
        if self._card is None:
            return SlotStatus(self._name, SlotState.EMPTY, b"", self._token)
        state = SlotState.MUTE if self._card.kind is CardKind.MUTE else SlotState.PRESENT
        return SlotStatus(self._name, state, self._card.atr, self._token)


class _VirtualConnection(CardConnection):
    """The chip as a reader sees it, with its mishap."""

    def __init__(self, slots: VirtualSlots, engine: CardEngine, token: int, mishap: Mishap | None) -> None:
        self._slots = slots
        self._engine = engine
        self._token = token
        self._mishap = mishap
        self._commands = 0

    def begin(self) -> None:
        """Nobody else shares a virtual slot."""

    def transmit(self, command: bytes) -> tuple[bytes, int]:
        self._commands += 1
        if self._mishap is not None and self._mishap.at_command == self._commands:
            return self._go_wrong(self._mishap.kind, command)
        return _split(self._slots.exchange(self._engine, self._token, command))

    def slot_token(self) -> int:
        return self._slots.token_now()

    def end(self) -> None:
        self._engine.reset()

    def _go_wrong(self, kind: MishapKind, command: bytes) -> tuple[bytes, int]:
        if kind is MishapKind.CUT:
            answer = self._slots.exchange(self._engine, self._token, command)
            return b"", int.from_bytes(answer[:_SHORTEST_ANSWER_CUT], "big")  # as pyscard shows it (vitale.md §6.6)
        if kind is MishapKind.CONFUSED:
            self._slots.settle_mishap()
            return b"", StatusWord.NO_PRECISE_DIAGNOSIS
        if kind is MishapKind.HANG:
            self._slots.wait_until_gone(self._token)
        elif kind is MishapKind.SWAP:
            self._slots.swap()
        else:
            self._slots.pull()
        raise CardError(CardFault.PULLED)


def _split(answer: bytes) -> tuple[bytes, int]:
    return answer[:-2], int.from_bytes(answer[-2:], "big")


def _no_pause(command: bytes, answer: bytes) -> None:
    """A chip without delay."""
