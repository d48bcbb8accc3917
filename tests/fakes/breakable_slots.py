"""``VirtualSlots`` whose PC/SC service can die and whose reader can be unplugged; the card stays where it lies."""

from __future__ import annotations

import enum
from collections.abc import Callable

from kiosk.card_reader.connection import CardConnection, CardSlots, SlotsSnapshot
from kiosk.card_reader.virtual.slot import VirtualSlots
from kiosk.enrolment.errors import CardError, CardFault


class Breakage(enum.Enum):
    """What the slots lack."""

    NO_SERVICE = CardFault.NO_SERVICE
    NO_READER = CardFault.NO_READER
    BUSY = CardFault.BUSY  # another program has the card


class BreakableSlots(CardSlots):
    """The slots of one terminal. ``break_down`` and ``mend`` may be called from any thread, at any time."""

    def __init__(self, inner: VirtualSlots) -> None:
        self._inner = inner
        self._broken: Breakage | None = None
        self._countdown = 0
        self._coming: Breakage | None = None

    @property
    def is_well(self) -> bool:
        return self._broken in {None, Breakage.BUSY}

    def break_down(self, how: Breakage, *, at_command: int | None = None) -> None:
        """From now on, or from that command on, counted over all cards."""
        if at_command is None:
            self._broken = how
        else:
            self._coming, self._countdown = how, at_command
        self._inner.cancel()

    def mend(self) -> None:
        self._broken, self._coming = None, None
        self._inner.cancel()

    def watch(self, timeout_s: float) -> SlotsSnapshot:
        seen = self._inner.watch(timeout_s)
        if self._broken is Breakage.NO_SERVICE:
            return SlotsSnapshot(service_up=False)
        return SlotsSnapshot(service_up=True) if self._broken is Breakage.NO_READER else seen

    def connect(self, slot: str) -> CardConnection:
        self._demand()
        return _BreakableConnection(self._inner.connect(slot), self._passed)

    def cancel(self) -> None:
        self._inner.cancel()

    def close(self) -> None:
        self._inner.close()

    def _passed(self) -> None:
        if self._coming is not None:
            self._countdown -= 1
            if self._countdown <= 0:
                self._broken, self._coming = self._coming, None
                self._inner.cancel()
        self._demand()

    def _demand(self) -> None:
        if self._broken is not None:
            raise CardError(self._broken.value)


class _BreakableConnection(CardConnection):
    def __init__(self, inner: CardConnection, before_each: Callable[[], None]) -> None:
        self._inner = inner
        self._before_each = before_each

    def begin(self) -> None:
        self._inner.begin()

    def transmit(self, command: bytes) -> tuple[bytes, int]:
        self._before_each()
        return self._inner.transmit(command)

    def slot_token(self) -> int:
        return self._inner.slot_token()

    def end(self) -> None:
        self._inner.end()
