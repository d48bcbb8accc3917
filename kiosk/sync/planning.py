"""What to send now, or until when to wait: pure functions of what waits, what went wrong, and the time.

Times are seconds of a monotonic clock: a clock set back must not stop the sending for a day. Back-off is exponential
with full jitter (each wait is drawn from zero to the bound), so that 25,000 terminals whose line comes back do not
come back together. After a success nothing is waited for: a week's queue drains batch after batch.
"""

from __future__ import annotations

from collections.abc import Mapping, Sequence
from dataclasses import dataclass, replace

from wire.batch import BATCH_LIMIT, RECORDS_LIMIT

BACKOFF_BASE_S = 2.0
"""Bound of the first wait."""

BACKOFF_CAP_S = 15 * 60.0
"""No wait is longer: a terminal is heard of within a quarter of an hour of its line coming back."""

BATCH_ROOM = BATCH_LIMIT - 64 * 1024
"""Bytes of records in a batch; the rest is for header, signature and framing."""

_DOUBLINGS_TO_CAP = 10  # 2 s * 2^9 > 15 min; keeps the power small after months offline


@dataclass(frozen=True, slots=True)
class Waiting:
    """A record that waits: its place in the chain and its size in bytes."""

    sequence: int
    size: int


@dataclass(frozen=True, slots=True)
class Pace:
    """What past attempts taught: failures in a row, the moment before which nothing is sent, records a batch."""

    failures: int = 0
    not_before_s: float = 0.0
    records_limit: int = RECORDS_LIMIT


@dataclass(frozen=True, slots=True)
class SendNow:
    """Send these: contiguous sequences, oldest first."""

    sequences: tuple[int, ...]


@dataclass(frozen=True, slots=True)
class WaitUntil:
    """Nothing to do before that moment."""

    at_s: float


@dataclass(frozen=True, slots=True)
class Idle:
    """Nothing waits."""


Plan = SendNow | WaitUntil | Idle


def plan(waiting: Sequence[Waiting], postponed: Mapping[int, float], pace: Pace, now_s: float) -> Plan:
    """Decide. ``waiting`` is oldest first; ``postponed`` says before when a record is not to be sent again.

    A batch is a contiguous run of the chain, at most ``pace.records_limit`` records and :data:`BATCH_ROOM` bytes. A
    postponed record splits the run and is overtaken: it never holds up the rest.
    """
    if not waiting:
        return Idle()
    if now_s < pace.not_before_s:
        return WaitUntil(pace.not_before_s)
    due = [record for record in waiting if postponed.get(record.sequence, now_s) <= now_s]
    if not due:
        return WaitUntil(min(postponed[record.sequence] for record in waiting))
    return SendNow(_first_run(due, pace.records_limit))


def _first_run(due: Sequence[Waiting], records_limit: int) -> tuple[int, ...]:
    run: list[int] = []
    room = BATCH_ROOM
    for record in due[:records_limit]:
        room -= record.size
        if run and (record.sequence != run[-1] + 1 or room < 0):
            break
        run.append(record.sequence)
    return tuple(run)


def backoff_s(failures: int, jitter: float) -> float:
    """Seconds to wait after so many failures in a row; ``jitter`` is drawn from [0, 1)."""
    bound = BACKOFF_BASE_S * 2.0 ** min(failures - 1, _DOUBLINGS_TO_CAP)
    return min(BACKOFF_CAP_S, bound) * jitter


def after_success(pace: Pace) -> Pace:
    """Central answered as it should: no wait, and the batches grow again."""
    return Pace(records_limit=min(RECORDS_LIMIT, pace.records_limit * 2))


def after_failure(pace: Pace, now_s: float, jitter: float) -> Pace:
    """Nobody, or nobody credible, answered."""
    failures = pace.failures + 1
    return replace(pace, failures=failures, not_before_s=now_s + backoff_s(failures, jitter))


def after_refusal(pace: Pace, now_s: float, jitter: float) -> Pace:
    """Central would not take the batch as a whole: smaller ones, until the record it cannot take stands alone."""
    return replace(after_failure(pace, now_s, jitter), records_limit=max(1, pace.records_limit // 2))
