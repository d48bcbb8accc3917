"""How far it is to the target, and between which two dates it would be reached at the pace of late. Pure.

The method is said on the page: whole weeks only, the last eight; the slow pace is the lower quartile of their openings,
the fast one the upper quartile; from today on each is carried forward in a straight line. No season, no model: what
comes out is a range, told by the month, and nothing at all while there are fewer than four weeks to go by.
"""

from __future__ import annotations

import math
import statistics
from collections.abc import Sequence
from dataclasses import dataclass
from datetime import date, timedelta

WEEKS = 8
LEAST_WEEKS = 4
HORIZON_WEEKS = 50 * 52
"""Beyond half a century a date says nothing."""


@dataclass(frozen=True, slots=True)
class Pace:
    """Openings a week: the slow and the fast quartile of the weeks looked at."""

    slow: int
    fast: int
    weeks: int


@dataclass(frozen=True, slots=True)
class Projection:
    """``earliest`` and ``latest``: when the target is reached at the fast and at the slow pace; None: beyond saying."""

    pace: Pace
    earliest: date | None
    latest: date | None


def project(total: int, target: int, weeks: Sequence[int], today: date) -> Projection | None:
    """Carry the pace of ``weeks`` forward.

    ``weeks``: openings of whole weeks, the latest first, as many as are known. Weeks before the first opening are not
    part of the pace. None: the target is reached, or there are too few weeks to speak of a pace.
    """
    looked_at = _since_launch(weeks[:WEEKS])
    if total >= target or len(looked_at) < LEAST_WEEKS:
        return None
    lower, _, upper = statistics.quantiles(looked_at, n=4, method="inclusive")
    pace = Pace(round(lower), round(upper), len(looked_at))
    left = target - total
    return Projection(pace, _reached(left, pace.fast, today), _reached(left, pace.slow, today))


def _since_launch(weeks: Sequence[int]) -> Sequence[int]:
    launched = len(weeks)
    while launched and not weeks[launched - 1]:
        launched -= 1
    return weeks[:launched]


def _reached(left: int, a_week: int, today: date) -> date | None:
    if a_week <= 0:
        return None
    weeks = math.ceil(left / a_week)
    return None if weeks > HORIZON_WEEKS else today + timedelta(weeks=weeks)
