"""The second slot of a counter: is a professional's card in it, and which. A thread of its own looks; asking is free.

Source: vitale.md §5 (several slots), §7 (CPS; GALSS may own the slot). The patient's reader (:mod:`.reader`) runs
beside it over its own ``CardSlots`` and leaves a CPS alone; this one never talks to any other card, but to one of
unknown ATR in the slot that was named as the professional's.
"""

from __future__ import annotations

import logging
import threading
from time import monotonic

from kiosk.card_reader.atr import family_of
from kiosk.card_reader.connection import CardSlots, SlotsSnapshot, SlotState, SlotStatus
from kiosk.card_reader.cps import read_serial
from kiosk.card_reader.slot_watch import FROZEN_S, JOIN_S, SlotWatch
from kiosk.card_reader.worker import CardWorker
from kiosk.enrolment.errors import CardError, CardFault
from kiosk.enrolment.holder import CardFamily
from kiosk.enrolment.ports import ProfessionalCard, ProfessionalReader

ASK_AGAIN_S = 5.0  # a card that another program held: it may be free by now
_VITALE = frozenset({CardFamily.VITALE_1, CardFamily.VITALE_2})
_log = logging.getLogger(__name__)


class ProfessionalSlot:
    """Which slot holds the professional's card. Pure but for the memory of where the patients' cards go.

    1. A card whose ATR is a CPS's counts; in a slot named as the professional's (``is_own``) one of unknown ATR may.
    2. Unless the slot was named so: where a Vitale lay last it does not count, for there it is a wrong card, and said
       so to the patient;
    3. nor in the only slot there is.
    """

    def __init__(self, *, is_own: bool) -> None:
        self._is_own = is_own
        self._patients: str | None = None

    def choose(self, snapshot: SlotsSnapshot) -> SlotStatus | None:
        """The slot of the professional's card now; of two, the one whose ATR tells."""
        for slot in snapshot.slots:
            if slot.state is SlotState.PRESENT and family_of(slot.atr) in _VITALE and not self._is_own:
                self._patients = slot.name
        if len(snapshot.slots) < 2 and not self._is_own:  # noqa: PLR2004 - a second one
            return None
        families = (CardFamily.CPS, CardFamily.UNKNOWN) if self._is_own else (CardFamily.CPS,)
        cards = [slot for slot in snapshot.slots if slot.state is SlotState.PRESENT and slot.name != self._patients]
        likely = (slot for family in families for slot in cards if family_of(slot.atr) is family)
        return next(likely, None)


class _SerialJob:
    """The asking of one card for its serial; ``run`` belongs to the worker. ``serial`` and ``fault`` once ``is_over``.

    A card that hangs here stays "a CPS without serial" and goes when the watching sees it go.
    """

    def __init__(self, slots: CardSlots, slot: SlotStatus) -> None:
        self._slots = slots
        self.slot = slot
        self.serial: str | None = None
        self.fault: CardFault | None = None
        self.began_at = monotonic()
        self._over = threading.Event()

    @property
    def is_over(self) -> bool:
        return self._over.is_set()

    def run(self) -> None:
        try:
            with self._slots.connect(self.slot.name) as connection:
                connection.leave_as_is()
                serial = read_serial(connection, self.slot.atr)
                if connection.slot_token() == self.slot.token:
                    self.serial = serial
        except CardError as error:  # pulled, or another program has it: "a CPS is there" stands
            self.fault = error.fault
            _log.info("the professional's card gave no serial: %s", error.fault.value)
        except Exception as error:  # noqa: BLE001 - the worker must live for the next card
            self.fault = CardFault.FAILED
            _log.warning("the professional's card could not be asked: %s", type(error).__name__)
        finally:
            self._over.set()
            self._slots.cancel()  # look now


class WatchedProfessionalReader(ProfessionalReader):
    """Watches from its making until ``close``. A card that does not tell its serial is there all the same.

    The asking has a thread of its own: the driver may hang in it, or another program keep its turn for minutes, and
    a card that was pulled meanwhile must not seem to be there.
    """

    def __init__(
        self,
        slots: CardSlots,
        *,
        is_own_slot: bool = False,
        ask_again_s: float = ASK_AGAIN_S,
        frozen_s: float = FROZEN_S,
    ) -> None:
        self._slots = slots
        self._choice = ProfessionalSlot(is_own=is_own_slot)
        self._ask_again_s = ask_again_s
        self._job: _SerialJob | None = None
        self._card: ProfessionalCard | None = None
        self._worker = CardWorker("professional-read")
        self._watch = SlotWatch(slots, self._note, name="professional-watch", frozen_s=frozen_s)
        self._watch.start()

    def card(self) -> ProfessionalCard | None:
        """As last seen; returns at once. None where the service answers nobody: it may have been pulled since."""
        return self._card if self._watch.is_answered() else None

    def close(self) -> None:
        """Stop watching and let go of the slots; a driver that hangs holds daemon threads, nothing else."""
        self._watch.close()
        self._slots.close()
        self._worker.close(JOIN_S)

    def _note(self, snapshot: SlotsSnapshot) -> None:
        found = self._choice.choose(snapshot)
        self._card = None if found is None else self._card_in(found)

    def _card_in(self, found: SlotStatus) -> ProfessionalCard | None:
        """What is known of the card in that slot; asks it when it has not been asked."""
        job = self._job
        is_known = job is not None and (job.slot.name, job.slot.token) == (found.name, found.token)
        if job is None or (job.is_over and (not is_known or self._is_worth_asking_again(job))):
            self._job = _SerialJob(self._slots, found)
            self._worker.start(self._job.run)
        serial = job.serial if job is not None and is_known and job.is_over else None
        return ProfessionalCard(serial) if serial or family_of(found.atr) is CardFamily.CPS else None

    def _is_worth_asking_again(self, job: _SerialJob) -> bool:
        return job.fault is CardFault.BUSY and monotonic() - job.began_at > self._ask_again_s
