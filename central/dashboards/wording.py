"""Numbers, sums, dates and channels as French pages write them."""

from __future__ import annotations

from datetime import date, datetime, timedelta
from zoneinfo import ZoneInfo

from wire.records import Channel

PARIS = ZoneInfo("Europe/Paris")
CHANNEL_NAMES = {
    Channel.DESK: ("Accueils de CPAM", "guichets et bornes"),
    Channel.PHARMACY: ("Pharmacies", "comptoirs"),
    Channel.WEB: ("En ligne", "par la personne elle-même"),
    Channel.PRO: ("Professionnels", "libéraux et établissements"),
    Channel.AUTO: ("Ouverture automatique", "sans opposition"),
}
UNATTRIBUTED = ("Non attribué", "canal inconnu")

_THIN = "\u202f"  # narrow no-break space: between thousands, before % and €
_WEEKDAYS = ("lundi", "mardi", "mercredi", "jeudi", "vendredi", "samedi", "dimanche")
_MONTHS = (
    *("janvier", "février", "mars", "avril", "mai", "juin"),
    *("juillet", "août", "septembre", "octobre", "novembre", "décembre"),
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
    ordinal = "1er" if day.day == 1 else str(day.day)
    return f"{_WEEKDAYS[day.weekday()]} {ordinal} {_MONTHS[day.month - 1]}"


def moment_name(at: datetime) -> str:
    """22 novembre 2026 à 15 h 34, in Paris."""
    local = at.astimezone(PARIS)
    ordinal = "1er" if local.day == 1 else str(local.day)
    return f"{ordinal} {_MONTHS[local.month - 1]} {local.year} à {local.hour} h {local.minute:02d}"


def age(since: timedelta) -> str:
    """How long ago: il y a 5 min, il y a 3 h, il y a 4 jours."""
    minutes = max(0, int(since.total_seconds() // 60))
    if minutes < 1:
        return "à l’instant"  # noqa: RUF001 - French
    if minutes < 60:  # noqa: PLR2004 - minutes
        return f"il y a {minutes} min"
    hours = minutes // 60
    return f"il y a {hours} h" if hours < _HOURS_SAID else f"il y a {hours // 24} jours"
