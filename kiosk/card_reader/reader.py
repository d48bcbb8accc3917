"""The card reader of the terminal: watches the slots, and reads with a deadline.

Implements ``kiosk.enrolment.ports.CardReader`` over any ``CardSlots``: real PC/SC, or the virtual card of the demo.
"""

from __future__ import annotations

import threading
from time import monotonic

from kiosk.card_reader.connection import CardSlots, SlotsSnapshot, SlotStatus
from kiosk.card_reader.read_job import ReadJob
from kiosk.card_reader.reading_threads import ReadingThreads
from kiosk.card_reader.slot_choice import SlotChoice
from kiosk.card_reader.slot_watch import FROZEN_S, JOIN_S, SlotWatch
from kiosk.enrolment.errors import CardError, CardFault
from kiosk.enrolment.holder import CardContents
from kiosk.enrolment.ports import CardPresence, CardReader, NamedSlot, ReaderState

SETTLE_S = 0.6  # after a card was pulled from a reading; PC/SC polls some drivers every 0.4 s only

_WRONG_CARDS = frozenset(
    {
        CardFault.WRONG_CARD_BANK,
        CardFault.WRONG_CARD_CPS,
        CardFault.WRONG_CARD_UNKNOWN,
        CardFault.WRONG_CARD_VITALE_1,
    }
)
_FAULT_WITHOUT_SLOT = {
    ReaderState.NO_SERVICE: CardFault.NO_SERVICE,
    ReaderState.NO_READER: CardFault.NO_READER,
}


class SupervisedCardReader(CardReader):
    """Watches from its making until ``close``; one reading at a time.

    Args:
        slots: where the cards are; closed with the reader.
        read_deadline_s: seconds after which ``read`` gives up, whatever the card or the driver does.
        frozen_s: seconds after which a service that does not answer counts as down.
    """

    def __init__(self, slots: CardSlots, *, read_deadline_s: float = 4.0, frozen_s: float = FROZEN_S) -> None:
        self._slots = slots
        self._deadline_s = read_deadline_s
        self._choice = SlotChoice()
        self._lock = threading.Lock()  # guards the choice
        self._turn = threading.Lock()  # one reading at a time
        self._threads = ReadingThreads()
        self._watch = SlotWatch(slots, self._note, name="card-watch", frozen_s=frozen_s)
        self._watch.start()

    def presence(self) -> CardPresence:
        """What the slot holds, as last seen; returns at once. NO_SERVICE until the first look is done."""
        return self._seen()[0]

    def slots(self) -> tuple[NamedSlot, ...]:
        """Every slot by its name, as last seen; none while the service does not answer."""
        if not self._watch.is_answered():
            return ()
        with self._lock:
            return self._choice.named

    def read(self, insertion: int) -> CardContents:
        """Read the card of that insertion.

        1. The card that counts now must be the one of ``insertion`` and must answer.
        2. An abandoned reading that the driver still holds must be over first, or be in another slot: hung cards
           do not pile up (``ReadingThreads``).
        3. The reading runs in the worker's thread; at the deadline it is given up.
        4. The slot must hold the same card at the end (asked inside the transaction).
        5. The card that counts must still be the one of ``insertion``.
        6. The worker resets the card meanwhile; the next reading in that slot waits for it.

        Not checked: that the card is genuine. Names and number are in clear on it and anyone can make such a card.

        Raises:
            CardError: with one of the codes of ``CardFault``.
        """
        ends = monotonic() + self._deadline_s
        if not self._turn.acquire(timeout=self._deadline_s):
            raise CardError(CardFault.TIMEOUT)
        try:
            card = self._card_of(insertion)  # 1
            job = ReadJob(self._slots, card)
            if not self._threads.start(job, max(0.0, ends - monotonic())):  # 2
                raise CardError(CardFault.TIMEOUT)
            return self._outcome(job, card, insertion, ends)  # 3, 4, 5
        finally:
            self._turn.release()

    def close(self) -> None:
        """Stop watching, give up any reading, close the slots and join their threads."""
        self._watch.close()
        self._threads.abandon()
        self._slots.close()  # first: a card that can be let go of lets the thread go
        self._threads.close(JOIN_S)

    def _seen(self) -> tuple[CardPresence, SlotStatus | None]:
        is_answered = self._watch.is_answered()
        with self._lock:
            presence, card = self._choice.presence, self._choice.card
        return (presence if is_answered else CardPresence(ReaderState.NO_SERVICE, presence.insertion)), card

    def _outcome(self, job: ReadJob, card: SlotStatus, insertion: int, ends: float) -> CardContents:
        try:
            contents = job.result(max(0.0, ends - monotonic()), lambda: self._is_in_use(card))
        except CardError as error:
            self._note_fault(error.fault, card)
            raise
        with self._lock:
            if self._choice.presence.insertion != insertion:  # 5
                raise CardError(CardFault.SWAPPED)
            self._choice.mark_read(card)
        return contents

    def _is_in_use(self, card: SlotStatus) -> bool:
        """As last seen, half a second ago at most."""
        with self._lock:
            now = self._choice.card
        return now is not None and (now.name, now.token) == (card.name, card.token) and now.in_use

    def _note_fault(self, fault: CardFault, card: SlotStatus) -> None:
        now = monotonic()
        with self._lock:
            if fault in _WRONG_CARDS:
                self._choice.mark_stranger(card, now)
            elif fault is CardFault.TIMEOUT:
                self._choice.mark_hung(card, now)
            elif fault is CardFault.SWAPPED:
                self._choice.mark_gone(card, now)
            elif fault is CardFault.PULLED:
                self._choice.mark_gone(card, now, SETTLE_S)
        if fault is CardFault.SWAPPED:
            self._slots.cancel()  # look now: the new card is there

    def _card_of(self, insertion: int) -> SlotStatus:
        presence, card = self._seen()
        if card is None or presence.state in _FAULT_WITHOUT_SLOT:
            gone = CardFault.PULLED if 0 < insertion <= presence.insertion else CardFault.NO_CARD
            raise CardError(_FAULT_WITHOUT_SLOT.get(presence.state, gone))
        if presence.insertion != insertion:
            raise CardError(CardFault.SWAPPED)
        if presence.state is ReaderState.MUTE:
            raise CardError(CardFault.MUTE)
        return card

    def _note(self, snapshot: SlotsSnapshot) -> None:
        with self._lock:
            self._choice.update(snapshot, monotonic())
