"""A published figure: what was counted, of which day, how precisely, and by whom it was said. Pure.

Sources: domain/dmp.md §12. A figure is kept as its source says it; what follows from it is computed and shown as such.
"""

from __future__ import annotations

import calendar
import enum
import re
from dataclasses import dataclass
from datetime import date

TARGET = 40_000_000
"""Dossiers the programme is to reach (indicator 2.8.4)."""

PERCENT = 100  # shares are kept in hundredths of a percent: 28 % is 2800
WHOLE_SHARE = 100 * PERCENT
DATE = re.compile(r"[0-9]{4}(-[0-9]{2}(-[0-9]{2})?)?")


@enum.unique
class PublishedMeasure(enum.Enum):
    """What a figure counts; the word is stored. A state is of one date, a flow of a span of days."""

    DOSSIERS = "dossiers"  # all there are
    DOSSIERS_FED = "dossiers_fed"  # those with something in them
    OPENED = "opened"  # in a span
    PER_WEEK = "per_week"  # openings, around a date
    PER_DAY = "per_day"  # same
    SHARE = "share"  # of a channel, in all dossiers
    OPENED_SHARE = "opened_share"  # of a channel, in the openings of a span
    PHARMACIES = "pharmacies"  # that open dossiers
    ESTABLISHMENTS = "establishments"  # that feed them
    SPACES = "spaces"  # Mon espace santé
    OBJECTION_SHARE = "objection_share"  # of people who objected to the automatic opening
    DOCUMENTS = "documents"  # received in a span

    @property
    def is_share(self) -> bool:
        """Kept in hundredths of a percent."""
        return self in {PublishedMeasure.SHARE, PublishedMeasure.OPENED_SHARE, PublishedMeasure.OBJECTION_SHARE}


@enum.unique
class Precision(enum.Enum):
    """How a source says a number; the word is stored."""

    EXACT = "exact"
    ROUNDED = "rounded"
    ABOUT = "about"
    AT_LEAST = "at_least"
    AT_MOST = "at_most"
    RANGE = "range"  # from value to highest


@dataclass(frozen=True, slots=True, kw_only=True)
class Figure:
    """One figure. ``until`` is the date, or the last day of a span that began on ``since``; both as precise as known.

    ``channel`` is a word of :class:`wire.records.Channel` or "" for all; ``region`` an INSEE code or "" for France.
    """

    measure: PublishedMeasure
    until: str
    value: int
    source: str
    since: str = ""
    channel: str = ""
    region: str = ""
    precision: Precision = Precision.EXACT
    highest: int | None = None
    note: str = ""

    @property
    def lowest_possible(self) -> int:
        """The least that the source's words allow."""
        slack = {Precision.ROUNDED: _last_digit(self.value) // 2, Precision.ABOUT: _last_digit(self.value)}
        if self.precision is Precision.AT_MOST:
            return 0
        return self.value - slack.get(self.precision, 0)

    @property
    def highest_possible(self) -> int | None:
        """The most that the source's words allow; None where they set no bound."""
        if self.precision is Precision.AT_LEAST:
            return None
        if self.precision is Precision.RANGE:
            return self.highest
        slack = {Precision.ROUNDED: _last_digit(self.value) // 2, Precision.ABOUT: _last_digit(self.value)}
        return self.value + slack.get(self.precision, 0)

    @property
    def days(self) -> tuple[date, date]:
        """The first and the last day that ``until`` may mean: all of 2012, all of 2016-12, or one day."""
        return first_day(self.until), last_day(self.until)


def first_day(text: str) -> date:
    """The first day of 2012, of 2016-12, or the day itself.

    Raises:
        ValueError: the calendar has no such date.
    """
    if not DATE.fullmatch(text):
        raise ValueError("a date is written like 2018-12-13, 2016-12 or 2012")
    year, month, day = [*map(int, text.split("-")), 1, 1][:3]
    return date(year, month, day)


def last_day(text: str) -> date:
    """The last day of 2012, of 2016-12, or the day itself."""
    first = first_day(text)
    parts = text.count("-")
    if parts == 2:  # noqa: PLR2004 - year, month, day
        return first
    month = first.month if parts else 12
    return date(first.year, month, calendar.monthrange(first.year, month)[1])


def _last_digit(value: int) -> int:
    """What one step of the last digit above zero is worth: 100 000 of 10 100 000."""
    worth = 1
    while value and value % (worth * 10) == 0:
        worth *= 10
    return worth
