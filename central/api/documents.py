"""The answers as JSON: structures that are written and from which OpenAPI's schemas are made. Pure.

Evolution: fields are only added; readers must pass over what they do not know. A change of meaning is ``/api/v2``.
"""

from __future__ import annotations

from collections.abc import Mapping, Sequence
from datetime import datetime
from typing import Annotated, Literal

import msgspec

from central.devices.regions import region_name
from central.published.comparison import Contradiction
from central.published.figures import PERCENT, TARGET, Figure
from central.published.indicator import Split, share_of
from central.published.service import Source
from central.tables.periods import Period
from central.tables.shape import MONEY, Line, Number, Reader, Table, share
from central.tables.silent import SilentRow
from wire.identifiers import moment

Share = Annotated[
    float, msgspec.Meta(description="A part of the whole, 0.28; never rescaled to make them add up to 1.")
]
Percent = Annotated[float, msgspec.Meta(description="Percent with at most two decimals, as published.")]
Day = Annotated[str, msgspec.Meta(description="2026-11-22, by the calendar of Paris.")]


class Problem(msgspec.Struct, frozen=True):
    """Why there is no answer: a stable code, and a sentence for people."""

    code: str
    message: str


class Scope(msgspec.Struct, frozen=True):
    """Whose numbers these are, and for whom."""

    region: str | None
    name: str
    audience: Literal["inside", "outside"]
    small_cell: Annotated[
        int | None,
        msgspec.Meta(description="Outside: numbers below it are hidden, with others that would give them away."),
    ]


class Span(msgspec.Struct, frozen=True):
    """A period; all time has no days."""

    name: str
    first: Day | None
    last: Day | None


class Count(msgspec.Struct, frozen=True):
    """A number; null where it is hidden, `at_least` where something hidden is missing from it."""

    value: int | None
    precision: Literal["exact", "at_least", "hidden"]
    share: Share | None


class CountLine(msgspec.Struct, frozen=True):
    """A line: code, words, and one number for each period of the answer."""

    code: str
    label: str
    counts: list[Count]


class Counts(msgspec.Struct, frozen=True):
    """A table: lines, what none of them accounts for, and the total. `next` is null at the end of a long list."""

    as_of: datetime
    scope: Scope
    measure: str
    unit: Literal["count", "cents"]
    by: str
    periods: list[Span]
    lines: list[CountLine]
    unattributed: CountLine
    total: CountLine
    next: str | None


class SilentPoint(msgspec.Struct, frozen=True):
    """A terminal in service that has not been heard of for days; `last_seen` is null when it never was."""

    terminal: str
    office: str
    office_name: str
    departement: str
    last_seen: datetime | None


class SilentPoints(msgspec.Struct, frozen=True):
    """Terminals that should have been heard of, by name."""

    as_of: datetime
    silent_after_days: int
    points: list[SilentPoint]
    next: str | None


class PublishedFigure(msgspec.Struct, frozen=True):
    """A published figure as its source says it. Shares are percent."""

    measure: str
    since: str | None
    until: str
    channel: str | None
    region: str | None
    value: int | Percent
    highest: int | Percent | None
    precision: str
    source: str
    source_name: str
    published_on: str | None
    note: str | None


class ChannelShare(msgspec.Struct, frozen=True):
    """A channel's part of the published total; `unknown` is what the published shares leave."""

    channel: str
    percent: Percent
    dossiers: int
    is_computed: bool


class PublishedSplit(msgspec.Struct, frozen=True):
    """The latest published total with its shares, and its way to the target."""

    total: PublishedFigure
    channels: list[ChannelShare]
    target: int
    percent_of_target: Percent


class Disagreeing(msgspec.Struct, frozen=True):
    """Figures that cannot all be true; all are shown, none is averaged."""

    why: str
    figures: list[PublishedFigure]


class Indicator(msgspec.Struct, frozen=True):
    """Indicator 2.8.4 from published series; our own counts are at `/api/v1/counts`."""

    as_of: datetime
    split: PublishedSplit | None
    figures: list[PublishedFigure]
    disagreements: list[Disagreeing]


def counts_document(table: Table, reader: Reader, now: datetime) -> Counts:
    """A table as JSON says it."""
    question = table.question
    audience: Literal["inside", "outside"] = "outside" if reader.is_outside else "inside"
    return Counts(
        as_of=now,
        scope=Scope(table.region, region_name(table.region), audience, table.small_cell),
        measure=question.measure.value,
        unit="cents" if question.measure in MONEY else "count",
        by=question.by.value,
        periods=[_span(period) for period in question.periods],
        lines=[_line(line, table.total) for line in table.lines],
        unattributed=_line(table.rest, table.total),
        total=_line(table.total, table.total),
        next=table.onward,
    )


def silent_document(rows: Sequence[SilentRow], onward: str | None, *, days: int, now: datetime) -> SilentPoints:
    """Silent terminals as JSON says them."""
    points = [
        SilentPoint(
            terminal=row.terminal_id,
            office=row.office_id,
            office_name=row.office_name,
            departement=row.departement,
            last_seen=None if row.last_seen_ms is None else moment(row.last_seen_ms),
        )
        for row in rows
    ]
    return SilentPoints(now, days, points, onward)


def indicator_document(
    figures: Sequence[Figure],
    sources: Mapping[str, Source],
    split: Split | None,
    disagreeing: Sequence[Contradiction],
    *,
    now: datetime,
) -> Indicator:
    """The indicator as JSON says it."""
    return Indicator(
        as_of=now,
        split=None if split is None else _split(split, sources),
        figures=[_figure(figure, sources) for figure in figures],
        disagreements=[
            Disagreeing(one.why.value, [_figure(figure, sources) for figure in one.figures]) for one in disagreeing
        ],
    )


def _span(period: Period) -> Span:
    days = [None if day is None else day.isoformat() for day in (period.first, period.last)]
    return Span(period.name, *days)


def _line(line: Line, total: Line) -> CountLine:
    pairs = zip(line.numbers, total.numbers, strict=True)
    return CountLine(line.code, line.label, [_count(number, whole) for number, whole in pairs])


def _count(number: Number, whole: Number) -> Count:
    if number.value is None:
        return Count(None, "hidden", None)
    return Count(number.value, "at_least" if number.is_least else "exact", share(number, whole))


def _figure(figure: Figure, sources: Mapping[str, Source]) -> PublishedFigure:
    is_share = figure.measure.is_share
    source = sources[figure.source]
    return PublishedFigure(
        measure=figure.measure.value,
        since=figure.since or None,
        until=figure.until,
        channel=figure.channel or None,
        region=figure.region or None,
        value=figure.value / PERCENT if is_share else figure.value,
        highest=figure.highest,
        precision=figure.precision.value,
        source=figure.source,
        source_name=source.name,
        published_on=source.published_on or None,
        note=figure.note or None,
    )


def _split(split: Split, sources: Mapping[str, Source]) -> PublishedSplit:
    return PublishedSplit(
        total=_figure(split.total, sources),
        channels=[
            ChannelShare(part.channel, part.share / PERCENT, part.dossiers, part.figure is None) for part in split.parts
        ],
        target=TARGET,
        percent_of_target=share_of(split.total.value, TARGET) / PERCENT,
    )
