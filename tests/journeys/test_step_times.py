"""Each step costs the processor less than the bound, whatever else the machine does; by the clock: bench/steps.py."""

from __future__ import annotations

import pytest

from bench.steps import MOST_P95_MS, VISITS, assembled, slowest, walked
from wire.records import SubChannel


@pytest.mark.parametrize("place", VISITS, ids=lambda place: place.value)
def test_no_step_works_longer_than_fifty_milliseconds(place: SubChannel) -> None:
    with assembled(place) as (terminal, pin):
        walker = walked(terminal, pin, VISITS[place], rounds=4)
    assert [(step, p95) for p95, step in slowest(walker.worked) if p95 > MOST_P95_MS] == []
