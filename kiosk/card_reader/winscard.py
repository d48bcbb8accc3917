"""PC/SC's functions in our words: a ``CardError`` for every code, our states for its bits. Imports no pyscard.

Source: pcsc-lite's winscard interface; vitale.md §5 (what each failure looks like, tried).
pyscard's thin layer ``smartcard.scard`` is what is handed in: it returns a code for everything, where the classes
above it raise from their finalisers once the service is gone.
"""

from __future__ import annotations

from types import ModuleType

from kiosk.card_reader.connection import CardResetError, SlotState, SlotStatus
from kiosk.enrolment.errors import CardError, CardFault

_SHIFT_OF_EVENT_COUNTER = 16  # upper half of a reader's state: one more for each card that comes or goes

FAULTS: dict[str, CardFault] = {
    "SCARD_E_NO_SERVICE": CardFault.NO_SERVICE,
    "SCARD_E_SERVICE_STOPPED": CardFault.NO_SERVICE,
    "SCARD_P_SHUTDOWN": CardFault.NO_SERVICE,
    "SCARD_F_COMM_ERROR": CardFault.NO_SERVICE,
    "SCARD_E_INVALID_HANDLE": CardFault.NO_SERVICE,  # a handle of the service's former life
    "SCARD_W_SECURITY_VIOLATION": CardFault.NO_SERVICE,  # the service does not let this user in (polkit)
    "SCARD_E_NO_READERS_AVAILABLE": CardFault.NO_READER,
    "SCARD_E_READER_UNAVAILABLE": CardFault.NO_READER,
    "SCARD_E_UNKNOWN_READER": CardFault.NO_READER,
    "SCARD_E_READER_UNSUPPORTED": CardFault.NO_READER,
    "SCARD_E_NO_SMARTCARD": CardFault.PULLED,
    "SCARD_W_REMOVED_CARD": CardFault.PULLED,
    "SCARD_E_NOT_TRANSACTED": CardFault.PULLED,  # what comes first, up to 0.4 s before REMOVED
    "SCARD_E_NOT_READY": CardFault.PULLED,  # between two cards
    "SCARD_W_UNPOWERED_CARD": CardFault.MUTE,
    "SCARD_W_UNRESPONSIVE_CARD": CardFault.MUTE,
    "SCARD_E_SHARING_VIOLATION": CardFault.BUSY,
    "SCARD_E_SERVER_TOO_BUSY": CardFault.BUSY,
    "SCARD_E_PROTO_MISMATCH": CardFault.WRONG_CARD_UNKNOWN,  # an ATR that makes no sense, or no protocol of ours
    "SCARD_E_INVALID_ATR": CardFault.WRONG_CARD_UNKNOWN,
    "SCARD_E_CARD_UNSUPPORTED": CardFault.WRONG_CARD_UNKNOWN,
    "SCARD_W_UNSUPPORTED_CARD": CardFault.WRONG_CARD_UNKNOWN,
    "SCARD_E_TIMEOUT": CardFault.TIMEOUT,
    "SCARD_F_WAITED_TOO_LONG": CardFault.TIMEOUT,
}
"""What each code of PC/SC is at the counter; any other is FAILED, but SCARD_W_RESET_CARD, after which one starts again.

docs/card-reader.md shows it beside what brings each about.
"""


class Winscard:
    """pyscard's functions, with every code but success turned into a ``CardError``."""

    def __init__(self, api: ModuleType) -> None:
        self.api = api
        # Who else uses a card is no change to us: without these bits our own readings do not wake our watching.
        self.in_use_bits = api.SCARD_STATE_INUSE | api.SCARD_STATE_EXCLUSIVE | api.SCARD_STATE_CHANGED
        self._faults = {getattr(api, name): fault for name, fault in FAULTS.items()}

    def check(self, code: int) -> None:
        """Nothing on success.

        Raises:
            CardError: what the code means at the counter; ``CardResetError`` when the reading may start again.
        """
        if code == self.api.SCARD_S_SUCCESS:
            return
        if code == self.api.SCARD_W_RESET_CARD:
            raise CardResetError
        raise CardError(self._faults.get(code, CardFault.FAILED), f"PC/SC {code & 0xFFFFFFFF:08X}")

    def establish(self) -> int:
        """A context of its own for the calling thread: pcsc-lite lets one wait in each at a time."""
        code, context = self.api.SCardEstablishContext(self.api.SCARD_SCOPE_SYSTEM)
        self.check(code)
        return int(context)

    def release(self, context: int) -> None:
        """Let go of it; waits for whoever is in it."""
        self.api.SCardReleaseContext(context)

    def connect(self, context: int, slot: str) -> tuple[int, int]:
        """Power the card, shared; gives its handle and protocol."""
        api = self.api
        protocols = api.SCARD_PROTOCOL_T0 | api.SCARD_PROTOCOL_T1
        code, card, protocol = api.SCardConnect(context, slot, api.SCARD_SHARE_SHARED, protocols)
        self.check(code)
        return int(card), int(protocol)

    def states(self, context: int, known: list[tuple[str, int]], timeout_ms: int) -> list[tuple[str, int, bytes]]:
        """Name, state and ATR of the readers, when one differs from ``known`` or the time is over."""
        code, states = self.api.SCardGetStatusChange(context, timeout_ms, known)
        if code == self.api.SCARD_E_CANCELLED:
            return self.states(context, known, 0)
        if code != self.api.SCARD_E_TIMEOUT:
            self.check(code)
        return [(name, state, bytes(atr)) for name, state, atr in states]

    def token(self, context: int, slot: str) -> int | None:
        """The event counter of that reader now; None when it is empty. One round trip to the service."""
        api = self.api
        code, states = api.SCardGetStatusChange(context, 0, [(slot, api.SCARD_STATE_UNAWARE)])
        self.check(code)
        _, state, _ = states[0]
        return int(state) >> _SHIFT_OF_EVENT_COUNTER if state & api.SCARD_STATE_PRESENT else None

    def status_of(self, name: str, state: int, atr: bytes) -> SlotStatus:
        """A reader's state as ours."""
        slot_state = SlotState.EMPTY
        if state & self.api.SCARD_STATE_PRESENT:
            slot_state = SlotState.MUTE if state & self.api.SCARD_STATE_MUTE else SlotState.PRESENT
        in_use = bool(state & (self.api.SCARD_STATE_INUSE | self.api.SCARD_STATE_EXCLUSIVE))
        return SlotStatus(name, slot_state, atr, state >> _SHIFT_OF_EVENT_COUNTER, in_use)
