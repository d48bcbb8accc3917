"""When people come: drawn hour by hour over the ten opening hours. Pure; chance is an argument."""

from __future__ import annotations

from dataclasses import dataclass
from random import Random

HOURLY = (6, 12, 14, 10, 4, 6, 12, 14, 14, 8)
"""Percent of a day's visits in each hour from 9 to 19 o'clock: two crests and the pause at noon. Our assumption; no
published series says it. The busiest hour has 1.4 times the mean."""


@dataclass(frozen=True, slots=True)
class Visit:
    """Somebody comes to a terminal (its place in the fleet), so many seconds after the day began."""

    at_s: float
    terminal: int


def visits(count: int, terminals: int, day_s: float, chance: Random) -> list[Visit]:
    """A day's visits in their order, each at a terminal drawn from all."""
    hour_s = day_s / len(HOURLY)
    hours = chance.choices(range(len(HOURLY)), weights=HOURLY, k=count)
    times = sorted((hour + chance.random()) * hour_s for hour in hours)
    return [Visit(at_s, chance.randrange(terminals)) for at_s in times]
