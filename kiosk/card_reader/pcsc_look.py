"""One look at the PC/SC readers after the other, in one context that is rebuilt when the service comes back.

Source: pcsc-lite's winscard interface; vitale.md §5.
"""

from __future__ import annotations

import logging
import threading

from kiosk.card_reader.connection import SlotsSnapshot
from kiosk.card_reader.winscard import Winscard
from kiosk.enrolment.errors import CardError, CardFault

SERVICE_RETRY_S = 0.25  # between two looks for a service that is down, or for a reader where there is none
_log = logging.getLogger(__name__)


class PcscLook:
    """What the looking holds of the service. One thread looks; any may cancel and leave.

    The library waits without end for a look that its service never answers (pcsc-lite 1.9.9, a cancel that meets the
    end of a look). Who leaves such a look leaves the context to it: the look lets it go when it comes back, if ever.
    """

    def __init__(self, winscard: Winscard, name_filter: str) -> None:
        self._winscard = winscard
        self._filter = name_filter
        self._context: int | None = None
        self._known: dict[str, int] = {}
        self._last: SlotsSnapshot | None = None
        self._wake = threading.Event()
        self._looking = threading.Lock()
        self._is_left = False

    def look(self, timeout_s: float) -> SlotsSnapshot:
        """See ``CardSlots.watch``. A reader that was plugged in is seen at the next call, one unplugged at once."""
        if self._last is not None and not self._last.slots:
            self._wake.wait(min(timeout_s, SERVICE_RETRY_S))
        self._wake.clear()
        with self._looking:
            self._last = self._seen(timeout_s)
        if self._is_left:
            self._let_go(0)
        return self._last

    def cancel(self) -> None:
        """End the look under way."""
        self._wake.set()
        context = self._context
        if context is not None:
            self._winscard.api.SCardCancel(context)

    def leave(self, wait_s: float = 0) -> None:
        """Let go of the context, now or at the latest when the look under way comes back; no new one is made."""
        self._is_left = True
        self._let_go(wait_s)

    def _let_go(self, wait_s: float) -> None:
        """Whoever comes second of the look that ends and the one who leaves it."""
        if self._looking.acquire(timeout=wait_s):
            self._forget_context()
            self._looking.release()

    def _seen(self, timeout_s: float) -> SlotsSnapshot:
        try:
            return self._look(timeout_s)
        except CardError as error:
            self._forget_context()
            return SlotsSnapshot(service_up=error.fault is CardFault.NO_READER)
        except Exception as error:  # noqa: BLE001 - who watches must outlive whatever library and driver do
            _log.warning("looking at the readers failed: %s", type(error).__name__)
            self._forget_context()
            return SlotsSnapshot(service_up=False)

    def _look(self, timeout_s: float) -> SlotsSnapshot:
        if self._is_left:
            return SlotsSnapshot(service_up=False)
        if self._context is None:
            self._context = self._winscard.establish()
        try:
            return self._look_at(self._context, timeout_s)
        except CardError as error:
            if error.fault is not CardFault.NO_READER:
                raise
        self._known = {}  # one was unplugged while we asked: the others are there still
        return self._look_at(self._context, timeout_s)

    def _look_at(self, context: int, timeout_s: float) -> SlotsSnapshot:
        names = self._names(context)
        if not names:
            self._known = {}
            return SlotsSnapshot(service_up=True)
        changed = set(names) != set(self._known)
        known = [(name, self._known.get(name, self._winscard.api.SCARD_STATE_UNAWARE)) for name in names]
        states = self._winscard.states(context, known, 0 if changed else round(timeout_s * 1000))
        self._known = {name: state & ~self._winscard.in_use_bits for name, state, _ in states}
        return SlotsSnapshot(
            service_up=True, slots=tuple(self._winscard.status_of(name, state, atr) for name, state, atr in states)
        )

    def _names(self, context: int) -> list[str]:
        api = self._winscard.api
        code, names = api.SCardListReaders(context, [])
        if code == api.SCARD_E_NO_READERS_AVAILABLE:
            return []
        self._winscard.check(code)
        return [name for name in names if self._filter in name]

    def _forget_context(self) -> None:
        self._known = {}
        context, self._context = self._context, None
        if context is not None:
            self._winscard.release(context)
