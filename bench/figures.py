"""A measured figure, what was wanted of it, and what is inside it; and the table that shows them."""

from __future__ import annotations

import statistics
from collections.abc import Iterable, Sequence
from dataclasses import dataclass


@dataclass(frozen=True, slots=True)
class Figure:
    """One line of the table. ``most`` or ``least`` is the bound that was wanted; both None: for information."""

    name: str
    value: float
    unit: str
    inside: str
    most: float | None = None
    least: float | None = None

    @property
    def met(self) -> bool | None:
        """Whether the bound holds; None where there is none."""
        if self.most is not None:
            return self.value <= self.most
        if self.least is not None:
            return self.value >= self.least
        return None

    @property
    def wanted(self) -> str:
        """The bound in words."""
        if self.most is not None:
            return f"≤ {self.most:g}"
        return f"≥ {self.least:g}" if self.least is not None else ""


def percentile(values: Sequence[float], percent: int) -> float:
    """The percentile of measured values, by linear interpolation; 50 is the median."""
    return statistics.quantiles(values, n=100, method="inclusive")[percent - 1]


def table(figures: Iterable[Figure]) -> str:
    """The figures as text, a line each and what is inside below it."""
    verdict = {True: "reached", False: "NOT reached", None: ""}
    lines = []
    for figure in figures:
        lines.append(
            f"{figure.name:<58} {figure.value:>10.3g} {figure.unit:<10} {figure.wanted:<9} {verdict[figure.met]}"
        )
        lines.append(f"    {figure.inside}")
    return "\n".join(lines)
