"""Published figures as French pages and files say them."""

from __future__ import annotations

from central.dashboards.wording import CHANNEL_NAMES, number
from central.published.comparison import Disagreement
from central.published.figures import PERCENT, Figure, Precision, PublishedMeasure
from wire.records import Channel

MEASURE_WORDS = {
    PublishedMeasure.DOSSIERS: "Dossiers en tout",
    PublishedMeasure.DOSSIERS_FED: "Dossiers alimentés",
    PublishedMeasure.OPENED: "Ouvertures de la période",
    PublishedMeasure.PER_WEEK: "Ouvertures par semaine",
    PublishedMeasure.PER_DAY: "Ouvertures par jour",
    PublishedMeasure.SHARE: "Part des dossiers",
    PublishedMeasure.OPENED_SHARE: "Part des ouvertures",
    PublishedMeasure.PHARMACIES: "Pharmacies qui ouvrent",
    PublishedMeasure.ESTABLISHMENTS: "Établissements qui alimentent",
    PublishedMeasure.SPACES: "Espaces « Mon espace santé »",
    PublishedMeasure.OBJECTION_SHARE: "Part des oppositions",
    PublishedMeasure.DOCUMENTS: "Documents reçus",
}
PRECISION_WORDS = {
    Precision.EXACT: "exact",
    Precision.ROUNDED: "arrondi",
    Precision.ABOUT: "environ",
    Precision.AT_LEAST: "plus de",
    Precision.AT_MOST: "moins de",
    Precision.RANGE: "entre deux bornes",
}
CHANNEL_WORDS = {"": "tous", Channel.UNKNOWN.value: "Non attribué"} | {
    channel.value: names[0] for channel, names in CHANNEL_NAMES.items()
}
DISAGREEMENT_WORDS = {
    Disagreement.SAME_DATE: "Deux nombres pour la même chose à la même date.",
    Disagreement.DECREASE: "Un total plus bas qu’à une date antérieure : un cumul ne baisse pas.",  # noqa: RUF001 - French
    Disagreement.FLOW: "Moins d’ouvertures sur une période que le total n’y a gagné.",  # noqa: RUF001 - French
}
_THIN = "\u202f"
_PREFIX = {Precision.ABOUT: "environ ", Precision.AT_LEAST: "plus de ", Precision.AT_MOST: "moins de "}


def value_words(figure: Figure) -> str:
    """A number as its source says it: plus de 800 000; 500 000 à 550 000; 39 %."""
    if figure.highest is not None:
        return f"{_plain(figure, figure.value)} à {_plain(figure, figure.highest)}"
    return _PREFIX.get(figure.precision, "") + _plain(figure, figure.value)


def percent_words(share: int) -> str:
    """Hundredths of a percent: 39 %, 25,25 %."""
    whole, rest = divmod(share, PERCENT)
    decimals = f",{rest:02d}".rstrip("0") if rest else ""
    return f"{whole}{decimals}{_THIN}%"


def date_words(text: str) -> str:
    """A date as precise as it is known: 13/12/2018, 12/2016, 2012."""
    return "/".join(reversed(text.split("-")))


def span_words(figure: Figure) -> str:
    """Its date, or the first and the last day of what was counted."""
    return f"{date_words(figure.since)} – {date_words(figure.until)}" if figure.since else date_words(figure.until)  # noqa: RUF001 - French dash


def _plain(figure: Figure, value: int) -> str:
    return percent_words(value) if figure.measure.is_share else number(value)
