"""What a bonus officer may decide about a case."""

from __future__ import annotations

import enum


@enum.unique
class Verdict(enum.Enum):
    """Open until somebody decided; a decision is made once."""

    OPEN = "open"
    CLEARED = "cleared"  # what was held is to be paid
    CONFIRMED = "confirmed"  # the amounts are taken back
