"""Who may open a dossier here for themselves: an adult with an own number. Pure; nothing medical.

Sources: domain/vitale.md §3.4 (lunar dates), §4.2 (provisional numbers), §5 (test cards); domain/dmp.md §10 (minors:
the next step of this house, here they are told to ask the agent).
"""

from __future__ import annotations

import enum
from datetime import UTC, date, datetime, time
from zoneinfo import ZoneInfo

from kiosk.enrolment.holder import CardContents, CardHolder, CardWarning
from wire.nir import InsAuthority, Nir, NirKind

MAJORITY = 18  # years, Civil Code 388
OLDEST = 115  # years: above, the century on the card is wrong (vitale.md §3.4)
_LENGTH = 8  # YYYYMMDD
_MONTHS = 12
_DAYS = 31
_REAL_PEOPLE = frozenset({InsAuthority.NIR_PRODUCTION, InsAuthority.NIA_PRODUCTION})
PARIS = ZoneInfo("Europe/Paris")


class Eligibility(enum.Enum):
    """Whether a person of the card may go on alone; every word but MAY has its sentence on the screen."""

    MAY = "may"
    NO_NUMBER = "no_number"
    PROVISIONAL = "provisional"
    MINOR = "minor"
    BIRTH_DATE_UNSURE = "birth_date_unsure"
    NUMBER_OF_ANOTHER = "number_of_another"  # a dependant under the insured person's number


def local_day(at: datetime) -> date:
    """The calendar day in France of an aware time: majority begins at midnight there, not in UTC."""
    return at.astimezone(PARIS).date()


def day_began(at: datetime) -> datetime:
    """The midnight in France with which the calendar day of an aware time began, in UTC."""
    return datetime.combine(local_day(at), time(), PARIS).astimezone(UTC)


def legal_birth_date(raw: str) -> date | None:
    """The date from which an age is counted; None when the eight characters give none and a person must look.

    A lunar date (month 00 or 13 to 99, or day 00) counts from 1 January of its year. The raw characters are what
    travels; this date is for the age alone.
    """
    if len(raw) != _LENGTH or not raw.isascii() or not raw.isdigit():
        return None
    year, month, day = int(raw[:4]), int(raw[4:6]), int(raw[6:])
    lunar = not 1 <= month <= _MONTHS or (day == 0)
    if lunar and day <= _DAYS:
        month, day = 1, 1
    try:
        return date(year, month, day)
    except ValueError:
        return None


def age_on(born: date, day: date) -> int:
    """Full years on ``day``; who was born on 29 February grows older on 1 March."""
    return day.year - born.year - ((day.month, day.day) < (born.month, born.day))


def eligibility(person: CardHolder, card: CardContents, today: date) -> Eligibility:
    """Whether this person may open a dossier for themselves today.

    A card may pair a dependant with the insured person's number (dmp.md §4): a number that stands beside several
    persons belongs to the one whose birth it tells, and to nobody here when it tells that of none or of several.
    """
    if person.nir is None:
        return Eligibility.NO_NUMBER
    if person.nir.kind is NirKind.PROVISIONAL:
        return Eligibility.PROVISIONAL
    born = legal_birth_date(person.birth_date)
    if born is None or not 0 <= age_on(born, today) <= OLDEST:
        return Eligibility.BIRTH_DATE_UNSURE
    if age_on(born, today) < MAJORITY:
        return Eligibility.MINOR
    sharing = [other for other in card.persons if other.nir == person.nir]
    if len(sharing) > 1 and [other for other in sharing if _tells_birth_of(person.nir, other)] != [person]:
        return Eligibility.NUMBER_OF_ANOTHER
    return Eligibility.MAY


def _tells_birth_of(nir: Nir, person: CardHolder) -> bool:
    """Whether year and month of the number are those of the birth; months from 20 on tell only the year."""
    year, month = nir.body[1:3], nir.body[3:5]
    return year == person.birth_date[2:4] and (int(month) > _MONTHS or month == person.birth_date[4:6])


def is_test_card_among_real_people(card: CardContents, authority: InsAuthority) -> bool:
    """A test card where real dossiers are opened: it must not open one."""
    return CardWarning.TEST_CARD in card.warnings and authority in _REAL_PEOPLE
