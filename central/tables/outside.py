"""Tables for outsiders: whole months that are over, by channel, region and département, small numbers hidden.

Each month is hidden by itself, all breakdowns of it together, so that no table gives back what another one hides. What
covers several months adds up what the months show: it tells nothing more than they do, and says where it is less than
the truth (``is_least``).
"""

from __future__ import annotations

from collections import defaultdict
from collections.abc import Iterable, Mapping, Sequence
from dataclasses import dataclass
from datetime import date

from sqlalchemy import Connection

from central.counters.models import Dimension, Measure
from central.counters.reading import read_values
from central.devices.departements import DEPARTEMENTS, departement_name, departements_of
from central.devices.regions import NATIONAL, REGIONS, region_name
from central.errors import QuestionError
from central.tables.inside import KNOWN_CHANNELS, only
from central.tables.periods import Period, Step, month_before, series
from central.tables.shape import By, Line, Number, Question, Table
from central.tables.suppression import Cell, Family, hidden_cells
from central.tables.wording import REST, TOTAL, channel_name

FIRST_MONTH = date(2011, 1, 1)  # the service went live in January 2011 (dmp.md §1): nothing was counted before
MEASURES = frozenset({Measure.DOSSIERS_OPENED, Measure.REFUSALS, Measure.ACCOUNTS_ACTIVATED})
"""What outsiders may ask for. Not money: cents are openings of pharmacies, to the unit."""

BREAKDOWNS = frozenset({By.TOTAL, By.CHANNEL, By.REGION, By.DEPARTEMENT})
"""Not offices and terminals: their numbers are somebody's trade, and small on most days."""

_WHOLE: Cell = (Dimension.TOTAL.value, "")
_NOBODY = "?"  # the member that stands for what no known one accounts for
_DIMENSIONS = {By.CHANNEL: Dimension.CHANNEL, By.REGION: Dimension.REGION, By.DEPARTEMENT: Dimension.DEPARTEMENT}


@dataclass(frozen=True, slots=True)
class _Month:
    """One month's cells, and which of them are hidden."""

    values: Mapping[Cell, int]
    hidden: frozenset[Cell]


def read_outside(connection: Connection, question: Question, *, small_cell: int, today: date) -> Table:
    """The table as outsiders get it.

    Steps:

    1. the measure and the breakdown are among those for outsiders;
    2. every period is a month that is over, a year, or all time; of these last the months that are over;
    3. each month's cells are hidden by :func:`central.tables.suppression.hidden_cells`, all breakdowns in one;
    4. a line of one month is its number or hidden; of several, the sum of those that are shown.

    Raises:
        QuestionError: 403 ``not_for_outsiders``: 1 or 2. 404 ``member_unknown``.
    """
    _check(question)  # 1
    months = [_months(period, today) for period in question.periods]  # 2
    read = _read(connection, question.measure, sorted({name for names in months for name in names}), small_cell)  # 3
    return Table(
        question=question,
        region=None,
        lines=only(tuple(_line(cell, label, months, read) for cell, label in _cells(question.by)), question.member),
        rest=_line(_rest_of(question.by), REST, months, read),
        total=_line(_WHOLE, TOTAL, months, read),
        small_cell=small_cell,
    )


def _check(question: Question) -> None:
    if question.measure not in MEASURES or question.by not in BREAKDOWNS:
        raise QuestionError("this is not given to outsiders", code="not_for_outsiders", status=403)


def _months(period: Period, today: date) -> tuple[str, ...]:
    over = month_before(today)
    if period.first is None:
        assert over.last is not None  # a month has a last day
        return tuple(month.name for month in series(Step.MONTH, FIRST_MONTH, over.last))
    if not all(len(key) == len(over.name) for key in period.keys):
        raise QuestionError("outsiders are given whole months", code="not_for_outsiders", status=403)
    names = tuple(key for key in period.keys if key <= over.name)
    if not names:
        raise QuestionError("outsiders are given months that are over", code="not_for_outsiders", status=403)
    return names


def _cells(by: By) -> Iterable[tuple[Cell, str]]:
    if by is By.TOTAL:
        return [(_WHOLE, NATIONAL)]
    if by is By.CHANNEL:
        return [((Dimension.CHANNEL.value, word), channel_name(word)) for word in KNOWN_CHANNELS]
    if by is By.REGION:
        return [((Dimension.REGION.value, code), region_name(code)) for code in REGIONS]
    return [((Dimension.DEPARTEMENT.value, code), departement_name(code)) for code in DEPARTEMENTS]


def _rest_of(by: By) -> Cell:
    return (_DIMENSIONS[by].value, _NOBODY) if by in _DIMENSIONS else ("rest", _NOBODY)


def _line(cell: Cell, label: str, months: Sequence[Sequence[str]], read: Mapping[str, _Month]) -> Line:
    code = {_WHOLE: "total"}.get(cell, "unattributed" if cell[1] == _NOBODY else cell[1])
    return Line(code, label, tuple(_number(cell, names, read) for names in months))


def _number(cell: Cell, months: Sequence[str], read: Mapping[str, _Month]) -> Number:  # step 4
    hidden = [name for name in months if cell in read[name].hidden]
    if hidden and len(months) == 1:
        return Number(None)
    shown = sum(read[name].values.get(cell, 0) for name in months if cell not in read[name].hidden)
    return Number(shown, is_least=bool(hidden))


def _read(connection: Connection, measure: Measure, months: Sequence[str], threshold: int) -> dict[str, _Month]:
    counted: dict[str, dict[Cell, int]] = defaultdict(dict)
    for dimension in (Dimension.TOTAL, *_DIMENSIONS.values()):
        for (member, month), value in read_values(connection, dimension, measure, months).items():
            counted[month][dimension.value, member] = value
    return {month: _month(counted[month], threshold) for month in months}


def _month(counted: Mapping[Cell, int], threshold: int) -> _Month:
    """The cells one may name, the rest of each breakdown beside them, and what adds up to what.

    Départements add up to their regions, regions and channels to the whole. What a region's départements leave is a
    cell that no table shows: but it could be computed, so it counts as shown.
    """
    values = {cell: counted.get(cell, 0) for by in _DIMENSIONS for cell, _ in _cells(by)}
    values[_WHOLE] = counted.get(_WHOLE, 0)
    if not any(values.values()):
        return _Month(values, frozenset())
    families = [
        _family(values, _WHOLE, Dimension.CHANNEL, KNOWN_CHANNELS, _NOBODY),
        _family(values, _WHOLE, Dimension.REGION, REGIONS, _NOBODY),
        *(
            _family(values, (Dimension.REGION.value, code), Dimension.DEPARTEMENT, departements_of(code), f"?{code}")
            for code in REGIONS
        ),
    ]
    hidden = hidden_cells(values, families, threshold)
    # The rest of the départements' table is made of these: shown where all of them are, it is no new equation.
    parts = [cell for cell in values if cell[1].startswith(_NOBODY) and cell[0] != Dimension.CHANNEL.value]
    rest = _rest_of(By.DEPARTEMENT)
    values[rest] = sum(values[part] for part in parts)
    return _Month(values, hidden | {rest} if hidden.intersection(parts) else hidden)


def _family(values: dict[Cell, int], parent: Cell, dimension: Dimension, members: Iterable[str], rest: str) -> Family:
    children = [(dimension.value, member) for member in members]
    nobody = (dimension.value, rest)
    values[nobody] = values[parent] - sum(values[child] for child in children)
    return Family(parent, (*children, nobody))
