"""The columns of the days as numbers for an SVG: drawn by attributes, so that no style is needed beside our sheet."""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import dataclass
from datetime import date

from central.dashboards.page import DayRow

WIDTH, HEIGHT = 720, 260
_BASE, _TOP = 230, 28  # where columns stand, and how high they reach; words above and below
_GAP = 0.28  # of a column's place
_LABEL_EVERY = 7  # days


@dataclass(frozen=True, slots=True)
class Column:
    """One day; ``label`` on every seventh, today's ending where the drawing ends; ``peak`` on the highest."""

    x: float
    y: float
    width: float
    height: float
    middle: float
    label: str | None
    label_x: float
    anchor: str
    peak: str | None


@dataclass(frozen=True, slots=True)
class Chart:
    """All columns, oldest first, and the box they stand in."""

    width: int
    height: int
    base: int
    columns: tuple[Column, ...]


def draw(days: Sequence[DayRow]) -> Chart:
    """Columns for ``days`` (today first, as the table has them)."""
    oldest_first = list(reversed(days))
    highest = max((day.count for day in oldest_first), default=0)
    peak_at = next((place for place, day in enumerate(oldest_first) if day.count == highest and highest), None)
    columns = tuple(
        _column(place, day, len(oldest_first), highest, is_peak=place == peak_at)
        for place, day in enumerate(oldest_first)
    )
    return Chart(WIDTH, HEIGHT, _BASE, columns)


def _column(place: int, day: DayRow, days: int, highest: int, *, is_peak: bool) -> Column:
    room = WIDTH / days
    height = (_BASE - _TOP) * day.count / highest if highest else 0.0
    from_today = days - 1 - place
    return Column(
        x=round(room * (place + _GAP / 2), 2),
        y=round(_BASE - height, 2),
        width=round(room * (1 - _GAP), 2),
        height=round(height, 2),
        middle=round(room * (place + 0.5), 2),
        label=f"{date.fromisoformat(day.iso):%d/%m}" if from_today % _LABEL_EVERY == 0 else None,
        label_x=WIDTH if from_today == 0 else round(room * (place + 0.5), 2),
        anchor="end" if from_today == 0 else "middle",
        peak=day.opened if is_peak else None,
    )
