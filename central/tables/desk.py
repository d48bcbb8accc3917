"""Who asks gets the table that is for them: the whole answer, or the outsiders'."""

from __future__ import annotations

from collections.abc import Callable
from dataclasses import dataclass
from datetime import date, datetime

from sqlalchemy import Engine

from central.dates import paris_day
from central.engine import reading
from central.errors import QuestionError
from central.tables.inside import read_inside
from central.tables.outside import read_outside
from central.tables.periods import month_before
from central.tables.shape import Question, Reader, Table
from wire.identifiers import milliseconds


@dataclass(frozen=True, slots=True)
class TableDesk:
    """Reads tables; ``small_cell`` is the smallest number an outsider sees besides zero."""

    engine: Engine
    clock: Callable[[], datetime]
    small_cell: int

    def today(self) -> date:
        """The date in Paris."""
        return date.fromisoformat(paris_day(milliseconds(self.clock())))

    def last_day(self, reader: Reader) -> date:
        """Where a series ends that names no end: today; for outsiders, with the last month that is over."""
        over = month_before(self.today()).last
        return over if reader.is_outside and over is not None else self.today()

    def table(self, reader: Reader, question: Question) -> Table:
        """The answer, read in one transaction.

        Raises:
            QuestionError: what was asked has no answer, or none for who asks.
        """
        if reader.is_outside and reader.region is not None:
            raise QuestionError("outsiders are given the whole country", code="not_for_outsiders", status=403)
        with reading(self.engine) as connection:
            if reader.is_outside:
                return read_outside(connection, question, small_cell=self.small_cell, today=self.today())
            return read_inside(connection, reader.region, question)
