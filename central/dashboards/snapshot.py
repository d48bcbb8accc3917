"""Everything one page needs, read in one transaction: counters and registry, a few hundred rows at most."""

from __future__ import annotations

from collections.abc import Mapping, Sequence
from dataclasses import dataclass
from datetime import datetime

from sqlalchemy import Connection

from central.counters.models import Dimension, Measure
from central.dashboards.areas import Area
from central.dashboards.periods import Counted, Periods, Span, day_of
from central.dashboards.projection import WEEKS
from central.dashboards.queries import (
    LONGEST_LIST,
    OfficeRow,
    read_by_terminals,
    read_counted,
    read_offices,
)
from central.dashboards.series import Grain, Point, buckets, read_series
from central.dashboards.settings import DashboardSettings
from central.dashboards.watch import Watch, read_watch
from central.dashboards.wording import CHANNEL_NAMES, SUB_CHANNEL_NAMES
from central.devices.regions import REGIONS
from wire.identifiers import milliseconds

_OPENED = Measure.DOSSIERS_OPENED


@dataclass(frozen=True, slots=True)
class View:
    """What somebody chose to look at: the period of shares and map, the grain of the drawing, the sheet of offices."""

    span: Span = Span.ALL
    grain: Grain = Grain.DAY
    sheet: int = 1


@dataclass(frozen=True, slots=True, kw_only=True)
class Snapshot:
    """What was read. ``regions`` of the whole country only, ``offices`` of a département only."""

    area: Area
    whole: Mapping[Measure, Counted]
    channels: Mapping[str, Counted]
    sub_channels: Mapping[str, Counted]
    regions: Mapping[str, Counted]
    departements: Mapping[str, Counted]
    offices: Sequence[tuple[OfficeRow, Counted]]
    has_more_offices: bool
    points: tuple[Point, ...]
    weeks: tuple[Point, ...]  # whole ones, the latest first
    watch: Watch | None  # what waits is known by region, not by département


def read_snapshot(
    connection: Connection, area: Area, view: View, settings: DashboardSettings, *, now: datetime
) -> Snapshot:
    """Read it all."""
    periods, today = Periods.at(now), day_of(now)
    dimension, member = area.counted_as
    whole = read_counted(connection, dimension, Measure, [member], periods)
    channels, sub_channels = _channels(connection, area, periods)
    offices = read_offices(connection, area, view.sheet) if area.departement is not None else []
    by_office = _openings(connection, Dimension.OFFICE, [office.office_id for office in offices], periods)
    silent_before = milliseconds(now - settings.silent_after)
    return Snapshot(
        area=area,
        whole={measure: whole.of(measure, member) for measure in Measure},
        channels=channels,
        sub_channels=sub_channels,
        regions=_openings(connection, Dimension.REGION, list(REGIONS), periods) if area.region is None else {},
        departements=_openings(connection, Dimension.DEPARTEMENT, area.departements, periods),
        offices=[(office, by_office[office.office_id]) for office in offices[:LONGEST_LIST]],
        has_more_offices=len(offices) > LONGEST_LIST,
        points=read_series(connection, area.counted_as, buckets(view.grain, today)),
        weeks=_whole_weeks(connection, area, now),
        watch=None if area.departement else read_watch(connection, area.region, silent_before_ms=silent_before),
    )


def _openings(
    connection: Connection, dimension: Dimension, members: Sequence[str], periods: Periods
) -> dict[str, Counted]:
    if not members:
        return {}
    table = read_counted(connection, dimension, [_OPENED], members, periods)
    return {member: table.of(_OPENED, member) for member in members}


def _channels(
    connection: Connection, area: Area, periods: Periods
) -> tuple[Mapping[str, Counted], Mapping[str, Counted]]:
    """By channel, and by sub-channel, from the counters where they have a line for it, else from the terminals'."""
    words = [channel.value for channel in CHANNEL_NAMES]
    finer = [word for names in SUB_CHANNEL_NAMES.values() for word in names]
    if area.region is None:
        return (
            _openings(connection, Dimension.CHANNEL, words, periods),
            _openings(connection, Dimension.SUB_CHANNEL, finer, periods),
        )
    by_terminals = read_by_terminals(connection, area, periods)
    sub_channels = {word: counted for (_, word), counted in by_terminals.items()}
    if area.departement is not None:
        return {word: _sum(by_terminals, word) for word in words}, sub_channels
    members = {word: f"{area.region}/{word}" for word in words}
    counted = _openings(connection, Dimension.REGION_CHANNEL, list(members.values()), periods)
    return {word: counted[member] for word, member in members.items()}, sub_channels


def _sum(by_terminals: Mapping[tuple[str, str], Counted], channel: str) -> Counted:
    parts = [counted.four for (word, _), counted in by_terminals.items() if word == channel]
    return Counted(*(sum(values) for values in zip(*parts, strict=True))) if parts else Counted()


def _whole_weeks(connection: Connection, area: Area, now: datetime) -> tuple[Point, ...]:
    """The latest first; this week, still under way, is not among them."""
    columns = buckets(Grain.WEEK, day_of(now))[-(WEEKS + 1) : -1]
    return tuple(reversed(read_series(connection, area.counted_as, columns)))
