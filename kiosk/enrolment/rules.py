"""Who may open a dossier here, alone or accompanied, with or without an own number. Pure; nothing medical.

Sources: domain/vitale.md §3.4 (lunar dates), §4.2 (provisional numbers), §5 (test cards); domain/dmp.md §4 (a child has
no own number on an old family card), §10 and §16 (c) (minors, protected adults).
"""

from __future__ import annotations

import enum
from dataclasses import dataclass
from datetime import UTC, date, datetime, time
from zoneinfo import ZoneInfo

from kiosk.enrolment.course import Party
from kiosk.enrolment.holder import CardContents, CardHolder, CardWarning
from wire.nir import InsAuthority, Nir, NirKind

MAJORITY = 18  # years, Civil Code 388
OWN_VOICE = 16  # years: from here the teenager confirms too (dmp.md §16 M6)
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
    return Eligibility.MAY if _has_own_number(person, card) else Eligibility.NUMBER_OF_ANOTHER


@dataclass(frozen=True, slots=True)
class Admission:
    """As whom a person of the card goes on; without an own number the request waits as PENDING_INS."""

    party: Party
    has_number: bool


def admission(person: CardHolder, card: CardContents, today: date, *, is_accompanied: bool) -> Admission | Eligibility:
    """As whom this person goes on, or the word why not.

    A minor always goes on accompanied, with or without a number of their own. An adult goes on alone, or accompanied
    when they say so; an adult without a number of their own is for the agent.
    """
    verdict = eligibility(person, card, today)
    age = age_of(person.birth_date, today)
    if verdict is Eligibility.BIRTH_DATE_UNSURE or age is None or not 0 <= age <= OLDEST:
        return Eligibility.BIRTH_DATE_UNSURE
    if age < MAJORITY:
        party = Party.CHILD if age < OWN_VOICE else Party.TEEN
        return Admission(party, has_number=_has_own_number(person, card))
    if verdict is not Eligibility.MAY:
        return verdict
    return Admission(Party.PROTECTED if is_accompanied else Party.SELF, has_number=True)


def adults(card: CardContents, today: date) -> tuple[CardHolder, ...]:
    """Those of the card who may stand beside somebody else: of age, whatever their number."""
    return tuple(person for person in card.persons if (age_of(person.birth_date, today) or 0) >= MAJORITY)


def age_of(raw: str, day: date) -> int | None:
    """Full years on ``day`` of somebody born on the eight characters of a card; None when they give no date."""
    born = legal_birth_date(raw)
    return None if born is None else age_on(born, day)


def read_birth_date(typed: str) -> str | None:
    """A birth date as typed (``05/01/1960``, ``5 1 1960``, ``05011960``) → ``YYYYMMDD``, None when it is none."""
    parts = typed.replace("/", " ").replace("-", " ").replace(".", " ").split()
    if len(parts) == 1 and len(typed.strip()) == _LENGTH:
        parts = [typed.strip()[:2], typed.strip()[2:4], typed.strip()[4:]]
    if len(parts) != 3 or not all(part.isascii() and part.isdigit() for part in parts) or len(parts[2]) != 4:  # noqa: PLR2004 - day, month, year
        return None
    day, month, year = (int(part) for part in parts)
    try:
        return f"{date(year, month, day):%Y%m%d}"
    except ValueError:
        return None


def _has_own_number(person: CardHolder, card: CardContents) -> bool:
    if person.nir is None or person.nir.kind is NirKind.PROVISIONAL:
        return False
    sharing = [other for other in card.persons if other.nir == person.nir]
    return len(sharing) == 1 or [other for other in sharing if _tells_birth_of(person.nir, other)] == [person]


def _tells_birth_of(nir: Nir, person: CardHolder) -> bool:
    """Whether year and month of the number are those of the birth; months from 20 on tell only the year."""
    year, month = nir.body[1:3], nir.body[3:5]
    return year == person.birth_date[2:4] and (int(month) > _MONTHS or month == person.birth_date[4:6])


def is_test_card_among_real_people(card: CardContents, authority: InsAuthority) -> bool:
    """A test card where real dossiers are opened: it must not open one."""
    return CardWarning.TEST_CARD in card.warnings and authority in _REAL_PEOPLE
