"""One measurement: round by round, intake and its two bare halves over the same batches, on the same cores."""

from __future__ import annotations

import statistics
from collections.abc import Sequence
from dataclasses import dataclass, field
from pathlib import Path

from bench.intake_speed.databases import Target
from bench.intake_speed.lanes import Spent, lanes
from bench.intake_speed.load import RECORDS, Load

ROUNDS = 6
"""The first of them warms everything up and does not count."""


@dataclass(slots=True)
class Measured:
    """What each round that counted took, and how many records it had."""

    records: int
    intake: list[Spent] = field(default_factory=list)
    opening: list[Spent] = field(default_factory=list)
    insert: list[Spent] = field(default_factory=list)

    def rate(self, *works: list[Spent]) -> float:
        """Records a second of one kind of work, or of several done one after the other: the median round."""
        rounds: list[float] = [sum(spent.clock for spent in together) for together in zip(*works, strict=True)]
        return self.records / statistics.median(rounds)

    def cpu_us(self, *works: list[Spent]) -> float:
        """Microseconds of the lanes' processors a record; what a database server spends is not among them."""
        rounds: list[float] = [sum(spent.cpu for spent in together) for together in zip(*works, strict=True)]
        return statistics.median(rounds) / self.records * 1e6

    def of_bare(self) -> list[float]:
        """Round by round, intake's rate as a part of that of the two halves summed."""
        return [
            (opening.clock + insert.clock) / intake.clock
            for intake, opening, insert in zip(self.intake, self.opening, self.insert, strict=True)
        ]


def measure(target: Target, home: Path, batches: Sequence[Load], cores: Sequence[int]) -> Measured:
    """Take the batches in, a share of them each round, beside the bare halves."""
    target.keep_on(cores)
    share = len(batches) // len(cores) // ROUNDS
    measured = Measured(share * len(cores) * RECORDS)
    with lanes(home, target.url, batches, cores) as running:
        for first in range(0, share * ROUNDS, share):
            part = first, first + share
            intake = running.run("take_in", *part)
            running.run("check", *part)
            opening = running.run("open", *part)
            running.run("lay_out", *part)
            insert = running.run("insert", *part)
            if first:
                measured.intake.append(intake)
                measured.opening.append(opening)
                measured.insert.append(insert)
    return measured
