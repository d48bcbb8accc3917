"""Rows named by many keys, in one question: a neutral leaf, like :mod:`central.engine`.

A question is put into words once: neither SQLAlchemy nor the database then has to read it anew for each batch, which
would cost more than the answer. PostgreSQL takes the keys as one array; SQLite as a list, of a few lengths only, the
last key named again where there are fewer.
"""

from __future__ import annotations

from collections.abc import Iterable, Iterator, Mapping
from dataclasses import dataclass
from typing import Any

from sqlalchemy import ColumnElement, Connection, CursorResult, Dialect, Row, Select, bindparam, func
from sqlalchemy.dialects import postgresql

SIZES = (1, 8, 40, 100, 200)
"""Numbers of keys a question is kept for; more are asked for in portions of the last."""

_ARRAY = "keys"
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
            yield from self._ask(connection, wanted[start : start + SIZES[-1]], given)

    def _ask(self, connection: Connection, keys: list[Any], given: Mapping[str, Any]) -> CursorResult[Any]:
        size = next(size for size in SIZES if size >= len(keys))
        question = self._question(connection.dialect, size)
        if question.order is None:
            return connection.exec_driver_sql(question.statement, {**question.fixed, **given, _ARRAY: keys})
        keys += keys[-1:] * (size - len(keys))
        named = {**question.fixed, **given, **dict(zip(_KEYS, keys, strict=False))}
        return connection.exec_driver_sql(question.statement, tuple(map(named.__getitem__, question.order)))

    def _question(self, dialect: Dialect, size: int) -> _Question:
        known = self._questions.get((dialect.name, size))
        if known is None:
            compiled = (self._joined() if dialect.name == "postgresql" else self._listed(size)).compile(dialect=dialect)
            order = tuple(compiled.positiontup or ()) if compiled.positional else None
            known = _Question(str(compiled), order, {**compiled.params})
            self._questions[dialect.name, size] = known
        return known

    def _listed(self, size: int) -> Select[Any]:
        names = [bindparam(name, type_=self._column.type) for name in _KEYS[:size]]
        return self._query.where(self._column.in_(names))

    def _joined(self) -> Select[Any]:
        """PostgreSQL seeks each key in the one part of a split table that can hold it; of a list, every key in each."""
        array = bindparam(_ARRAY, type_=postgresql.ARRAY(self._column.type))
        keys = func.unnest(array).table_valued("key").render_derived(name="wanted")
        return self._query.where(self._column == keys.c.key)
