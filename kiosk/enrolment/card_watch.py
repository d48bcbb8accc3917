"""What the card in the slot asks of the session, as one pure rule over screen and presence.

The rule in words: a new card at rest begins a visit; a card pulled (or exchanged) from under a person's data wipes
them, and so does a reader that is gone, which is said as such: "put your card back" would be no way on. While slips are
made the card does not matter.
"""

from __future__ import annotations

import enum

from kiosk.enrolment.faults import Fault
from kiosk.enrolment.ports import CardPresence, ReaderState
from kiosk.enrolment.steps import PERSONAL, RESTING, Step

IN_SLOT = frozenset({ReaderState.PRESENT, ReaderState.MUTE})
READER_FAULTS = {ReaderState.NO_READER: Fault.NO_READER, ReaderState.NO_SERVICE: Fault.NO_SERVICE}
_FOLLOWS_READER = PERSONAL | {Step.ATTRACT}
# A reading may notice first that the reader goes, and calls it a pulled card; a service comes back without its reader.
_OF_SLOT = frozenset({Fault.PULLED, Fault.SWAPPED, *READER_FAULTS.values()})
# Their screen stays for its time after the card is out: the person has something to read.
_STAYS = frozenset({Fault.PULLED, Fault.SWAPPED, Fault.STORE, Fault.INTERNAL, Fault.NOT_READY})


class CardEvent(enum.Enum):
    """What to do now."""

    NOTHING = "nothing"
    BEGIN = "begin"  # a card not dealt with yet
    MUTE = "mute"  # one that does not answer
    PULLED = "pulled"
    READER_GONE = "reader_gone"
    HOME = "home"  # what kept the screen is over


def card_event(step: Step, fault: Fault | None, presence: CardPresence, handled: int | None) -> CardEvent:
    """The event of this instant; ``handled`` is the insertion the session has already dealt with."""
    if presence.state in IN_SLOT:
        if presence.insertion == handled or step not in RESTING | PERSONAL:
            return CardEvent.NOTHING
        return CardEvent.BEGIN if presence.state is ReaderState.PRESENT else CardEvent.MUTE
    gone = READER_FAULTS.get(presence.state)
    if gone not in {None, fault} and (step in _FOLLOWS_READER or fault in _OF_SLOT):
        return CardEvent.READER_GONE
    if step in PERSONAL:
        return CardEvent.PULLED
    if step is Step.TAKE_CARD or (step is Step.STOPPED and _is_over(fault, presence.state)):
        return CardEvent.HOME
    return CardEvent.NOTHING


def _is_over(fault: Fault | None, state: ReaderState) -> bool:
    if fault in READER_FAULTS.values():
        return state is ReaderState.EMPTY
    return fault not in _STAYS
