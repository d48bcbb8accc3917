"""Invariant 12: central never trusts a terminal's clock alone."""

from __future__ import annotations

from hypothesis import given
from hypothesis import strategies as st

from central.enrolments.opening_time import opening_time
from tests.fakes.terminal import LAUNCH
from wire.identifiers import RecordId, milliseconds
from wire.records import Routing

NOW = milliseconds(LAUNCH)
HOUR = 3_600_000
MOMENTS = st.integers(0, 1 << 52)


def routing(captured: int, floor: int | None = None, since: int | None = None) -> Routing:
    return Routing(
        record_id=RecordId.new(LAUNCH).value,
        kind="enrolment",
        terminal="T-1AA",
        office="O-1",
        channel="pharmacy",
        sub_channel="counter",
        sequence=1,
        captured_ms=captured,
        previous_hash=bytes(32),
        floor_ms=floor,
        since_floor_ms=since,
    )


def counted(captured: int, floor: int | None = None, since: int | None = None, *, registered: int = 0) -> int:
    return opening_time(routing(captured, floor, since), registered_ms=registered, received_ms=NOW).counted_ms


def test_a_right_clock_is_believed() -> None:
    assert counted(NOW - HOUR, NOW - 2 * HOUR) == NOW - HOUR


def test_a_clock_ahead_counts_as_the_arrival() -> None:
    assert counted(NOW + 900 * HOUR, NOW - HOUR) == NOW


def test_a_clock_behind_counts_as_the_last_signed_time() -> None:
    assert counted(NOW - 900 * HOUR, NOW - 5 * HOUR) == NOW - 5 * HOUR


def test_what_passed_since_by_a_clock_nobody_can_set_is_added() -> None:
    assert counted(NOW - 900 * HOUR, NOW - 5 * HOUR, 2 * HOUR) == NOW - 3 * HOUR


def test_no_opening_before_the_terminal_existed() -> None:
    assert counted(0, registered=NOW - HOUR) == NOW - HOUR


def test_a_floor_in_the_future_bounds_nothing_beyond_the_arrival() -> None:
    assert counted(NOW - HOUR, NOW + 900 * HOUR, 900 * HOUR) == NOW


@given(MOMENTS, st.none() | MOMENTS, st.none() | st.integers(-(1 << 52), 1 << 52), MOMENTS, MOMENTS)
def test_whatever_it_says_the_opening_lies_between_floor_and_arrival(
    captured: int, floor: int | None, since: int | None, registered: int, received: int
) -> None:
    time = opening_time(routing(captured, floor, since), registered_ms=registered, received_ms=received)
    assert time.earliest_ms <= time.counted_ms <= time.received_ms == received
    assert time.captured_ms == captured
    if time.earliest_ms <= captured <= received:
        assert time.counted_ms == captured
