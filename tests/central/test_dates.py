from __future__ import annotations

from datetime import datetime

import pytest
from hypothesis import given
from hypothesis import strategies as st

from central.dates import paris_day
from central.db import shard_of
from wire.identifiers import milliseconds


@pytest.mark.parametrize(
    ("moment", "day"),
    [
        ("2026-01-01T22:59:59.999+00:00", "2026-01-01"),
        ("2026-01-01T23:00:00+00:00", "2026-01-02"),
        ("2026-07-01T21:59:59+00:00", "2026-07-01"),
        ("2026-07-01T22:00:00+00:00", "2026-07-02"),
        ("2026-10-25T21:59:59+00:00", "2026-10-25"),
        ("2026-10-25T23:00:00+00:00", "2026-10-26"),
    ],
)
def test_a_day_is_that_of_paris_in_winter_and_summer(moment: str, day: str) -> None:
    assert paris_day(milliseconds(datetime.fromisoformat(moment))) == day


@given(st.integers(946_684_800_000, 4_102_444_800_000))
def test_days_never_go_back(at_ms: int) -> None:
    assert paris_day(at_ms) <= paris_day(at_ms + 60_000)


def test_a_shard_is_the_same_on_every_machine() -> None:
    assert [shard_of(b"HALL-75-01-A", shards) for shards in (1, 2, 7, 64)] == [0, 0, 6, 44]
