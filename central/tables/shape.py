"""What a table of counts is made of: what was asked, the lines, and numbers that may be hidden. Pure."""

from __future__ import annotations

import enum
from dataclasses import dataclass

from central.counters.models import Measure
from central.tables.periods import Period


class By(enum.Enum):
    """What a table is broken down by."""

    TOTAL = "total"
    CHANNEL = "channel"
    SUB_CHANNEL = "sub_channel"
    REGION = "region"
    DEPARTEMENT = "departement"
    OFFICE = "office"
    TERMINAL = "terminal"


MONEY = frozenset({Measure.CENTS_ACCRUED, Measure.CENTS_HELD})
"""Measures in whole cents; all others are counts."""


@dataclass(frozen=True, slots=True)
class Reader:
    """For whom a table is made: one region or all (None); outsiders see no small number, and less besides."""

    region: str | None
    is_outside: bool = False


@dataclass(frozen=True, slots=True, kw_only=True)
class Question:
    """What is asked. ``member`` is one line alone; ``after`` and ``limit`` cut long lists (offices, terminals)."""

    measure: Measure
    by: By
    periods: tuple[Period, ...]
    member: str | None = None
    after: str | None = None
    limit: int | None = None


@dataclass(frozen=True, slots=True)
class Number:
    """A number as shown: None is hidden; ``is_least`` where something hidden is missing from it."""

    value: int | None
    is_least: bool = False


@dataclass(frozen=True, slots=True)
class Line:
    """A line: a code, its words, and one number for each period."""

    code: str
    label: str
    numbers: tuple[Number, ...]


@dataclass(frozen=True, slots=True, kw_only=True)
class Table:
    """The answer. ``rest`` is what the total holds and no line accounts for: shown always, never spread over others.

    ``onward``: the last code of this piece, to be given as ``after`` for the next one; None at the end.
    ``small_cell``: numbers below it, and others that would give them away, are hidden; None where nothing is.
    """

    question: Question
    region: str | None
    lines: tuple[Line, ...]
    rest: Line
    total: Line
    onward: str | None = None
    small_cell: int | None = None


def share(part: Number, whole: Number) -> float | None:
    """A part of a whole, 0.28; None where either is hidden or incomplete, or the whole is nothing."""
    if part.value is None or part.is_least or not whole.value or whole.is_least:
        return None
    return round(part.value / whole.value, 4)
