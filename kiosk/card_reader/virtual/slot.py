"""One reader slot inside the process: the demo's tray puts a card of the deck or a scenario into it and takes it out.

Implements the same lower port as the real PC/SC, so that the demo runs the same reader code to the last line.
"""

from __future__ import annotations

import threading
import time
from collections.abc import Callable

from kiosk.card_reader.connection import (
    CardConnection,
    CardResetError,
    CardSlots,
    SlotsSnapshot,
    SlotState,
    SlotStatus,
)
from kiosk.card_reader.virtual.chip import Chip
from kiosk.card_reader.virtual.line import LINE_OF_A_VITALE, NO_DELAY, seconds_on_the_line
from kiosk.card_reader.virtual.mishap import Mishap, MishapKind
from kiosk.card_reader.virtual.people import card_of
from kiosk.card_reader.virtual.scenario import Scenario, plain, spoilt
from kiosk.enrolment.errors import CardError, CardFault

SLOT_NAME = "Virtual slot"
_SHORTEST_ANSWER_CUT = 1


class VirtualSlots(CardSlots):
    """A single slot. ``insert`` and ``pull`` may be called from any thread, at any time.

    Args:
        is_realistic: cards whose scenario says nothing else take as long as a real chip's line would (0.2 to 0.5 s).
        sleep: how that time passes.
        name: what the slot is called.
    """

    def __init__(
        self, *, is_realistic: bool = False, sleep: Callable[[float], None] = time.sleep, name: str = SLOT_NAME
    ) -> None:
        self._name = name
        self._changed = threading.Condition()
        self._scenario: Scenario | None = None
        self._happened: set[Mishap] = set()
        self._token = 0
        self._seen_token = -1
        self._is_cancelled = False
        self._own_speed = LINE_OF_A_VITALE if is_realistic else NO_DELAY
        self._sleep = sleep

    @property
    def scenario(self) -> Scenario | None:
        """The card now in the slot, and how it behaves."""
        with self._changed:
            return self._scenario

    @property
    def inserted(self) -> str | None:
        """The name of the card or scenario now in the slot."""
        scenario = self.scenario
        return scenario.name if scenario is not None else None

    def insert(self, what: str | Scenario, *, mishap: Mishap | None = None, successor: str | None = None) -> None:
        """Put a card in; one that is in there leaves first.

        Args:
            what: a card of the deck by its name, or a scenario.
            mishap: what it will do wrong beside that.
            successor: the card of the deck that follows a ``MishapKind.SWAP``.

        Raises:
            UnknownCardError: the deck has no such card.
        """
        scenario = plain(card_of(what)) if isinstance(what, str) else what
        scenario = spoilt(scenario, mishap, None if successor is None else card_of(successor))
        with self._changed:
            self._change(scenario)

    def pull(self) -> None:
        """Take the card out; harmless when there is none."""
        with self._changed:
            if self._scenario is not None:
                self._change(None)

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
            scenario = self._scenario
            if scenario is None or slot != self._name:
                raise CardError(CardFault.PULLED)
            if scenario.is_mute:
                raise CardError(CardFault.MUTE)
            speed = self._own_speed if scenario.line_speed is None else scenario.line_speed
            return _VirtualConnection(self, scenario.chip(self._happened), self._token, speed)

    def cancel(self) -> None:
        """See ``CardSlots``."""
        with self._changed:
            self._is_cancelled = True
            self._changed.notify_all()

    def close(self) -> None:
        """Eject the card: whatever still waits for it lets go."""
        self.pull()
        self.cancel()

    def pause(self, seconds: float) -> None:
        """Let the time of a real line pass."""
        if seconds > 0:
            self._sleep(seconds)

    def token_now(self) -> int:
        """The token of the card in the slot; PULLED without one."""
        with self._changed:
            if self._scenario is None:
                raise CardError(CardFault.PULLED)
            return self._token

    def swap(self) -> None:
        """The card leaves and its successor is in, within one moment."""
        with self._changed:
            successor = self._scenario.successor if self._scenario is not None else None
            self.pull()
            if successor is not None:
                self._change(successor)

    def demand(self, token: int) -> None:
        """PULLED unless the card of that token is still in."""
        with self._changed:
            if self._token != token:
                raise CardError(CardFault.PULLED)

    def wait_while_in(self, token: int, seconds: float | None) -> None:
        """Hang as long as that card stays, or so many seconds; PULLED once it left."""
        with self._changed:
            if self._changed.wait_for(lambda: self._token != token, seconds):
                raise CardError(CardFault.PULLED)

    def _change(self, scenario: Scenario | None) -> None:
        """A token a change: a card replaced is one card gone and one come."""
        self._token += 1 if self._scenario is None or scenario is None else 2
        self._scenario, self._happened = scenario, set()
        self._changed.notify_all()

    def _status(self) -> SlotStatus:
        scenario = self._scenario
        if scenario is None:
            return SlotStatus(self._name, SlotState.EMPTY, b"", self._token)
        state = SlotState.MUTE if scenario.is_mute else SlotState.PRESENT
        return SlotStatus(self._name, state, scenario.card.atr, self._token)


class _VirtualConnection(CardConnection):
    """The chip as a reader sees it, with what goes wrong on the way."""

    def __init__(self, slots: VirtualSlots, chip: Chip, token: int, line_speed: int) -> None:
        self._slots = slots
        self._chip = chip
        self._token = token
        self._line_speed = line_speed
        self._was_reset = False

    def begin(self) -> None:
        """Nobody else shares a virtual slot."""

    def transmit(self, command: bytes) -> tuple[bytes, int]:
        self._slots.demand(self._token)
        if self._was_reset:
            raise CardResetError
        act = self._chip.process(command)
        self._slots.pause(seconds_on_the_line(command, act.answer, self._line_speed))
        if act.mishap is not None:
            return self._go_wrong(act.mishap, act.answer)
        self._slots.demand(self._token)
        return _split(act.answer)

    def slot_token(self) -> int:
        return self._slots.token_now()

    def end(self) -> None:
        self._chip.reset()

    def _go_wrong(self, mishap: Mishap, answer: bytes) -> tuple[bytes, int]:
        match mishap.kind:
            case MishapKind.PULL:
                self._slots.pull()
                raise CardError(CardFault.PULLED)
            case MishapKind.SWAP:
                self._slots.swap()
                raise CardError(CardFault.PULLED)
            case MishapKind.HANG:
                self._slots.wait_while_in(self._token, mishap.seconds)
            case MishapKind.RESET:
                self._was_reset = True  # as PC/SC: nothing goes through this handle any more
                raise CardResetError
            case MishapKind.CUT:
                return b"", int.from_bytes(answer[:_SHORTEST_ANSWER_CUT], "big")  # as pyscard shows it (vitale.md §6.6)
            case MishapKind.CONFUSED | MishapKind.WRONG_STATUS:
                pass  # the chip's own answer says it
        return _split(answer)


def _split(answer: bytes) -> tuple[bytes, int]:
    return answer[:-2], int.from_bytes(answer[-2:], "big")
