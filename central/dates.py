"""Which day a moment belongs to: the date in Paris, overseas offices included, as the insurer's periods run."""

from __future__ import annotations

from datetime import datetime
from zoneinfo import ZoneInfo

_PARIS = ZoneInfo("Europe/Paris")


def paris_day(at_ms: int) -> str:
    """The date in Paris of milliseconds since 1970, written 2026-11-22."""
    return datetime.fromtimestamp(at_ms / 1000, _PARIS).date().isoformat()
