"""The periods a page speaks of, by the date in Paris, and what is counted in each."""

from __future__ import annotations

import enum
from collections.abc import Sequence
from dataclasses import dataclass
from datetime import date, datetime, timedelta

from central.counters.models import ALL_TIME
from central.dashboards.wording import PARIS


class Span(enum.Enum):
    """A period one can choose in an address; the value is the word there."""

    DAY = "jour"
    WEEK = "semaine"
    MONTH = "mois"
    ALL = "tout"


@dataclass(frozen=True, slots=True)
class Counted:
    """One measure today, this week (since Monday), this month, and since the launch."""

    today: int = 0
    week: int = 0
    month: int = 0
    total: int = 0

    def of(self, span: Span) -> int:
        """The value of one period."""
        return self.four[list(Span).index(span)]

    @property
    def four(self) -> tuple[int, int, int, int]:
        """All of them, the shortest period first."""
        return self.today, self.week, self.month, self.total

    def without(self, others: Sequence[Counted]) -> Counted:
        """What is left of it once ``others`` are taken away, period by period."""
        return Counted(*(own - sum(parts) for own, *parts in zip(self.four, *(o.four for o in others), strict=True)))


NOTHING = Counted()


@dataclass(frozen=True, slots=True)
class Periods:
    """The periods a page speaks of, as the counters name them."""

    today: str
    week: tuple[str, ...]  # Monday to today
    month: str

    @classmethod
    def at(cls, now: datetime) -> Periods:
        """Of an instant."""
        today = day_of(now)
        week = tuple((today - timedelta(days=back)).isoformat() for back in range(today.weekday() + 1))
        return cls(today.isoformat(), week, today.isoformat()[:7])

    @property
    def every(self) -> tuple[str, ...]:
        """All names, each once."""
        return *self.week, self.month, ALL_TIME


def day_of(now: datetime) -> date:
    """The date in Paris."""
    return now.astimezone(PARIS).date()
