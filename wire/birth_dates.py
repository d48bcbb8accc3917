"""How old somebody is by the eight characters of a card: what both ends must agree on before a minor is called one.

Source: domain/vitale.md §3.4 (lunar dates, wrong centuries); Civil Code 388 (majority).
"""

from __future__ import annotations

from datetime import date

MAJORITY = 18  # years
OWN_VOICE = 16  # years: from here the minor confirms too (domain/dmp.md §16 M6)
OLDEST = 115  # years: above, the century on the card is wrong

_LENGTH = 8  # YYYYMMDD
_MONTHS = 12
_DAYS = 31


def legal_birth_date(raw: str) -> date | None:
    """The date from which an age is counted; None when the eight characters give none and a person must look.

    A lunar date (month 00 or 13 to 99, or day 00) counts from 1 January of its year. The raw characters are what
    travels; this date is for the age alone.
    """
    if len(raw) != _LENGTH or not raw.isascii() or not raw.isdigit():
        return None
    year, month, day = int(raw[:4]), int(raw[4:6]), int(raw[6:])
    if (not 1 <= month <= _MONTHS or day == 0) and day <= _DAYS:
        month, day = 1, 1
    try:
        return date(year, month, day)
    except ValueError:
        return None


def age_of(raw: str, day: date) -> int | None:
    """Full years on ``day``; None when the characters give no age that a living person has.

    Who was born on 29 February grows older on 1 March.
    """
    born = legal_birth_date(raw)
    if born is None:
        return None
    age = day.year - born.year - ((day.month, day.day) < (born.month, born.day))
    return age if 0 <= age <= OLDEST else None
