"""What a counter may know of its own office: the month's openings and what they earned, from the counters."""

from __future__ import annotations

from dataclasses import dataclass
from datetime import datetime

from sqlalchemy import Connection, Engine, func, select

from central.counters.models import Dimension, Measure, counters
from central.dates import paris_day
from central.devices.asking import asked_by
from central.engine import reading
from central.keys import CentralKeys
from wire.canonical import decode
from wire.figures import FIGURES_LIMIT, FiguresQuery, OfficeFigures, open_figures_query, write_figures
from wire.identifiers import milliseconds
from wire.records import sha256
from wire.signing import peek_document

_MONTH_LENGTH = 7
_MEASURES = (Measure.DOSSIERS_OPENED, Measure.CENTS_ACCRUED, Measure.CENTS_HELD)


@dataclass(frozen=True, slots=True)
class FiguresDesk:
    """Answers a terminal's question about its own office."""

    engine: Engine
    keys: CentralKeys

    def answer(self, document: bytes, *, now: datetime) -> bytes:
        """The signed figures for a signed question.

        Steps:

        1. the question names a terminal that is registered and not revoked;
        2. the signature is that terminal's: the office is the registry's, so no terminal learns of another's;
        3. it is of today: who recorded a question learns nothing by it for ever;
        4. this month's counters of that office, by the date in Paris. Openings count on the day of the opening, cents
           on the day of booking: an opening of the last day of a month that arrives in the next one is paid there.

        Not checked: whether the question was asked before. It changes nothing, and the office may know the answer.

        Raises:
            FormatError: not a question. TerminalUnknownError, TerminalRevokedError: 1. NotSignedError: 2.
            NonceUsedError: ``query_stale``: 3.
        """
        now_ms = milliseconds(now)
        named = decode(peek_document(document, limit=FIGURES_LIMIT).payload, FiguresQuery, limit=FIGURES_LIMIT).terminal
        with reading(self.engine) as connection:
            device, _ = asked_by(
                connection, named, lambda key: open_figures_query(document, key), now_ms=now_ms
            )  # 1 to 3
            month = paris_day(now_ms)[:_MONTH_LENGTH]
            counted = _read(connection, device.office_id, month)  # 4
        figures = OfficeFigures(
            terminal=device.terminal_id,
            query_digest=sha256(document),
            month=month,
            openings=counted.get(Measure.DOSSIERS_OPENED.value, 0),
            cents_accrued=counted.get(Measure.CENTS_ACCRUED.value, 0),
            cents_held=counted.get(Measure.CENTS_HELD.value, 0),
            server_ms=now_ms,
        )
        return write_figures(figures, self.keys.answer)


def _read(connection: Connection, office: str, month: str) -> dict[str, int]:
    """Three rows a shard, each by its whole key."""
    rows = connection.execute(
        select(counters.c.measure, func.sum(counters.c.value).label("value"))
        .where(
            counters.c.dimension == Dimension.OFFICE.value,
            counters.c.period == month,
            counters.c.measure.in_([measure.value for measure in _MEASURES]),
            counters.c.member == office,
        )
        .group_by(counters.c.measure)
    )
    return {row.measure: int(row.value) for row in rows}
