"""Indicator 2.8.4 as lines of a page: the split with its rest, each figure with its source, what disagrees. Pure."""

from __future__ import annotations

from collections.abc import Mapping, Sequence
from dataclasses import dataclass

from central.dashboards.wording import number
from central.devices.regions import region_name
from central.published.comparison import contradictions
from central.published.figures import PERCENT, TARGET, Figure
from central.published.indicator import Split, latest_split
from central.published.service import Source
from central.published.wording import (
    CHANNEL_WORDS,
    DISAGREEMENT_WORDS,
    MEASURE_WORDS,
    date_words,
    percent_words,
    span_words,
    value_words,
)


@dataclass(frozen=True, slots=True)
class PartLine:
    """A channel of the split; ``share`` is 0 to 100 for the bar."""

    label: str
    share_text: str
    share: float
    dossiers: str
    is_rest: bool


@dataclass(frozen=True, slots=True)
class SplitPage:
    """The latest total with its shares."""

    total: str
    on: str
    source: str
    target: str
    of_target: str
    parts: tuple[PartLine, ...]


@dataclass(frozen=True, slots=True)
class FigureLine:
    """A figure with where it comes from."""

    when: str
    what: str
    where: str
    value: str
    source: str
    published: str
    note: str
    is_doubted: bool


@dataclass(frozen=True, slots=True)
class DisagreementLine:
    """What disagrees, and who says what."""

    why: str
    sayings: tuple[str, ...]


@dataclass(frozen=True, slots=True)
class IndicatorPage:
    """Everything the template writes; no split where no series was imported."""

    split: SplitPage | None
    figures: tuple[FigureLine, ...]
    disagreements: tuple[DisagreementLine, ...]


def present(figures: Sequence[Figure], sources: Mapping[str, Source]) -> IndicatorPage:
    """Put the figures into words: latest first, and where they contradict each other, each said with its source."""
    split, disagreeing = latest_split(figures), contradictions(figures)
    doubted = {figure for one in disagreeing for figure in one.figures}
    return IndicatorPage(
        split=None if split is None else _split(split, sources),
        figures=tuple(
            _figure(figure, sources[figure.source], is_doubted=figure in doubted)
            for figure in sorted(figures, key=lambda one: (one.days[1], one.days[0]), reverse=True)
        ),
        disagreements=tuple(
            DisagreementLine(
                DISAGREEMENT_WORDS[one.why], tuple(_saying(figure, sources[figure.source]) for figure in one.figures)
            )
            for one in disagreeing
        ),
    )


def _split(split: Split, sources: Mapping[str, Source]) -> SplitPage:
    parts = tuple(
        PartLine(
            label=CHANNEL_WORDS.get(part.channel, part.channel),
            share_text=percent_words(part.share),
            share=part.share / PERCENT,
            dossiers=number(part.dossiers),
            is_rest=part.figure is None,
        )
        for part in split.parts
    )
    return SplitPage(
        total=value_words(split.total),
        on=date_words(split.total.until),
        source=sources[split.total.source].name,
        target=number(TARGET),
        of_target=percent_words(split.of_target),
        parts=parts,
    )


def _figure(figure: Figure, source: Source, *, is_doubted: bool) -> FigureLine:
    channel = CHANNEL_WORDS.get(figure.channel, figure.channel) if figure.channel else ""
    return FigureLine(
        when=span_words(figure),
        what=f"{MEASURE_WORDS[figure.measure]}, {channel}" if channel else MEASURE_WORDS[figure.measure],
        where=region_name(figure.region or None),
        value=value_words(figure),
        source=source.name,
        published=date_words(source.published_on) if source.published_on else "date non connue",
        note=figure.note,
        is_doubted=is_doubted,
    )


def _saying(figure: Figure, source: Source) -> str:
    line = _figure(figure, source, is_doubted=True)
    note = f" ({line.note})" if line.note else ""
    return f"{line.source} : {line.value}, {line.when}{note}"
