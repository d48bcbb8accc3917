"""Reads for the table of counts: the counters and the registry, never dossiers (design.md §9).

Each query takes the region it may look at; None is the whole country. Offices and terminals are chosen by region
first and their counts by name after, so that no row of another region is ever read.
"""

from __future__ import annotations

from collections.abc import Iterable, Sequence
from dataclasses import dataclass

from sqlalchemy import Connection, func, select

from central.counters.models import Dimension, Measure, counters
from central.devices.models import devices, offices
from central.devices.registry import DeviceState
from wire.records import Channel

LONGEST_LIST = 200  # rows of offices or terminals on one page; the caption says when there are more


class Counts:
    """(measure, member, period) → value; what was never counted is zero."""

    def __init__(self, values: dict[tuple[str, str, str], int]) -> None:
        self._values = values

    def of(self, measure: Measure, member: str, period: str) -> int:
        """One value."""
        return self._values.get((measure.value, member, period), 0)

    def members(self) -> set[str]:
        """Every member that was counted in one of the periods."""
        return {member for _, member, _ in self._values}


@dataclass(frozen=True, slots=True)
class OfficeRow:
    """An office and where it is."""

    office_id: str
    name: str
    departement: str


@dataclass(frozen=True, slots=True)
class TerminalRow:
    """A terminal, its office, and when it was last heard of (None: never)."""

    terminal_id: str
    office_name: str
    last_seen_ms: int | None


def read_counts(
    connection: Connection,
    dimension: Dimension,
    measures: Iterable[Measure],
    periods: Iterable[str],
    members: Sequence[str] | None = None,
) -> Counts:
    """Measures along one dimension over some periods, shards added up; ``members`` None is all of them."""
    query = (
        select(counters.c.measure, counters.c.member, counters.c.period, func.sum(counters.c.value).label("value"))
        .where(
            counters.c.dimension == dimension.value,
            counters.c.period.in_(list(periods)),
            counters.c.measure.in_([measure.value for measure in measures]),
        )
        .group_by(counters.c.measure, counters.c.member, counters.c.period)
    )
    if members is not None:
        query = query.where(counters.c.member.in_(members))
    rows = connection.execute(query)
    return Counts({(row.measure, row.member, row.period): int(row.value) for row in rows})


def read_scope(
    connection: Connection, region: str | None, measures: Iterable[Measure], periods: Iterable[str]
) -> tuple[Counts, str]:
    """The counts of everything one may see, and the member they stand under."""
    if region is None:
        return read_counts(connection, Dimension.TOTAL, measures, periods, [""]), ""
    return read_counts(connection, Dimension.REGION, measures, periods, [region]), region


def read_channels(
    connection: Connection, region: str | None, measure: Measure, periods: Sequence[str]
) -> dict[tuple[str, str], int]:
    """(channel, period) → value for the channels we know; a word we do not know is in the total only."""
    words = [channel.value for channel in Channel]
    if region is None:
        counted = read_counts(connection, Dimension.CHANNEL, [measure], periods, words)
        return {(word, period): counted.of(measure, word, period) for word in words for period in periods}
    members = {word: f"{region}/{word}" for word in words}
    counted = read_counts(connection, Dimension.REGION_CHANNEL, [measure], periods, list(members.values()))
    return {(word, period): counted.of(measure, members[word], period) for word in words for period in periods}


def read_offices(connection: Connection, region: str | None) -> Sequence[OfficeRow]:
    """Offices one may see, by name; one more than the page shows, so that it can say that there are more."""
    query = select(offices.c.office_id, offices.c.name, offices.c.departement).order_by(
        offices.c.name, offices.c.office_id
    )
    if region is not None:
        query = query.where(offices.c.region == region)
    return [OfficeRow(*row) for row in connection.execute(query.limit(LONGEST_LIST + 1))]


def read_terminals(connection: Connection, region: str | None) -> Sequence[TerminalRow]:
    """Terminals one may see but the revoked, the longest silent first; one more than the page shows."""
    query = (
        select(devices.c.terminal_id, offices.c.name, devices.c.last_seen_ms)
        .join(offices, offices.c.office_id == devices.c.office_id)
        .where(devices.c.state != DeviceState.REVOKED.value)
        .order_by(func.coalesce(devices.c.last_seen_ms, 0), devices.c.terminal_id)
    )
    if region is not None:
        query = query.where(offices.c.region == region)
    return [TerminalRow(*row) for row in connection.execute(query.limit(LONGEST_LIST + 1))]
