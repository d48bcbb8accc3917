"""A recount from its beginning, or from where it was interrupted, to its verdict."""

from __future__ import annotations

from collections.abc import Callable
from dataclasses import dataclass, field

from sqlalchemy import Engine

from central.engine import reading
from central.ledger.rules import Rules
from central.recount.comparing import Difference, differences
from central.recount.notebook import Money, Notebook
from central.recount.walking import A_PIECE, Step, make_current, walk_all

SHOWN = 100
"""Differences that a report lists; the others are counted."""

Tell = Callable[[Step], None]


@dataclass(slots=True)
class Verdict:
    """What was found: ``differing`` cells, the first of them in ``differences``; and what the openings are worth."""

    facts: int = 0
    differing: int = 0
    differences: list[Difference] = field(default_factory=list)
    money: Money = field(default_factory=Money)

    @property
    def agrees(self) -> bool:
        """Whether counters, ledger and facts say the same."""
        return not self.differing and not self.money.mispriced and self.money.worth == self.money.booked

    def lines(self) -> list[str]:
        """The verdict for people: a line a finding, nothing of a person."""
        money = self.money
        more = self.differing - len(self.differences)
        return [
            f"counters: {self.differing:,} DIFFER from the facts" if self.differing else "counters: as the facts say",
            *(_line(one) for one in self.differences),
            *([f"  and {more:,} more"] if more else []),
            f"ledger: {money.eligible:,} openings earn {money.worth:,} cents, {money.booked:,} are booked"
            + (f"; {len(money.mispriced):,} dossiers DIFFER" if money.mispriced else ""),
            *(f"  dossier {dossier_id.hex()}" for dossier_id in money.mispriced[:SHOWN]),
        ]


def _line(one: Difference) -> str:
    dimension, period, measure, member = one.key
    where = f"{dimension} {member}" if member else dimension
    return f"  {measure} of {where}, {period}: {one.counted:,} counted, {one.facts:,} by the facts"


def recount(
    engine: Engine, notes: Notebook, rules: Rules, *, size: int = A_PIECE, tell: Tell = lambda _step: None
) -> Verdict:
    """Count every fact again and compare; reads only. The notes are the caller's, to go on with or to remove.

    What the verdict is about is one state of the database, that of the transaction in which the counters are read
    (:mod:`central.recount.walking`), whatever was written before, meanwhile or since.
    """
    for step in walk_all(engine, notes, rules, size=size):
        tell(step)
    verdict = Verdict()
    with reading(engine) as connection:
        for step in make_current(connection, notes, rules, size=size):
            tell(step)
        tell(Step("comparing", 0.0, 0))
        for difference in differences(connection, notes.sums()):
            verdict.differing += 1
            if verdict.differing <= SHOWN:
                verdict.differences.append(difference)
    verdict.money = notes.money()
    return verdict
