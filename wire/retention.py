"""How long a closed dossier is kept: both ends count alike, so that what may be opened again is still there.

Source: domain/dmp.md §6, §15 (R.1111-36): ten years, or three months at most when its holder asked for destruction.
"""

from __future__ import annotations

import calendar
from datetime import date, timedelta

YEARS_KEPT = 10
DAYS_ON_THE_WAY = 10
"""What an offline terminal, and the round that destroys, may take (ours)."""

DAYS_TO_DELETE = 89 - DAYS_ON_THE_WAY
"""No three months are shorter than 89 days."""


def last_day_kept(closed_on: date, *, delete_now: bool) -> date:
    """The last day on which a dossier closed that day can be opened again; it is destroyed afterwards.

    Ten years on, where 29 February falls on the 28th; or ``DAYS_TO_DELETE`` days on.
    """
    if delete_now:
        return closed_on + timedelta(days=DAYS_TO_DELETE)
    year = closed_on.year + YEARS_KEPT
    return closed_on.replace(year=year, day=min(closed_on.day, calendar.monthrange(year, closed_on.month)[1]))
