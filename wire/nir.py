"""The number by which French social security knows a person, and the INS built on it.

Rules: ``domain/vitale.md`` §4 (the health insurer's own open validator agrees with them).
"""

from __future__ import annotations

import enum
import re
from dataclasses import dataclass

from wire.errors import IdentifierError

_SEPARATORS = re.compile(r"[\s.\-\u00a0\u202f]")
_SHAPE_OF_NIR = re.compile(
    r"[12]"  # sex
    r"[0-9]{2}"  # year
    r"(?:0[1-9]|1[0-2]|[2-9][0-9])"  # month; 20-99: unknown or fictive
    r"(?:[0-9]{2}|2[AB])"  # département; 97, 98 overseas; 99 abroad; 20, 91-96 historic
    r"[0-9]{6}"  # commune or country, order
)
_SHAPE_OF_PROVISIONAL = re.compile(r"[3-8][0-9]{12}")
_LENGTH_WITHOUT_KEY = 13
_LENGTH_WITH_KEY = 15
_SLICE_OF_DEPARTEMENT = slice(5, 7)
_CORSICA = {"2A": "19", "2B": "18"}


class NirKind(enum.Enum):
    """What a well-formed number is; only ``NIR`` may become an INS-NIR."""

    NIR = "nir"
    PROVISIONAL = "provisional"  # NNP (7, 8), migrant (5, 6), being registered (3, 4), MSA (555555)


class InsAuthority(enum.Enum):
    """The OID that says what a matricule is worth (vitale.md §4.3)."""

    NIR_PRODUCTION = "1.2.250.1.213.1.4.8"
    NIA_PRODUCTION = "1.2.250.1.213.1.4.9"
    NIR_TEST = "1.2.250.1.213.1.4.10"
    NIR_DEMONSTRATION = "1.2.250.1.213.1.4.11"


@dataclass(frozen=True, slots=True, repr=False)
class Nir:
    """Thirteen characters and a key that fits them. Never shown whole: ``repr`` and ``str`` are masked."""

    body: str
    key: str

    @classmethod
    def parse(cls, text: str) -> Nir:
        """Read 15 characters (13 and the key); blanks, dots and dashes do not count.

        Raises:
            IdentifierError: wrong length, shape or key. The sentence never repeats the number.
        """
        compact = _SEPARATORS.sub("", text).upper()
        if len(compact) != _LENGTH_WITH_KEY:
            raise IdentifierError("a NIR has 13 characters and a key of 2 digits", code="nir_length")
        body, key = compact[:_LENGTH_WITHOUT_KEY], compact[_LENGTH_WITHOUT_KEY:]
        if not (_SHAPE_OF_NIR.fullmatch(body) or _SHAPE_OF_PROVISIONAL.fullmatch(body)):
            raise IdentifierError("these 13 characters are not built like a NIR", code="nir_shape")
        if not key.isascii() or not key.isdigit() or int(key) != key_of(body):
            raise IdentifierError("the key does not fit the NIR: the card was misread or is damaged", code="nir_key")
        return cls(body, key)

    @property
    def kind(self) -> NirKind:
        """NIR of a registered person, or one of the provisional numbers."""
        return NirKind.NIR if self.body[0] in "12" else NirKind.PROVISIONAL

    @property
    def compact(self) -> str:
        """The 15 characters, for sealing and for the keyed fingerprint only."""
        return self.body + self.key

    def masked(self) -> str:
        """What a screen or a slip may show: sex and year, the rest hidden, the key left out."""
        return f"{self.body[0]} {self.body[1:3]} •• •• ••• •••"

    def __repr__(self) -> str:
        return "Nir(masked)"

    __str__ = __repr__


@dataclass(frozen=True, slots=True)
class Ins:
    """A matricule with the authority that gives it: fictitious people carry a test or demonstration OID."""

    matricule: Nir
    authority: InsAuthority

    def __post_init__(self) -> None:
        if self.matricule.kind is not NirKind.NIR and self.authority is not InsAuthority.NIA_PRODUCTION:
            raise IdentifierError("a provisional number is not an INS-NIR", code="ins_provisional")


def key_of(body: str) -> int:
    """Key of 13 characters: 97 - (N mod 97), N with Corsica's 2A as 19 and 2B as 18; from 1 to 97."""
    departement = body[_SLICE_OF_DEPARTEMENT]
    digits = body[:5] + _CORSICA.get(departement, departement) + body[7:]
    return 97 - int(digits) % 97
