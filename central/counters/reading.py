"""Reading the counts: by ranges of the table's key alone, never by a scan of facts."""

from __future__ import annotations

from collections.abc import Iterable, Sequence

from sqlalchemy import Connection, Select, func, select

from central.counters.models import Dimension, Measure, counters

Values = dict[tuple[str, str], int]
"""(member, period) → value; what was never counted is not there."""


def read_values(
    connection: Connection,
    dimension: Dimension,
    measure: Measure,
    periods: Sequence[str],
    members: Iterable[str] | Select[str] | None = None,
) -> Values:
    """One measure along one dimension, shards added up; ``members``: these, those a query names, or all (None)."""
    query = (
        select(counters.c.member, counters.c.period, func.sum(counters.c.value).label("value"))
        .where(
            counters.c.dimension == dimension.value,
            counters.c.period.in_(periods),
            counters.c.measure == measure.value,
        )
        .group_by(counters.c.member, counters.c.period)
    )
    if members is not None:
        query = query.where(counters.c.member.in_(members if isinstance(members, Select) else list(members)))
    return {(member, period): int(value) for member, period, value in connection.execute(query).all()}


def read_sums(
    connection: Connection,
    dimension: Dimension,
    measure: Measure,
    periods: Sequence[str],
    members: Select[str] | None = None,
) -> dict[str, int]:
    """Period → the sum over all members of a dimension, or over those that a query names."""
    query = (
        select(counters.c.period, func.sum(counters.c.value).label("value"))
        .where(
            counters.c.dimension == dimension.value,
            counters.c.period.in_(periods),
            counters.c.measure == measure.value,
        )
        .group_by(counters.c.period)
    )
    if members is not None:
        query = query.where(counters.c.member.in_(members))
    return {period: int(value) for period, value in connection.execute(query).all()}
