"""Which day a moment belongs to: the date in Paris, overseas offices included, as the insurer's periods run."""

from __future__ import annotations

import functools
from datetime import UTC, date, datetime, time, timedelta
from zoneinfo import ZoneInfo

_PARIS = ZoneInfo("Europe/Paris")
_QUARTER = timedelta(minutes=15)  # no day begins inside one: Paris is whole hours away from UTC
QUARTER_MS = _QUARTER // timedelta(milliseconds=1)
_EPOCH = datetime(1970, 1, 1, tzinfo=UTC)


def paris_day(at_ms: int) -> str:
    """The date in Paris of milliseconds since 1970, written 2026-11-22."""
    return _day_of_quarter(at_ms // QUARTER_MS)


@functools.lru_cache(maxsize=4096)
def _day_of_quarter(number: int) -> str:
    return (_EPOCH + number * _QUARTER).astimezone(_PARIS).date().isoformat()


def starts_ms(day: date) -> int:
    """The first millisecond of a day in Paris."""
    return (datetime.combine(day, time(), _PARIS) - _EPOCH) // timedelta(milliseconds=1)
