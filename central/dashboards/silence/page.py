"""The list of points that need somebody, in words. Pure."""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import dataclass
from datetime import datetime

from central.dashboards.silence.queries import LONGEST_LIST, Troubled, TroubledRow
from central.dashboards.silence.reasons import Reason, fault_advice
from central.dashboards.wording import age
from central.devices.departements import departement_name
from wire.identifiers import moment


@dataclass(frozen=True, slots=True)
class TroubledLine:
    """A terminal as the page says it; ``faults`` are (code, what to do)."""

    row: TroubledRow
    departement: str
    since: str
    faults: tuple[tuple[str, str], ...]


@dataclass(frozen=True, slots=True)
class TroubledPart:
    """The terminals of one reason."""

    reason: Reason
    count: int
    lines: tuple[TroubledLine, ...]
    more: bool


def parts_of(troubled: Sequence[Troubled], *, now: datetime) -> tuple[TroubledPart, ...]:
    """Put each reason into words."""
    return tuple(
        TroubledPart(one.reason, one.count, tuple(_line(row, now) for row in one.rows), one.count > LONGEST_LIST)
        for one in troubled
    )


def _line(row: TroubledRow, now: datetime) -> TroubledLine:
    since = "–" if row.since_ms is None else age(now - moment(row.since_ms))  # noqa: RUF001 - French dash
    faults = tuple((code, fault_advice(code)) for code in row.faults)
    return TroubledLine(row, departement_name(row.departement), since, faults)
