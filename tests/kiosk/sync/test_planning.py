"""Planning: contiguous, bounded, oldest first, never stuck."""

from __future__ import annotations

from hypothesis import given
from hypothesis import strategies as st

from kiosk.sync.planning import (
    BACKOFF_CAP_S,
    BATCH_ROOM,
    Idle,
    Pace,
    SendNow,
    Waiting,
    WaitUntil,
    after_failure,
    after_refusal,
    after_success,
    backoff_s,
    plan,
)
from wire.batch import RECORDS_LIMIT
from wire.records import RECORD_LIMIT

records = st.builds(Waiting, st.integers(1, 2000), st.integers(100, RECORD_LIMIT))
queues = st.lists(records, max_size=400, unique_by=lambda one: one.sequence).map(
    lambda queue: tuple(sorted(queue, key=lambda one: one.sequence))
)
postponements = st.dictionaries(st.integers(1, 2000), st.floats(0, 200), max_size=50)
paces = st.builds(Pace, st.integers(0, 50), st.floats(0, 200), st.integers(1, RECORDS_LIMIT))
jitters = st.floats(0, 1, exclude_max=True)


@given(queues, postponements, paces, st.floats(0, 200))
def test_a_batch_is_contiguous_due_and_within_the_limits(
    queue: tuple[Waiting, ...], postponed: dict[int, float], pace: Pace, now_s: float
) -> None:
    decided = plan(queue, postponed, pace, now_s)
    if not isinstance(decided, SendNow):
        return
    sizes = {record.sequence: record.size for record in queue}
    chosen = decided.sequences
    assert 0 < len(chosen) <= pace.records_limit
    assert list(chosen) == list(range(chosen[0], chosen[0] + len(chosen)))
    assert sum(sizes[sequence] for sequence in chosen) <= BATCH_ROOM
    assert all(postponed.get(sequence, 0) <= now_s for sequence in chosen)


@given(queues, postponements, paces, st.floats(0, 200))
def test_the_oldest_due_record_is_in_the_batch(
    queue: tuple[Waiting, ...], postponed: dict[int, float], pace: Pace, now_s: float
) -> None:
    decided = plan(queue, postponed, pace, now_s)
    if isinstance(decided, SendNow):
        due = [record.sequence for record in queue if postponed.get(record.sequence, 0) <= now_s]
        assert decided.sequences[0] == due[0]


@given(queues, postponements, paces, st.floats(0, 200))
def test_what_waits_is_sent_now_or_at_a_named_moment_to_come(
    queue: tuple[Waiting, ...], postponed: dict[int, float], pace: Pace, now_s: float
) -> None:
    decided = plan(queue, postponed, pace, now_s)
    if not queue:
        assert decided == Idle()
    elif isinstance(decided, WaitUntil):
        assert decided.at_s > now_s
        assert not isinstance(plan(queue, postponed, pace, decided.at_s), Idle)
    else:
        assert isinstance(decided, SendNow)


@given(queues, st.floats(0, 200))
def test_without_trouble_every_record_goes_out_once_and_in_order(queue: tuple[Waiting, ...], now_s: float) -> None:
    sent: list[int] = []
    left = queue
    while isinstance(decided := plan(left, {}, Pace(), now_s), SendNow):
        sent += decided.sequences
        left = tuple(record for record in left if record.sequence not in decided.sequences)
    assert sent == [record.sequence for record in queue]


@given(st.integers(1, 10_000), jitters)
def test_no_wait_is_longer_than_a_quarter_of_an_hour(failures: int, jitter: float) -> None:
    assert 0 <= backoff_s(failures, jitter) <= BACKOFF_CAP_S


def test_the_bound_of_the_wait_doubles_up_to_the_cap() -> None:
    bounds = [backoff_s(failures, 1.0) for failures in range(1, 12)]
    assert bounds[:5] == [2, 4, 8, 16, 32]
    assert bounds[-1] == BACKOFF_CAP_S


def test_the_wait_is_drawn_over_the_whole_span() -> None:
    assert [backoff_s(5, jitter) for jitter in (0.0, 0.25, 0.5)] == [0, 8, 16]


def test_after_an_outage_the_first_success_ends_all_waiting() -> None:
    pace = Pace()
    for _ in range(30):
        pace = after_failure(pace, 100.0, 0.99)
    queue = tuple(Waiting(sequence, 2500) for sequence in range(1, 1001))
    assert isinstance(plan(queue, {}, pace, 100.0), WaitUntil)
    assert isinstance(plan(queue, {}, after_success(pace), 100.0), SendNow)


def test_refusals_halve_the_batch_down_to_one_record_and_success_lets_it_grow() -> None:
    pace = Pace()
    limits = []
    for _ in range(9):
        pace = after_refusal(pace, 0.0, 0.0)
        limits.append(pace.records_limit)
    assert limits == [100, 50, 25, 12, 6, 3, 1, 1, 1]
    assert after_success(pace).records_limit == 2


def test_a_postponed_record_is_overtaken_and_splits_the_run() -> None:
    queue = tuple(Waiting(sequence, 2500) for sequence in (4, 5, 6, 7))
    assert plan(queue, {5: 50.0}, Pace(), 10.0) == SendNow((4,))
    assert plan(queue[1:], {5: 50.0}, Pace(), 10.0) == SendNow((6, 7))
    assert plan(queue[1:2], {5: 50.0}, Pace(), 10.0) == WaitUntil(50.0)


def test_a_batch_has_no_more_bytes_than_central_reads() -> None:
    queue = tuple(Waiting(sequence, 1_000_000) for sequence in range(1, 10))
    assert plan(queue, {}, Pace(), 0.0) == SendNow((1, 2, 3, 4))


def test_a_record_larger_than_a_batch_still_goes_out_alone_to_be_refused_by_name() -> None:
    assert plan((Waiting(1, BATCH_ROOM + 1), Waiting(2, 100)), {}, Pace(), 0.0) == SendNow((1,))
