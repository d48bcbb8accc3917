"""Numbers, sums, dates and channels as French pages write them."""

from __future__ import annotations

from datetime import date, datetime, timedelta
from zoneinfo import ZoneInfo

from wire.records import Channel, SubChannel

PARIS = ZoneInfo("Europe/Paris")
CHANNEL_NAMES = {
    Channel.DESK: ("Accueils de CPAM", "guichets et bornes"),
    Channel.PHARMACY: ("Pharmacies", "comptoirs"),
    Channel.WEB: ("En ligne", "par la personne elle-même"),
    Channel.PRO: ("Professionnels", "libéraux et établissements"),
    Channel.AUTO: ("Ouverture automatique", "sans opposition"),
}
UNATTRIBUTED = ("Non attribué", "canal inconnu")
SUB_CHANNEL_NAMES = {
    Channel.DESK: {SubChannel.HALL_TERMINAL.value: "Bornes des accueils"},
    Channel.PHARMACY: {SubChannel.COUNTER.value: "Comptoirs"},
    Channel.AUTO: {"letter": "Lettres sans opposition"},
}
"""The sub-channels there are today; what a channel has beyond them is said to be of none."""
UNSPECIFIED = "Sous-canal inconnu"
OFFICE_KINDS = {"cpam": "Accueil de CPAM", "pharmacy": "Pharmacie"}

_THIN = "\u202f"  # narrow no-break space: between thousands, before % and €
_WEEKDAYS = ("lundi", "mardi", "mercredi", "jeudi", "vendredi", "samedi", "dimanche")
_MONTHS = (
    *("janvier", "février", "mars", "avril", "mai", "juin"),
    *("juillet", "août", "septembre", "octobre", "novembre", "décembre"),
)
_SHORT_MONTHS = (
    *("janv.", "févr.", "mars", "avr.", "mai", "juin"),
    *("juil.", "août", "sept.", "oct.", "nov.", "déc."),
)
_HOURS_SAID = 48  # up to here an age is said in hours, then in days


def number(value: int) -> str:
    """12 345 with a narrow no-break space."""
    return f"{value:,}".replace(",", _THIN)


def euros(cents: int) -> str:
    """Whole cents as euros: 1 234,50 €."""
    sign = "−" if cents < 0 else ""  # noqa: RUF001 - the minus sign
    whole, rest = divmod(abs(cents), 100)
    return f"{sign}{number(whole)},{rest:02d}{_THIN}€"


def share(part: int, whole: int) -> str:
    """A share with one decimal; a dash where there is no whole."""
    return "–" if whole <= 0 else f"{100 * part / whole:.1f}{_THIN}%".replace(".", ",")  # noqa: RUF001 - French dash


def day_name(day: date) -> str:
    """A day as said: samedi 22 novembre."""
    return f"{_WEEKDAYS[day.weekday()]} {_ordinal(day)} {_MONTHS[day.month - 1]}"


def week_name(monday: date) -> str:
    """A week by its Monday: semaine du 16 novembre."""
    return f"semaine du {_ordinal(monday)} {_MONTHS[monday.month - 1]}"


def month_name(first: date) -> str:
    """A month: novembre 2026."""
    return f"{_MONTHS[first.month - 1]} {first.year}"


def date_name(day: date) -> str:
    """A date: 6 novembre 2018."""
    return f"{_ordinal(day)} {month_name(day)}"


def short_day(day: date) -> str:
    """A day under a column: 22/11."""
    return f"{day:%d/%m}"


def short_month(first: date) -> str:
    """A month under a column: nov. 26."""
    return f"{_SHORT_MONTHS[first.month - 1]} {first:%y}"


def moment_name(at: datetime) -> str:
    """22 novembre 2026 à 15 h 34, in Paris."""
    local = at.astimezone(PARIS)
    return f"{date_name(local)} à {local.hour} h {local.minute:02d}"


def days_name(span: timedelta) -> str:
    """A threshold: 1 jour, 3 jours."""
    return "1 jour" if span.days == 1 else f"{span.days} jours"


def age(since: timedelta) -> str:
    """How long ago: il y a 5 min, il y a 3 h, il y a 4 jours."""
    minutes = max(0, int(since.total_seconds() // 60))
    if minutes < 1:
        return "à l’instant"  # noqa: RUF001 - French
    if minutes < 60:  # noqa: PLR2004 - minutes
        return f"il y a {minutes} min"
    hours = minutes // 60
    return f"il y a {hours} h" if hours < _HOURS_SAID else f"il y a {hours // 24} jours"


def _ordinal(day: date) -> str:
    return "1er" if day.day == 1 else str(day.day)
