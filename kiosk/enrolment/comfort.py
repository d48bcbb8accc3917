"""How one person wants the screen: language, contrast, size of text, reach, voice, calm, time, keys. Frozen; pure.

Sources: domain/dmp.md §16 K0 (accessibility menu), §18 (EN 301 549 clause 5.1: closed functionality). What a person
chose lives as long as their visit; the next one finds the terminal's standard again.
"""

from __future__ import annotations

import dataclasses
import enum
from collections.abc import Callable, Sequence
from dataclasses import dataclass
from typing import Any

from kiosk.enrolment.errors import StepError
from kiosk.enrolment.texts import FRENCH

TEXT_SIZES = (100, 150, 200)
"""Per cent of the standard size of text."""

PATIENCES = (1, 2, 3)
"""How many times the standard silence a person is given."""


class Contrast(enum.Enum):
    """The two themes."""

    NORMAL = "normal"
    HIGH = "high"


@dataclass(frozen=True, slots=True)
class Comfort:
    """One person's screen.

    ``low``: every control within the lower part of the glass; ``voice``: spoken over the headset; ``calm``: nothing
    moves; ``patience``: times the standard silence; ``keypad``: answers are numbered and chosen by digit.
    """

    language: str = FRENCH
    contrast: Contrast = Contrast.NORMAL
    text: int = 100
    low: bool = False
    voice: bool = False
    calm: bool = False
    patience: int = 1
    keypad: bool = False

    def with_choice(self, field: str, value: str, languages: Sequence[str]) -> Comfort:
        """The same with one thing as touched; ``languages`` are those offered here.

        Raises:
            StepError: no such thing, or not one of its values.
        """
        read = _READ.get(field)
        try:
            chosen: Any = _one_of(languages, value) if field == "language" else read and read(value)
        except ValueError:
            raise StepError("not a choice of the comfort menu") from None
        if chosen is None:
            raise StepError("not a thing of the comfort menu")
        return dataclasses.replace(self, **{field: chosen})

    @property
    def more_patience(self) -> int:
        """What "more time" asks for."""
        return min(self.patience + 1, PATIENCES[-1])


def _one_of(allowed: Sequence[str], value: str) -> str:
    if value not in allowed:
        raise ValueError(value)
    return value


def _number_of(allowed: tuple[int, ...]) -> Callable[[str], int]:
    return lambda value: int(_one_of([str(one) for one in allowed], value))


def _switch(value: str) -> bool:
    return _one_of(("on", "off"), value) == "on"


_READ: dict[str, Callable[[str], object]] = {
    "contrast": Contrast,
    "text": _number_of(TEXT_SIZES),
    "low": _switch,
    "voice": _switch,
    "calm": _switch,
    "patience": _number_of(PATIENCES),
    "keypad": _switch,
}
