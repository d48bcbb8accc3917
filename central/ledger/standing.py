"""What an amount is after all that was said of it: a fold of entries, whatever their order. Pure.

Whoever keeps an amount back, or takes it back, gives a reason; the same reason is lifted later, or never. An amount is
**reversed** while there is a reason to take it back, else **held** while there is one to keep it back, else
**accrued**. Two reasons stand side by side: lifting one does not lift the other, so it never matters who was first.

An entry bears two differences: ``cents``, of what was earned, and ``owed``, of what is to be paid. Their sums over all
time are what the openings are worth, and what has to leave the bank (invariant 9). What comes after accrued (stated,
paid, contested) is said of a whole statement, not cent by cent: :mod:`central.statements`.
"""

from __future__ import annotations

import enum
from collections.abc import Iterable, Mapping
from typing import Any

import msgspec
from msgspec.structs import replace


@enum.unique
class Word(enum.Enum):
    """What an entry says."""

    OPENING = "opening"  # the amount, and a reason when it is held from the first
    HELD = "held"
    RELEASED = "released"
    REVERSED = "reversed"
    REINSTATED = "reinstated"
    CORRECTED = "corrected"  # another amount: the rules were changed for a day that had passed


class LedgerState(enum.Enum):
    """What an amount is, as far as its own entries say."""

    ACCRUED = "accrued"
    HELD = "held"
    REVERSED = "reversed"


class Standing(msgspec.Struct, frozen=True, gc=False):
    """An amount, and the reasons against it."""

    amount: int = 0
    holds: frozenset[str] = frozenset()
    reversals: frozenset[str] = frozenset()

    @property
    def state(self) -> LedgerState:
        """Reversed, held or accrued, in this order."""
        if self.reversals:
            return LedgerState.REVERSED
        return LedgerState.HELD if self.holds else LedgerState.ACCRUED

    @property
    def earned(self) -> int:
        """What the opening is worth now, in cents."""
        return 0 if self.reversals else self.amount

    @property
    def owed(self) -> int:
        """What of it is to be paid."""
        return 0 if self.holds else self.earned

    def after(self, word: Word, reason: str | None, *, amount: int | None = None) -> Standing:
        """With one more word; the same when it says what was so already. ``amount`` goes with an opening only."""
        if word is Word.CORRECTED:
            return replace(self, amount=corrected_amount(reason))
        if word is Word.OPENING:
            assert amount is not None, "an opening names an amount"
            return Standing(amount, frozenset() if reason is None else frozenset({reason}))
        assert reason is not None, "this word names a reason"
        match word:
            case Word.HELD:
                return replace(self, holds=self.holds | {reason})
            case Word.RELEASED:
                return replace(self, holds=self.holds - {reason})
            case Word.REVERSED:
                return replace(self, reversals=self.reversals | {reason})
            case Word.REINSTATED:
                return replace(self, reversals=self.reversals - {reason})


def fold_rows(entries: Iterable[Mapping[str, Any]]) -> Standing:
    """The standing after all entries of one dossier, oldest first; of each its ``entry``, ``reason`` and ``cents``."""
    standing = Standing()
    for said in entries:
        standing = standing.after(Word(said["entry"]), said["reason"], amount=said["cents"])
    return standing


_TO = "to "


def correction_reason(amount: int) -> str:
    """What a correction gives as its reason: the amount that the opening is worth from now on.

    Not the difference: of an amount that is taken back a correction changes nothing yet.
    """
    return f"{_TO}{amount}"


def corrected_amount(reason: str | None) -> int:
    """The amount that a correction's reason names."""
    return int((reason or "").removeprefix(_TO))
