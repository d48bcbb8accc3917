"""The target as the page says it: how far it is, and when it would be reached at the pace of late. Pure."""

from __future__ import annotations

from dataclasses import dataclass
from datetime import date

from central.dashboards.projection import LEAST_WEEKS, Projection, project
from central.dashboards.series import Point
from central.dashboards.wording import month_name, number, share


@dataclass(frozen=True, slots=True)
class Goal:
    """A target, whose it is, and what was opened towards it."""

    label: str
    basis: str  # where the target comes from
    target: int
    total: int


@dataclass(frozen=True, slots=True)
class GoalLine:
    """What the page writes; ``share`` is 0 to 100 for the bar, ``method`` says how ``outlook`` was reckoned."""

    label: str
    basis: str
    target: str
    reached: str
    share: float
    left: str
    outlook: str
    method: str


def goal_line(goal: Goal, weeks: tuple[Point, ...], today: date) -> GoalLine:
    """Put a goal into words; ``weeks`` are whole weeks, the latest first."""
    projection = project(goal.total, goal.target, [week.opened for week in weeks], today)
    return GoalLine(
        label=goal.label,
        basis=goal.basis,
        target=number(goal.target),
        reached=share(goal.total, goal.target),
        share=round(min(100.0, 100 * goal.total / goal.target), 2),
        left=number(max(0, goal.target - goal.total)),
        outlook=_outlook(goal, projection),
        method=_method(projection),
    )


def _outlook(goal: Goal, projection: Projection | None) -> str:
    if goal.total >= goal.target:
        return "Objectif atteint."
    if projection is None:
        return f"Pas encore d’échéance : il faut au moins {LEAST_WEEKS} semaines entières d’ouvertures."  # noqa: RUF001
    if projection.earliest is None:
        return "À ce rythme, pas d’échéance avant un demi-siècle."  # noqa: RUF001 - French
    earliest = month_name(projection.earliest)
    if projection.latest is None:
        return f"Au plus tôt en {earliest} ; au rythme lent, pas avant un demi-siècle."
    latest = month_name(projection.latest)
    return f"Vers {earliest}." if earliest == latest else f"Entre {earliest} et {latest}."


def _method(projection: Projection | None) -> str:
    if projection is None:
        return ""
    pace = projection.pace
    return (
        f"Prolongement en ligne droite des {pace.weeks} dernières semaines entières : entre {number(pace.slow)} "
        f"(premier quartile) et {number(pace.fast)} (troisième quartile) ouvertures par semaine. Ni saison, ni modèle."
    )
