"""Rows named by many keys, in one question: a neutral leaf, like :mod:`central.engine`.

A question is put into words once, for a few numbers of keys only, the last key named again where there are fewer:
neither SQLAlchemy nor the database then has to read it anew for each batch, which would cost more than the answer.
"""

from __future__ import annotations

from collections.abc import Iterable, Iterator, Mapping
from dataclasses import dataclass
from typing import Any

from sqlalchemy import ColumnElement, Connection, Dialect, Row, Select, bindparam

SIZES = (1, 8, 40, 100, 200)
"""Numbers of keys a question is kept for; more are asked for in portions of the last."""

_KEYS = tuple(f"key_{place}" for place in range(SIZES[-1]))


@dataclass(frozen=True, slots=True)
class _Question:
    """A statement in the driver's words; ``order``: of its parameters, None where they go by name."""

    statement: str
    order: tuple[str, ...] | None
    fixed: Mapping[str, Any]


class Lookup:
    """A query and the column whose value is to be one of the keys."""

    def __init__(self, query: Select[Any], column: ColumnElement[Any]) -> None:
        self._query = query
        self._column = column
        self._questions: dict[tuple[str, int], _Question] = {}

    def rows(self, connection: Connection, keys: Iterable[Any], **given: Any) -> Iterator[Row[Any]]:
        """The rows of these keys, each row once; ``given`` are further parameters of the query.

        Values come as the driver has them: bytes, text and numbers are what they are, a boolean of SQLite is 0 or 1.
        """
        wanted = list(dict.fromkeys(keys))
        for start in range(0, len(wanted), SIZES[-1]):
            portion = wanted[start : start + SIZES[-1]]
            size = next(size for size in SIZES if size >= len(portion))
            portion += portion[-1:] * (size - len(portion))
            question = self._question(connection.dialect, size)
            named = {**question.fixed, **given, **dict(zip(_KEYS, portion, strict=False))}
            in_order = named if question.order is None else tuple(map(named.__getitem__, question.order))
            yield from connection.exec_driver_sql(question.statement, in_order)

    def _question(self, dialect: Dialect, size: int) -> _Question:
        known = self._questions.get((dialect.name, size))
        if known is None:
            names = [bindparam(name, type_=self._column.type) for name in _KEYS[:size]]
            compiled = self._query.where(self._column.in_(names)).compile(dialect=dialect)
            order = tuple(compiled.positiontup or ()) if compiled.positional else None
            known = _Question(str(compiled), order, {**compiled.params})
            self._questions[dialect.name, size] = known
        return known
