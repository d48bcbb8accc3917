"""Rows named by many keys, in one question: a neutral leaf, like :mod:`central.engine`.

A question is kept for a few numbers of keys only, the last key named again where there are fewer: neither SQLAlchemy
nor the database then has to read it anew for each batch, which would cost more than the answer.
"""

from __future__ import annotations

import functools
from collections.abc import Iterable, Iterator
from typing import Any

from sqlalchemy import ColumnElement, Connection, Row, Select, bindparam

SIZES = (1, 8, 40, 100, 200)
"""Numbers of keys a question is kept for; more are asked for in portions of the last."""


class Lookup:
    """A query and the column whose value is to be one of the keys."""

    def __init__(self, query: Select[Any], column: ColumnElement[Any]) -> None:
        self._query = query
        self._column = column
        self._of_size = functools.cache(self._build)

    def rows(self, connection: Connection, keys: Iterable[Any], **given: Any) -> Iterator[Row[Any]]:
        """The rows of these keys, each row once; ``given`` are further parameters of the query."""
        wanted = list(dict.fromkeys(keys))
        for start in range(0, len(wanted), SIZES[-1]):
            portion = wanted[start : start + SIZES[-1]]
            size = next(size for size in SIZES if size >= len(portion))
            portion += portion[-1:] * (size - len(portion))
            named = {f"key_{place}": key for place, key in enumerate(portion)}
            yield from connection.execute(self._of_size(size), named | given)

    def _build(self, size: int) -> Select[Any]:
        names = [bindparam(f"key_{place}", type_=self._column.type) for place in range(size)]
        return self._query.where(self._column.in_(names))
