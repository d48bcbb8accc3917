"""What the counters must say, counted again from the facts (design.md §9: they must agree).

All at once and in memory, as ``central verify`` asks in its one transaction; at any size, and while it is interrupted:
:mod:`central.recount`, whose word it is what counts as what.
"""

from __future__ import annotations

from collections import Counter

from sqlalchemy import Connection, func, select

from central.counters.models import counters
from central.counters.tally import CounterKey, Place, Tally
from central.recount.comparing import Difference
from central.recount.facts import WALKS


def differences(connection: Connection) -> list[Difference]:
    """Every counter that disagrees with the facts; none, when all is well. Scans all facts: not for a page."""
    expected, kept = _expected(connection), _kept(connection)
    return [
        Difference(key, kept[key], expected[key])
        for key in sorted(expected.keys() | kept.keys())
        if kept[key] != expected[key]
    ]


def _kept(connection: Connection) -> Counter[CounterKey]:
    key = counters.c.dimension, counters.c.period, counters.c.measure, counters.c.member
    rows = connection.execute(select(*key, func.sum(counters.c.value).label("value")).group_by(*key))
    return Counter({(row.dimension, row.period, row.measure, row.member): int(row.value) for row in rows})


def _expected(connection: Connection) -> Counter[CounterKey]:
    tallies: dict[Place, Tally] = {}
    for walk in WALKS:
        for one in walk.sums(connection):
            tallies.setdefault(one.place, Tally(one.place)).count(one.measure, one.day, one.value)
    expected: Counter[CounterKey] = Counter()
    for tally in tallies.values():
        expected.update(tally.rolled_up())  # not +, which drops what is less than nothing: a day of reversals
    return expected
