"""One measurement: round by round, intake and its two bare halves over the same batches, on the same cores."""

from __future__ import annotations

import statistics
from collections.abc import Sequence
from dataclasses import dataclass, field
from pathlib import Path

from bench.intake_speed.databases import Target
from bench.intake_speed.lanes import lanes
from bench.intake_speed.load import RECORDS, Load

ROUNDS = 6
"""The first of them warms everything up and does not count."""


@dataclass(slots=True)
class Measured:
    """Seconds of each round that counted, and how many records it had."""

    records: int
    intake: list[float] = field(default_factory=list)
    opening: list[float] = field(default_factory=list)
    insert: list[float] = field(default_factory=list)

    def rate(self, *seconds: list[float]) -> float:
        """Records a second of one kind of work, or of several done one after the other: the median round."""
        return self.records / statistics.median(map(sum, zip(*seconds, strict=True)))

    def of_bare(self) -> list[float]:
        """Round by round, intake's rate as a part of that of the two halves summed."""
        return [
            (opening + insert) / intake
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
