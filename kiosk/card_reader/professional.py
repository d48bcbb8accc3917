"""The second slot of a counter: is a professional's card in it, and which. A thread of its own looks; asking is free.

Source: vitale.md §5 (several slots), §7 (CPS). The patient's reader (:mod:`.reader`) runs beside it over its own
``CardSlots`` and leaves a CPS alone; this one never talks to any other card.
"""

from __future__ import annotations

import logging
import threading

from kiosk.card_reader.atr import family_of
from kiosk.card_reader.connection import CardSlots, SlotsSnapshot, SlotState, SlotStatus
from kiosk.card_reader.cps import read_serial
from kiosk.enrolment.errors import CardError
from kiosk.enrolment.holder import CardFamily
from kiosk.enrolment.ports import ProfessionalCard, ProfessionalReader

WATCH_S = 0.5
JOIN_S = 2.0
_VITALE = frozenset({CardFamily.VITALE_1, CardFamily.VITALE_2})
_log = logging.getLogger(__name__)


class ProfessionalSlot:
    """Which slot holds the professional's card. Pure but for the memory of where the patients' cards go.

    1. Only a card whose ATR is a CPS's counts.
    2. In the slot in which a Vitale lay last it does not count: there it is a wrong card, and said so to the patient.
    3. Nor in the only slot there is, unless that one was named as the professional's (``is_own``).
    """

    def __init__(self, *, is_own: bool) -> None:
        self._is_own = is_own
        self._patients: str | None = None

    def choose(self, snapshot: SlotsSnapshot) -> SlotStatus | None:
        """The slot of the professional's card now."""
        for slot in snapshot.slots:
            if slot.state is SlotState.PRESENT and family_of(slot.atr) in _VITALE:
                self._patients = slot.name
        if len(snapshot.slots) < 2 and not self._is_own:  # noqa: PLR2004 - a second one
            return None
        cards = (
            slot
            for slot in snapshot.slots
            if slot.state is SlotState.PRESENT and slot.name != self._patients and family_of(slot.atr) is CardFamily.CPS
        )
        return next(cards, None)


class WatchedProfessionalReader(ProfessionalReader):
    """Watches from its making until ``close``. A card that does not tell its serial is there all the same."""

    def __init__(self, slots: CardSlots, *, is_own_slot: bool = False) -> None:
        self._slots = slots
        self._choice = ProfessionalSlot(is_own=is_own_slot)
        self._seen: tuple[str, int] | None = None
        self._card: ProfessionalCard | None = None
        self._stop = threading.Event()
        self._watcher = threading.Thread(target=self._watch, name="professional-watch", daemon=True)
        self._watcher.start()

    def card(self) -> ProfessionalCard | None:
        """As last seen; returns at once."""
        return self._card

    def close(self) -> None:
        """Stop watching and let go of the slots; a driver that hangs holds a daemon thread, nothing else."""
        self._stop.set()
        self._slots.cancel()
        self._watcher.join(JOIN_S)
        self._slots.close()

    def _watch(self) -> None:
        while not self._stop.is_set():
            found = self._choice.choose(self._slots.watch(WATCH_S))
            key = None if found is None else (found.name, found.token)
            if key == self._seen:
                continue
            self._seen = key
            self._card = None if found is None else ProfessionalCard(None)
            if found is not None:
                self._card = ProfessionalCard(self._serial_in(found))

    def _serial_in(self, slot: SlotStatus) -> str | None:
        try:
            with self._slots.connect(slot.name) as connection:
                return read_serial(connection, slot.atr)
        except CardError as error:  # pulled, or another program has it: "a CPS is there" stands
            _log.info("the professional's card gave no serial: %s", error.fault.value)
            return None
