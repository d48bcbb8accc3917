"""The real slots: PC/SC through pyscard. The only file that imports it, and only when a ``PcscSlots`` is made.

Source: pcsc-lite's winscard interface; vitale.md §5 (failures), §6.3 (what it does not do). What its codes mean to us
is in ``winscard``. No command or answer is ever logged: they hold names and numbers.
"""

from __future__ import annotations

import threading
from types import ModuleType

from kiosk.card_reader.connection import CardConnection, CardSlots, SlotsSnapshot
from kiosk.card_reader.errors import PcscMissingError
from kiosk.card_reader.pcsc_look import PcscLook
from kiosk.card_reader.winscard import Winscard
from kiosk.enrolment.errors import CardError, CardFault

_LENGTH_OF_STATUS_WORD = 2
_LOOK_ENDS_S = 0.5  # of a look that was cancelled


class _SpareContext:
    """One context kept between readings: to make one costs as much as a third of a reading.

    A context serves one connection at a time; a hung connection keeps its own, and the next gets a new one.
    """

    def __init__(self, winscard: Winscard) -> None:
        self._winscard = winscard
        self._lock = threading.Lock()
        self._context: int | None = None
        self._is_closed = False

    def take(self) -> int | None:
        """The spare context, if there is one; the service may have died since it was kept."""
        with self._lock:
            context, self._context = self._context, None
            return context

    def give_back(self, context: int) -> None:
        """Keep it for the next connection."""
        with self._lock:
            if self._context is None and not self._is_closed:
                self._context = context
                return
        self._winscard.release(context)

    def close(self) -> None:
        """Release the spare; what is given back from now on is released."""
        with self._lock:
            context, self._context, self._is_closed = self._context, None, True
        if context is not None:
            self._winscard.release(context)


class PcscSlots(CardSlots):
    """All PC/SC readers whose name contains ``name_filter``; survives the service's death and return.

    Raises:
        PcscMissingError: pyscard or libpcsclite is not installed here.
    """

    def __init__(self, name_filter: str | None = None) -> None:
        self._winscard = Winscard(_import_scard())
        self._filter = name_filter or ""
        self._look = PcscLook(self._winscard, self._filter)
        self._spare = _SpareContext(self._winscard)

    def watch(self, timeout_s: float) -> SlotsSnapshot:
        """See ``CardSlots``."""
        return self._look.look(timeout_s)

    def leave_look(self) -> None:
        """See ``CardSlots``; the fresh look has a context of its own."""
        left, self._look = self._look, PcscLook(self._winscard, self._filter)
        left.leave()

    def connect(self, slot: str) -> CardConnection:
        """See ``CardSlots``; T=0 or T=1, as the card says."""
        spare = self._spare.take()
        if spare is not None:
            try:
                return self._open(spare, slot)
            except CardError as error:
                if error.fault is not CardFault.NO_SERVICE:
                    raise
                # The spare was of the service's former life: it may be back since.
        return self._open(self._winscard.establish(), slot)

    def _open(self, context: int, slot: str) -> CardConnection:
        try:
            card, protocol = self._winscard.connect(context, slot)
        except CardError:
            self._winscard.release(context)
            raise
        return _PcscConnection(self._winscard, self._spare, context, slot, card, protocol)

    def cancel(self) -> None:
        """See ``CardSlots``."""
        self._look.cancel()

    def close(self) -> None:
        """Release the contexts; a connection still open releases its own, a look that hangs makes no new one."""
        self._look.cancel()
        self._look.leave(_LOOK_ENDS_S)
        self._spare.close()


class _PcscConnection(CardConnection):
    """A card opened shared, with a context of its own for the time."""

    def __init__(
        self, winscard: Winscard, spare: _SpareContext, context: int, slot: str, card: int, protocol: int
    ) -> None:
        self._winscard = winscard
        self._spare = spare
        self._context = context
        self._slot = slot
        self._card = card
        api = winscard.api
        self._pci = api.SCARD_PCI_T1 if protocol == api.SCARD_PROTOCOL_T1 else api.SCARD_PCI_T0
        self._on_leaving = api.SCARD_LEAVE_CARD  # until there is something to undo
        self._on_success = api.SCARD_RESET_CARD
        self._is_open = True

    def leave_as_is(self) -> None:
        self._on_success = self._winscard.api.SCARD_LEAVE_CARD

    def begin(self) -> None:
        self._winscard.check(self._winscard.api.SCardBeginTransaction(self._card))

    def transmit(self, command: bytes) -> tuple[bytes, int]:
        code, answer = self._winscard.api.SCardTransmit(self._card, self._pci, list(command))
        if code == self._winscard.api.SCARD_S_SUCCESS and len(answer) >= _LENGTH_OF_STATUS_WORD:
            self._on_leaving = self._on_success
            return bytes(answer[:-2]), answer[-2] << 8 | answer[-1]
        self._on_leaving = self._winscard.api.SCARD_LEAVE_CARD
        self._winscard.check(code)
        # "Success" with nothing in it is how a card pulled during the command looks (vitale.md §5).
        raise CardError(CardFault.PULLED, "no status word")

    def slot_token(self) -> int:
        token = self._winscard.token(self._context, self._slot)
        if token is None:
            raise CardError(CardFault.PULLED)
        return token

    def end(self) -> None:
        """Disconnecting with a reset ends the transaction too, and leaves no moment between the two.

        Where nothing was said, a card that another program waits behind is not reset for nothing. And where the talk
        broke off the slot is left alone: to reset or unpower a card that is gone makes pcscd 1.9.9
        take a next one, put in before it polls, for absent until it is pulled again (tried on vpcd).
        """
        if not self._is_open:
            return
        self._is_open = False
        api = self._winscard.api
        if api.SCardDisconnect(self._card, self._on_leaving) == api.SCARD_S_SUCCESS:
            self._spare.give_back(self._context)
        else:
            self._winscard.release(self._context)


def _import_scard() -> ModuleType:
    try:
        from smartcard import scard  # noqa: PLC0415 - the terminal runs without pyscard on a simulated card
    except (ImportError, OSError) as missing:
        raise PcscMissingError(
            "pyscard is not installed: install the extra 'pcsc' (it needs gcc, python3-dev and libpcsclite-dev)"
        ) from missing
    api: ModuleType = scard
    return api
