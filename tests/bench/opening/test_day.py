"""When the simulated people come."""

from __future__ import annotations

from collections import Counter
from random import Random

from bench.opening.day import HOURLY, visits


def test_everybody_comes_within_the_day_in_order_of_time() -> None:
    day = visits(1000, 50, 600.0, Random(3))
    times = [visit.at_s for visit in day]
    assert len(times) == 1000
    assert times == sorted(times)
    assert 0 <= times[0] < times[-1] <= 600.0


def test_the_hours_get_their_share() -> None:
    came = Counter(int(visit.at_s) for visit in visits(20_000, 50, 10.0, Random(3)))
    assert sum(HOURLY) == 100
    assert [round(100 * came[hour] / 20_000) for hour in range(10)] == list(HOURLY)


def test_every_terminal_has_somebody_when_there_are_enough() -> None:
    assert {visit.terminal for visit in visits(2000, 20, 60.0, Random(3))} == set(range(20))


def test_the_same_seed_is_the_same_day() -> None:
    assert visits(100, 9, 60.0, Random(7)) == visits(100, 9, 60.0, Random(7))
