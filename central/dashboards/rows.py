"""Lines of a table of counts: four periods, and the share of one of them. Pure.

What no known channel accounts for stands in its own line and is never spread over the others (dmp.md §12: 2 % of June
2021 belong to nobody).
"""

from __future__ import annotations

from collections.abc import Mapping
from dataclasses import dataclass, field

from central.dashboards.periods import NOTHING, Counted, Span
from central.dashboards.wording import (
    CHANNEL_NAMES,
    SUB_CHANNEL_NAMES,
    UNATTRIBUTED,
    UNSPECIFIED,
    number,
    share,
)


@dataclass(frozen=True, slots=True, kw_only=True)
class CountedRow:
    """A line with its counts and its share (0 to 100 for the bar).

    ``area`` or ``office_id``: the page the label leads to; neither: it leads nowhere. ``finer``: a part of the line
    above it.
    """

    label: str
    detail: str
    counted: Counted
    share: float
    share_text: str
    area: Mapping[str, str] = field(default_factory=dict)
    office_id: str | None = None
    finer: bool = False

    @property
    def cells(self) -> tuple[str, str, str, str]:
        """Today, this week, this month, since the launch, as written."""
        today, week, month, total = (number(value) for value in self.counted.four)
        return today, week, month, total

    @property
    def muted(self) -> bool:
        """Nothing was ever counted here."""
        return self.counted == NOTHING


@dataclass(frozen=True, slots=True)
class Shares:
    """Of what the shares of a table are: one period of the whole."""

    span: Span
    whole: Counted

    def row(
        self,
        label: tuple[str, str],
        counted: Counted,
        *,
        area: Mapping[str, str] | None = None,
        office_id: str | None = None,
        finer: bool = False,
    ) -> CountedRow:
        """A line with its share."""
        part, whole = counted.of(self.span), self.whole.of(self.span)
        return CountedRow(
            label=label[0],
            detail=label[1],
            counted=counted,
            share=round(100 * part / whole, 2) if whole > 0 else 0.0,
            share_text=share(part, whole),
            area=area or {},
            office_id=office_id,
            finer=finer,
        )


def channel_rows(
    shares: Shares, channels: Mapping[str, Counted], sub_channels: Mapping[str, Counted]
) -> tuple[CountedRow, ...]:
    """The known channels, each with its sub-channels, and what none of them accounts for."""
    rows: list[CountedRow] = []
    for channel, label in CHANNEL_NAMES.items():
        counted = channels.get(channel.value, NOTHING)
        names = SUB_CHANNEL_NAMES.get(channel, {})
        rows.append(shares.row(label, counted))
        rows += _finer_rows(shares, counted, {name: sub_channels.get(word, NOTHING) for word, name in names.items()})
    known = [channels.get(channel.value, NOTHING) for channel in CHANNEL_NAMES]
    return (*rows, shares.row(UNATTRIBUTED, shares.whole.without(known)))


def _finer_rows(shares: Shares, counted: Counted, parts: Mapping[str, Counted]) -> list[CountedRow]:
    if not parts:
        return []
    rest = counted.without(list(parts.values()))
    rows = [shares.row((name, ""), part, finer=True) for name, part in parts.items()]
    return rows if rest == NOTHING else [*rows, shares.row((UNSPECIFIED, ""), rest, finer=True)]
