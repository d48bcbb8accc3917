"""A ``CardReader`` without a reader: the test's hand puts contents, or a fault, into the slot."""

from __future__ import annotations

from kiosk.enrolment.errors import CardError, CardFault
from kiosk.enrolment.holder import CardContents, CardFamily, CardHolder, CardWarning
from kiosk.enrolment.ports import CardPresence, CardReader, NamedSlot, ReaderState, SlotHolds
from wire.nir import Nir, key_of

_LONG_NAME = "Lecteur de cartes à puce d'essai [LecteurDeCartes] (0123456789) 00 00"  # as drivers do name them


class FakeCardReader(CardReader):
    def __init__(self) -> None:
        self._state = ReaderState.EMPTY
        self._insertion = 0
        self._inside: CardContents | CardFault = CardFault.NO_CARD

    def insert(self, inside: CardContents | CardFault, state: ReaderState = ReaderState.PRESENT) -> None:
        self._state, self._inside = state, inside
        self._insertion += 1

    def pull(self, state: ReaderState = ReaderState.EMPTY) -> None:
        self._state, self._inside = state, CardFault.NO_CARD

    def presence(self) -> CardPresence:
        return CardPresence(self._state, self._insertion)

    def slots(self) -> tuple[NamedSlot, ...]:
        if self._state in {ReaderState.NO_SERVICE, ReaderState.NO_READER}:
            return ()
        holds = {ReaderState.PRESENT: SlotHolds.CARD, ReaderState.MUTE: SlotHolds.MUTE}
        return (NamedSlot(_LONG_NAME, holds.get(self._state, SlotHolds.EMPTY)),)

    def read(self, insertion: int) -> CardContents:
        if self._state is not ReaderState.PRESENT:
            raise CardError(CardFault.PULLED)
        if insertion != self._insertion:
            raise CardError(CardFault.SWAPPED)
        if isinstance(self._inside, CardFault):
            raise CardError(self._inside)
        return self._inside

    def close(self) -> None:
        self.pull()


def person(
    given_name: str = "CAMILLE", birth_date: str = "19850214", *, position: int = 0, number: str | None = None
) -> CardHolder:
    """A fictitious person; the number tells the birth and is right, unless the test gives another (or "")."""
    month = birth_date[4:6] if "01" <= birth_date[4:6] <= "12" else "20"
    body = f"2{birth_date[2:4]}{month}99351{position + 1:03d}"
    text = f"{body}{key_of(body):02d}" if number is None else number
    return CardHolder(position, "SPÉCIMEN", given_name, birth_date, "FRA", Nir.parse(text) if text else None)


def card(*persons: CardHolder, warnings: tuple[CardWarning, ...] = (CardWarning.TEST_CARD,)) -> CardContents:
    return CardContents(
        persons=persons or (person(),),
        family=CardFamily.VITALE_2,
        atr=bytes.fromhex("3B751300004409EA9000"),
        serial="80250990000000000001",
        valid_from="20190401",
        identity_file=b"identity file as it lies on the card",
        warnings=warnings,
    )
