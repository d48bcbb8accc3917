"""Which of the slots holds the patient's card, and how many cards have come. Pure: snapshots in, presence out.

Source: vitale.md §5 "several readers/slots". A counter has two slots, or two readers: the professional's card lies in
one of them all day, a badge may lie in another, and nobody tells us which is which.
"""

from __future__ import annotations

from math import inf

from kiosk.card_reader.atr import family_of
from kiosk.card_reader.connection import SlotsSnapshot, SlotState, SlotStatus
from kiosk.enrolment.holder import CardFamily
from kiosk.enrolment.ports import CardPresence, NamedSlot, ReaderState, SlotHolds

# The likelier a Vitale, the earlier; unknown before known strangers, so that a new ATR is probed first.
_LIKELIHOOD = (CardFamily.VITALE_2, CardFamily.UNKNOWN, CardFamily.VITALE_1, CardFamily.BANK, CardFamily.CPS)


class SlotChoice:
    """Remembers the card that counts now. Not thread-safe: its owner holds a lock.

    1. A CPS is the professional's and does not count, unless it lies where the Vitale cards go: in the only slot,
       or in the one where a Vitale was last read.
    2. A card that was read stays the one until it leaves, whatever comes into other slots.
    3. A card that was read and was no Vitale steps back behind any other.
    4. Otherwise the likeliest by its ATR, among equals one that has not hung yet, then the slot where a Vitale was
       last read, then the first.
    """

    def __init__(self) -> None:
        self._snapshot = SlotsSnapshot(service_up=False)
        self._insertion = 0
        self._state = ReaderState.NO_SERVICE
        self._card: SlotStatus | None = None
        self._card_was_read = False
        self._strangers: set[tuple[str, int]] = set()
        self._hung: set[tuple[str, int]] = set()
        self._gone_until: dict[tuple[str, int], float] = {}
        self._last_good_slot: str | None = None

    @property
    def presence(self) -> CardPresence:
        """What the reader shows as a whole."""
        return CardPresence(self._state, self._insertion)

    @property
    def card(self) -> SlotStatus | None:
        """The slot of the card that counts, as last seen."""
        return self._card

    @property
    def named(self) -> tuple[NamedSlot, ...]:
        """Every slot by its name and what it holds."""
        return tuple(NamedSlot(slot.name, _held_by(slot)) for slot in self._snapshot.slots)

    def update(self, snapshot: SlotsSnapshot, now: float) -> None:
        """Take in what the slots show now; ``now`` in seconds of a clock that never goes back."""
        self._snapshot = snapshot
        chosen = self._choose(snapshot, now)
        keys = {_key(slot) for slot in snapshot.slots}
        self._strangers &= keys
        self._hung &= keys
        self._gone_until = {key: until for key, until in self._gone_until.items() if key in keys and until >= now}
        if chosen is not None and (self._card is None or _key(chosen) != _key(self._card)):
            self._insertion += 1
            self._card_was_read = False
        self._card = chosen
        self._state = _state_of(snapshot, chosen)

    def mark_read(self, card: SlotStatus) -> None:
        """That card was read and is a Vitale."""
        self._last_good_slot = card.name
        if self._card is not None and _key(card) == _key(self._card):
            self._card_was_read = True

    def mark_stranger(self, card: SlotStatus, now: float) -> None:
        """That card was probed and is no Vitale: another one, if there is one, counts from now on."""
        self._strangers.add(_key(card))
        self.update(self._snapshot, now)

    def mark_hung(self, card: SlotStatus, now: float) -> None:
        """That card did not answer in time: a likely one in another slot, if there is one, counts from now on."""
        self._hung.add(_key(card))
        self.update(self._snapshot, now)

    def mark_gone(self, card: SlotStatus, now: float, settle_s: float = 0.0) -> None:
        """The talk with that card broke off: what the slot holds from now on counts as another card.

        A card put in just as another left may be powered by the end of our own transaction, and the service's
        polling then never sees the slot empty: by its count alone both would have the same insertion (tried on
        vpcd). The slot counts as empty until a look after ``settle_s``: the service may be late to see that it is.
        """
        if self._card is not None and _key(card) == _key(self._card):
            self._gone_until[_key(card)] = now + settle_s
            self.update(self._snapshot, now)

    def _choose(self, snapshot: SlotsSnapshot, now: float) -> SlotStatus | None:
        only_one = len(snapshot.slots) == 1
        candidates = [
            slot
            for slot in snapshot.slots
            if slot.state is not SlotState.EMPTY
            and self._gone_until.get(_key(slot), -inf) < now
            and (only_one or slot.name == self._last_good_slot or family_of(slot.atr) is not CardFamily.CPS)
        ]
        return min(candidates, key=self._rank, default=None)

    def _rank(self, slot: SlotStatus) -> tuple[bool, bool, bool, int, bool, bool]:
        is_current = self._card is not None and _key(slot) == _key(self._card)
        return (
            not (is_current and self._card_was_read),
            _key(slot) in self._strangers,
            slot.state is SlotState.MUTE,
            _LIKELIHOOD.index(family_of(slot.atr)),
            _key(slot) in self._hung,
            slot.name != self._last_good_slot,
        )


def _key(slot: SlotStatus) -> tuple[str, int]:
    return slot.name, slot.token


def _held_by(slot: SlotStatus) -> SlotHolds:
    if slot.state is SlotState.PRESENT:
        return SlotHolds.PROFESSIONAL if family_of(slot.atr) is CardFamily.CPS else SlotHolds.CARD
    return SlotHolds.EMPTY if slot.state is SlotState.EMPTY else SlotHolds.MUTE


def _state_of(snapshot: SlotsSnapshot, chosen: SlotStatus | None) -> ReaderState:
    if not snapshot.service_up:
        return ReaderState.NO_SERVICE
    if not snapshot.slots:
        return ReaderState.NO_READER
    if chosen is None:
        return ReaderState.EMPTY
    return ReaderState.MUTE if chosen.state is SlotState.MUTE else ReaderState.PRESENT
