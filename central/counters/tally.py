"""Adding to the counts, in the transaction of the facts: a batch adds each row once, however many facts it has."""

from __future__ import annotations

from collections import Counter
from dataclasses import dataclass

from sqlalchemy import Connection

from central.counters.models import ALL_TIME, Dimension, Measure, counters
from central.engine import add_rows

_DAY_LENGTH, _MONTH_LENGTH = 10, 7


@dataclass(frozen=True, slots=True)
class Place:
    """Where a fact was made: what it is counted by. A dossier that opened by itself has a channel and no place."""

    channel: str
    sub_channel: str
    region: str
    departement: str
    office: str
    terminal: str

    def members(self) -> tuple[tuple[Dimension, str], ...]:
        """One member of each dimension that the place has."""
        named = (
            (Dimension.CHANNEL, self.channel),
            (Dimension.SUB_CHANNEL, self.sub_channel),
            (Dimension.REGION, self.region),
            (Dimension.REGION_CHANNEL, self.region and f"{self.region}/{self.channel}"),
            (Dimension.DEPARTEMENT, self.departement),
            (Dimension.OFFICE, self.office),
            (Dimension.TERMINAL, self.terminal),
        )
        return ((Dimension.TOTAL, ""), *(member for member in named if member[1]))


CounterKey = tuple[str, str, str, str]
"""Dimension, period, measure, member."""


class Tally:
    """Counts of one place, gathered in memory until :func:`add` writes them."""

    def __init__(self, place: Place) -> None:
        self._place = place
        self._facts: dict[tuple[str, str], int] = {}

    def count(self, measure: Measure, day: str, value: int = 1) -> None:
        """Count a fact of a day (``2026-11-22``)."""
        if len(day) != _DAY_LENGTH:
            raise ValueError("a day is written like 2026-11-22")
        key = measure.value, day
        self._facts[key] = self._facts.get(key, 0) + value

    def rolled_up(self) -> Counter[CounterKey]:
        """Every row that changes, with what is added to it: day, month and all time of each dimension."""
        rows: Counter[CounterKey] = Counter()
        for (measure, day), value in self._facts.items():
            for dimension, member in self._place.members():
                for period in (day, day[:_MONTH_LENGTH], ALL_TIME):
                    rows[dimension.value, period, measure, member] += value
        return rows


def add(connection: Connection, tally: Tally, shard: int) -> None:
    """Write a tally. Rows are taken in the order of their key, so that two workers never wait for each other."""
    rows = [
        {"dimension": dimension, "period": period, "measure": measure, "member": member, "shard": shard, "value": value}
        for (dimension, period, measure, member), value in sorted(tally.rolled_up().items())
        if value
    ]
    add_rows(connection, counters, rows, value="value")
