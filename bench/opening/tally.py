"""What was seen: how long each kind of request took in each phase, and what went wrong."""

from __future__ import annotations

import enum
from collections import Counter, defaultdict
from dataclasses import dataclass, field

from bench.figures import percentile


class Phase(enum.Enum):
    """Which part of the run."""

    BOOT = "boot"
    DAY = "day"
    DRAIN = "after"


class Request(enum.Enum):
    """What a terminal asked for. The answers 200 and 304 cost differently and are told apart by their status."""

    TRUST = "trust bundle"
    CONFIGURATION = "configuration"
    STATUS = "has this person a dossier"
    BATCH = "batch of the day"
    BACKLOG = "batch of the backlog"


Kind = tuple[Phase, Request, int]
"""Phase, request, HTTP status."""


@dataclass(frozen=True, slots=True)
class Latency:
    """Of one kind: how many, and percentiles in milliseconds."""

    count: int
    p50: float
    p95: float
    p99: float
    longest: float


@dataclass(slots=True)
class Tally:
    """Counts while the run goes on; ``phase`` is the one now running."""

    phase: Phase = Phase.BOOT
    seconds: defaultdict[Kind, list[float]] = field(default_factory=lambda: defaultdict(list))
    errors: Counter[tuple[Phase, Request, str]] = field(default_factory=Counter)
    line_down: int = 0  # attempts of terminals that were cut off: they reach nobody
    answers_lost: int = 0  # taken away on purpose
    sent_again: int = 0  # records that went out a second time or more often

    def took(self, request: Request, status: int, seconds: float) -> None:
        """An answer that a terminal can use came after so many seconds, waiting for a connection included."""
        self.seconds[self.phase, request, status].append(seconds)

    def failed(self, request: Request, what: str) -> None:
        """No such answer came; ``what`` is a stable word."""
        self.errors[self.phase, request, what] += 1

    def kinds(self) -> list[Kind]:
        """What was seen, in the order of the phases."""
        order = list(Phase)
        seen = [kind for kind, times in self.seconds.items() if times]
        return sorted(seen, key=lambda kind: (order.index(kind[0]), kind[1].value, kind[2]))

    def answered(self, phase: Phase) -> int:
        """How many requests were answered in a phase."""
        return sum(len(times) for (of, _, _), times in self.seconds.items() if of is phase)

    def latency(self, kind: Kind) -> Latency:
        """Percentiles of a kind that was seen."""
        milliseconds = [1000 * one for one in self.seconds[kind]]
        if len(milliseconds) == 1:
            milliseconds *= 2  # percentiles want two values
        p50, p95, p99 = (percentile(milliseconds, percent) for percent in (50, 95, 99))
        return Latency(len(self.seconds[kind]), p50, p95, p99, max(milliseconds))
