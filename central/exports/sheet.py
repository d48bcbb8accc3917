"""A table on its way into a file: heads, rows of plain cells, and what must be said beside it. Pure.

The same rows become CSV and XLSX: they cannot differ.
"""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import dataclass
from datetime import datetime

from central.dashboards.wording import PARIS, moment_name
from central.devices.regions import region_name
from central.published.figures import PERCENT, Figure
from central.published.service import Source
from central.published.wording import CHANNEL_WORDS, MEASURE_WORDS, PRECISION_WORDS
from central.tables.periods import Period
from central.tables.shape import MONEY, Line, Number, Table, share
from central.tables.silent import SilentRow
from central.tables.wording import BY_NAMES, MEASURE_NAMES
from wire.identifiers import moment

HIDDEN = "secret"
_CENTS = 100

Cell = str | int | float | None
"""Words, a whole number, a fraction (euros, shares), or nothing."""


@dataclass(frozen=True, slots=True)
class Sheet:
    """A file's contents. ``remarks`` are said before the table; ``shares`` are the columns that are parts of one."""

    name: str
    remarks: tuple[str, ...]
    heads: tuple[str, ...]
    rows: tuple[tuple[Cell, ...], ...]
    shares: frozenset[int] = frozenset()


def counts_sheet(table: Table, now: datetime, *, is_outside: bool) -> Sheet:
    """A breakdown: a line a row, a period a column, and the share of the last period."""
    question = table.question
    measure = MEASURE_NAMES[question.measure]
    periods = [period_words(period) for period in question.periods]
    heads = ("Code", BY_NAMES[question.by], *periods, f"Part ({periods[-1]})", "Remarque")
    rows = tuple(_counted(line, table) for line in (*table.lines, table.rest, table.total))
    name = f"{question.measure.value}-{question.by.value}"
    return Sheet(name, _remarks(measure, table, now, is_outside), heads, rows, frozenset({len(heads) - 2}))


def series_sheet(table: Table, now: datetime, *, is_outside: bool) -> Sheet:
    """Many periods: a period a row, a line a column, what none accounts for and the total last."""
    question = table.question
    lines = (*table.lines, table.rest, table.total)
    heads = ("Période", "Du", "Au", *(line.label for line in lines), "Remarque")
    rows = tuple(
        (
            *_dates(period),
            *(_cell(line.numbers[at], table) for line in lines),
            _remark([one.numbers[at] for one in lines]),
        )
        for at, period in enumerate(question.periods)
    )
    name = f"{question.measure.value}-serie"
    return Sheet(name, _remarks(MEASURE_NAMES[question.measure], table, now, is_outside), heads, rows)


def indicator_sheet(figures: Sequence[Figure], sources: dict[str, Source], now: datetime) -> Sheet:
    """The published figures, a figure a row, each with its source."""
    heads = (
        "Date",
        "Depuis",
        "Mesure",
        "Canal",
        "Région",
        "Valeur",
        "Jusqu’à",  # noqa: RUF001 - French
        "Précision",
        "Source",
        "Publié",
        "Note",
    )
    rows = tuple(_published(figure, sources[figure.source]) for figure in figures)
    remarks = (
        "Indicateur 2.8.4 : chiffres publiés, chacun avec sa source ; aucun n’est calculé ni moyenné ici.",  # noqa: RUF001 - French
        f"Exporté le {moment_name(now)}. Les parts sont en pour cent.",
    )
    return Sheet("indicateur-2-8-4", remarks, heads, rows)


def silent_sheet(rows: Sequence[SilentRow], region: str | None, now: datetime, *, days: int) -> Sheet:
    """Terminals that nothing was heard of, a terminal a row."""
    heads = ("Borne", "Lieu", "Nom du lieu", "Département", "Entendue le")
    listed = tuple((row.terminal_id, row.office_id, row.office_name, row.departement, _heard(row)) for row in rows)
    said = f"Bornes en service dont rien n’est venu depuis {days} jours. {region_name(region)}."  # noqa: RUF001 - French
    return Sheet("bornes-muettes", (said, f"Exporté le {moment_name(now)}."), heads, listed)


def period_words(period: Period) -> str:
    """A period at the head of a column."""
    return "Depuis le lancement" if period.first is None else period.name


def _counted(line: Line, table: Table) -> tuple[Cell, ...]:
    numbers = (_cell(number, table) for number in line.numbers)
    return line.code, line.label, *numbers, share(line.numbers[-1], table.total.numbers[-1]), _remark(line.numbers)


def _cell(number: Number, table: Table) -> Cell:
    if number.value is None:
        return HIDDEN
    return number.value / _CENTS if table.question.measure in MONEY else number.value


def _remark(numbers: Sequence[Number]) -> str:
    return "au moins : des nombres secrets manquent" if any(number.is_least for number in numbers) else ""


def _remarks(measure: str, table: Table, now: datetime, is_outside: bool) -> tuple[str, ...]:
    unit = " (en euros)" if table.question.measure in MONEY else ""
    said = [
        f"{measure}{unit}. {region_name(table.region)}. Exporté le {moment_name(now)}.",
        "« Non attribué » : ce qu’aucune ligne n’explique. Les parts ne sont jamais ramenées à 100 %.",  # noqa: RUF001 - French
    ]
    if is_outside:
        said.append(
            f"Mois révolus. « {HIDDEN} » : nombre inférieur à {table.small_cell}, ou qui permettrait d’en calculer un."  # noqa: RUF001 - French
        )
    else:
        said.append("Usage interne : les petits nombres y figurent.")
    return tuple(said)


def _published(figure: Figure, source: Source) -> tuple[Cell, ...]:
    scale = PERCENT if figure.measure.is_share else 1
    value: Cell = figure.value / scale if scale > 1 else figure.value
    return (
        figure.until,
        figure.since,
        MEASURE_WORDS[figure.measure],
        CHANNEL_WORDS.get(figure.channel, figure.channel),
        region_name(figure.region) if figure.region else "",
        value,
        figure.highest,
        PRECISION_WORDS[figure.precision],
        source.name,
        source.published_on,
        figure.note,
    )


def _heard(row: SilentRow) -> str:
    return "jamais" if row.last_seen_ms is None else f"{moment(row.last_seen_ms).astimezone(PARIS):%Y-%m-%d %H:%M}"


def _dates(period: Period) -> tuple[str, str, str]:
    """All time has no days."""
    first, last = ("" if day is None else day.isoformat() for day in (period.first, period.last))
    return period.name, first, last
