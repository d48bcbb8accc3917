"""Who is on a card, as the card says it: frozen values, handed from the reader to the session."""

from __future__ import annotations

import enum
from dataclasses import dataclass, field

from wire.nir import Nir


class CardFamily(enum.Enum):
    """What lies in the reader. Everything but ``VITALE_2`` is a wrong card that must be named."""

    VITALE_2 = "vitale_2"
    VITALE_1 = "vitale_1"
    CPS = "cps"
    BANK = "bank"
    UNKNOWN = "unknown"


class CardWarning(enum.Enum):
    """A card that reads, but not as it should. Shown to the operator, never a reason to guess."""

    COUNTS_DIFFER = "counts_differ"  # more names than numbers: the surplus has no number, nothing is shifted
    NUMBER_INVALID = "number_invalid"  # a NIR whose key does not fit: that person has no number here
    NUMBER_PROVISIONAL = "number_provisional"
    DAMAGED_ENTRY = "damaged_entry"  # one person could not be read; the others are kept
    BIRTH_DATE_ODD = "birth_date_odd"  # neither a date nor a lunar date
    TEST_CARD = "test_card"  # must not open a real person's dossier


@dataclass(frozen=True, slots=True, repr=False)
class CardHolder:
    """One person on the card. ``birth_date`` is the raw YYYYMMDD of the card, lunar dates included."""

    position: int
    family_name: str
    given_name: str
    birth_date: str
    country: str | None
    nir: Nir | None

    def __repr__(self) -> str:
        return f"CardHolder(position={self.position})"


@dataclass(frozen=True, slots=True, repr=False)
class CardContents:
    """All that one reading gave: a list of persons (never "the" patient) and the facts of the card.

    ``identity_file`` is the raw bytes the names came from: the traits travel unmodified (EX_GEN-1250).
    ``serial`` is the logical number of the card in hexadecimal, None where the card does not give it.
    """

    persons: tuple[CardHolder, ...]
    family: CardFamily
    atr: bytes
    serial: str | None
    valid_from: str | None
    identity_file: bytes
    warnings: tuple[CardWarning, ...] = field(default=())

    def __repr__(self) -> str:
        return f"CardContents({len(self.persons)} persons, {self.family.value})"
