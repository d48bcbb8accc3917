"""What a statement is after all that was said of it: stated, paid or contested. Pure.

``contested`` stands beside the rest: a statement that was paid may still be contested, and once that is settled it is
what it was before. What an office turns out to be owed, or to owe, is never written into a closed month: it is an entry
of the ledger in the open one.
"""

from __future__ import annotations

import enum
from collections.abc import Iterable, Mapping
from typing import Any

import msgspec
from msgspec.structs import replace
from sqlalchemy import RowMapping


@enum.unique
class Word(enum.Enum):
    """What a step says."""

    STATED = "stated"
    PAID = "paid"  # ordered from the bank
    RETURNED = "returned"  # the bank could not
    CONTESTED = "contested"
    SETTLED = "settled"  # the contest is over


@enum.unique
class StatementState(enum.Enum):
    """What an office reads on it."""

    STATED = "stated"
    PAID = "paid"
    CONTESTED = "contested"


class Statement(msgspec.Struct, frozen=True, gc=False):
    """A statement and what became of it; amounts in cents."""

    owed: int = 0
    paid: int = 0
    is_ordered: bool = False  # also one of nothing, or less: it went into a payment with others
    is_contested: bool = False

    @property
    def state(self) -> StatementState:
        """Contested, else paid, else stated."""
        if self.is_contested:
            return StatementState.CONTESTED
        return StatementState.PAID if self.is_ordered else StatementState.STATED

    @property
    def open_cents(self) -> int:
        """What is still to be paid of it, less than nothing where the office owes."""
        return self.owed - self.paid

    def after(self, word: Word, *, owed: int = 0, paid: int = 0) -> Statement:
        """With one more word."""
        match word:
            case Word.STATED:
                return Statement(owed=owed)
            case Word.PAID:
                return replace(self, paid=self.paid + paid, is_ordered=True)
            case Word.RETURNED:
                return replace(self, paid=self.paid + paid, is_ordered=False)
            case Word.CONTESTED:
                return replace(self, is_contested=True)
            case Word.SETTLED:
                return replace(self, is_contested=False)


def fold_steps(steps: Iterable[Mapping[str, Any] | RowMapping]) -> Statement:
    """The statement after all its steps, oldest first; of each its ``word``, ``owed`` and ``paid``."""
    statement = Statement()
    for step in steps:
        statement = statement.after(Word(step["word"]), owed=step["owed"], paid=step["paid"])
    return statement
