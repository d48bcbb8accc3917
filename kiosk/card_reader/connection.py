"""The lower ports of the card reader: slots that hold cards, and a connection to one card.

``pcsc.PcscSlots`` is the real machine, ``virtual.slot.VirtualSlots`` the one of the demo; the same reader runs over
both. Bytes in, bytes and one status word out: nothing of PC/SC is seen above this file.
"""

from __future__ import annotations

import enum
from abc import ABC, abstractmethod
from dataclasses import dataclass
from types import TracebackType
from typing import Self

from kiosk.enrolment.errors import CardError, CardFault


class SlotState(enum.Enum):
    """What one slot holds."""

    EMPTY = "empty"
    PRESENT = "present"
    MUTE = "mute"  # a card that does not power up: upside down, dirty or dead


@dataclass(frozen=True, slots=True)
class SlotStatus:
    """One slot at one moment. ``token`` changes with every card that comes or goes, as far as the service sees it.

    ``in_use``: some program has a connection to the card, perhaps our own.
    """

    name: str
    state: SlotState
    atr: bytes
    token: int
    in_use: bool = False


@dataclass(frozen=True, slots=True)
class SlotsSnapshot:
    """All slots at one moment; without the service there are none."""

    service_up: bool
    slots: tuple[SlotStatus, ...] = ()


class CardResetError(CardError):
    """Another program reset the card while we were in it: the whole reading must start again."""

    def __init__(self) -> None:
        super().__init__(CardFault.FAILED, "another program reset the card")


class CardConnection(ABC):
    """One card, held in one transaction: between ``begin`` and ``end`` nobody else can talk to it.

    Every method but ``end`` may raise ``kiosk.enrolment.errors.CardError``.
    """

    @abstractmethod
    def begin(self) -> None:
        """Start the transaction; waits, without limit of its own, while another program is in one."""

    @abstractmethod
    def transmit(self, command: bytes) -> tuple[bytes, int]:
        """Send one command APDU; gives the data (0 to 256 bytes) and the status word (SW1 << 8 | SW2)."""

    @abstractmethod
    def slot_token(self) -> int:
        """The slot's ``SlotStatus.token`` now: unlike the one at the insertion, the card is another one.

        Raises:
            kiosk.enrolment.errors.CardError: PULLED when the slot is empty now.
        """

    @abstractmethod
    def end(self) -> None:
        """End the transaction, reset the card for the next program, let go. Never raises; harmless twice."""

    def leave_as_is(self) -> None:  # noqa: B027 - where nobody shares the card there is nothing to spare
        """At the end do not reset the card: other software may be signed in with it, as with a professional's."""

    def __enter__(self) -> Self:
        try:
            self.begin()
        except BaseException:
            self.end()
            raise
        return self

    def __exit__(
        self,
        kind: type[BaseException] | None,
        error: BaseException | None,
        traceback: TracebackType | None,
    ) -> None:
        self.end()


class CardSlots(ABC):
    """All slots of this machine. ``watch`` belongs to one thread until ``leave_look``, the rest to any."""

    @abstractmethod
    def watch(self, timeout_s: float) -> SlotsSnapshot:
        """Wait until something differs from what the last call gave, ``cancel`` or the time-out; never raises."""

    def leave_look(self) -> None:  # noqa: B027 - where nothing can hang there is nothing to leave
        """Leave a ``watch`` that does not come back where it hangs, with all it holds; the next begins afresh."""

    @abstractmethod
    def connect(self, slot: str) -> CardConnection:
        """Power the card of that slot, shared with other programs.

        Raises:
            kiosk.enrolment.errors.CardError: BUSY may be tried again; the others tell what is wrong.
        """

    @abstractmethod
    def cancel(self) -> None:
        """Wake ``watch`` now, from any thread."""

    @abstractmethod
    def close(self) -> None:
        """Let go of everything; harmless twice."""
