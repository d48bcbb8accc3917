"""Indicator 2.8.4: dossiers opened, by channel, on the way to 40 million. Shares are kept as published. Pure.

The channels are those of dmp.md §12: desks (with their terminals), pharmacies, the web, professionals, the automatic
opening. What the published shares leave (2 % in June 2021) belongs to nobody: it has its own line and is never spread.
"""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import dataclass

from central.published.figures import TARGET, WHOLE_SHARE, Figure, PublishedMeasure
from wire.records import Channel


@dataclass(frozen=True, slots=True)
class ChannelPart:
    """A channel: its published share (None for the rest, which is computed), and the dossiers that makes."""

    channel: str
    share: int  # hundredths of a percent
    dossiers: int
    figure: Figure | None


@dataclass(frozen=True, slots=True)
class Split:
    """A total of one date with the channels' shares of that date, biggest first, and the rest last."""

    total: Figure
    parts: tuple[ChannelPart, ...]

    @property
    def of_target(self) -> int:
        """Hundredths of a percent of 40 million."""
        return share_of(self.total.value, TARGET)


def share_of(part: int, whole: int) -> int:
    """Hundredths of a percent, rounded to the nearest; of nothing, nothing."""
    return (2 * part * WHOLE_SHARE + whole) // (2 * whole) if whole else 0


def latest_split(figures: Sequence[Figure]) -> Split | None:
    """The latest total of France for whose date, by the same source, shares were published."""
    totals = [
        figure
        for figure in figures
        if figure.measure is PublishedMeasure.DOSSIERS and not figure.channel and not figure.region
    ]
    for total in sorted(totals, key=lambda one: (one.days[1], one.source), reverse=True):
        shares = [
            figure
            for figure in figures
            if figure.measure is PublishedMeasure.SHARE
            and (figure.until, figure.source, figure.region) == (total.until, total.source, "")
        ]
        if len(shares) > 1:  # one channel alone is no split
            return Split(total, _parts(total.value, shares))
    return None


def _parts(total: int, shares: Sequence[Figure]) -> tuple[ChannelPart, ...]:
    named = sorted(shares, key=lambda figure: (-figure.value, figure.channel))
    parts = [ChannelPart(one.channel, one.value, _dossiers(total, one.value), one) for one in named]
    left = WHOLE_SHARE - sum(one.value for one in named)
    rest = total - sum(part.dossiers for part in parts)
    return (*parts, ChannelPart(Channel.UNKNOWN.value, left, rest, None))


def _dossiers(total: int, share: int) -> int:
    return (2 * total * share + WHOLE_SHARE) // (2 * WHOLE_SHARE)
