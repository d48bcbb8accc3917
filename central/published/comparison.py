"""Where published figures cannot all be true: both are shown, neither is averaged, none is left out. Pure."""

from __future__ import annotations

import enum
from collections.abc import Iterator, Sequence
from dataclasses import dataclass
from itertools import combinations, permutations

from central.published.figures import Figure, PublishedMeasure, first_day, last_day


class Disagreement(enum.Enum):
    """Why."""

    SAME_DATE = "same_date"  # two numbers for one thing
    DECREASE = "decrease"  # a total that is lower later
    FLOW = "flow"  # fewer openings in a span than the total grew in it


@dataclass(frozen=True, slots=True)
class Contradiction:
    """Figures that cannot all be true, the doubted kind first."""

    why: Disagreement
    figures: tuple[Figure, ...]


def contradictions(figures: Sequence[Figure]) -> tuple[Contradiction, ...]:
    """What disagrees beyond what the sources' own words leave open ("about", "over", 10.1 million)."""
    return (*_same_date(figures), *_decreases(figures), *_flows(figures))


def _same_date(figures: Sequence[Figure]) -> Iterator[Contradiction]:
    for one, other in combinations(figures, 2):
        same = (one.since, one.until) == (other.since, other.until) and _subject(one) == _subject(other)
        if same and (_is_below(one, other) or _is_below(other, one)):
            yield Contradiction(Disagreement.SAME_DATE, (one, other))


def _decreases(figures: Sequence[Figure]) -> Iterator[Contradiction]:
    totals = [figure for figure in figures if figure.measure is PublishedMeasure.DOSSIERS]
    for earlier, later in permutations(totals, 2):
        is_later = earlier.days[1] < later.days[0] and _subject(earlier) == _subject(later)
        if is_later and _is_below(later, earlier):
            yield Contradiction(Disagreement.DECREASE, (earlier, later))


def _flows(figures: Sequence[Figure]) -> Iterator[Contradiction]:
    totals = [figure for figure in figures if figure.measure is PublishedMeasure.DOSSIERS]
    for flow in figures:
        if flow.measure is not PublishedMeasure.OPENED or not flow.since or flow.highest_possible is None:
            continue
        first, last = first_day(flow.since), last_day(flow.until)
        within = [one for one in totals if first <= one.days[0] and one.days[1] <= last and _place(one) == _place(flow)]
        for before, after in permutations(within, 2):
            if before.days[1] >= after.days[0] or before.highest_possible is None:
                continue
            if after.lowest_possible - before.highest_possible > flow.highest_possible:
                yield Contradiction(Disagreement.FLOW, (flow, before, after))


def _is_below(one: Figure, other: Figure) -> bool:
    return one.highest_possible is not None and one.highest_possible < other.lowest_possible


def _place(figure: Figure) -> tuple[str, str]:
    return figure.channel, figure.region


def _subject(figure: Figure) -> tuple[PublishedMeasure, str, str]:
    return figure.measure, figure.channel, figure.region
