"""The roll-out by département as the page says it: begun when, equipped how, how far to the local target. Pure."""

from __future__ import annotations

from collections.abc import Mapping
from dataclasses import dataclass
from datetime import date

from central.dashboards.areas import Area
from central.dashboards.rollout.plan import INVENTED, Plan
from central.dashboards.rollout.queries import Equipment
from central.dashboards.wording import date_name, number, share
from central.devices.departements import departement_name


@dataclass(frozen=True, slots=True)
class RolloutLine:
    """A département; ``begun`` is False where its opening still lies ahead."""

    code: str
    name: str
    phase: str
    since: str
    source: str
    invented: bool
    begun: bool
    offices: str
    terminals: str
    opened: str
    target: str
    reached: str
    share: float


@dataclass(frozen=True, slots=True, kw_only=True)
class RolloutPage:
    """The list, those that began first on top, and what it adds up to."""

    area: Area
    as_of: str
    lines: tuple[RolloutLine, ...]
    pilots: int
    equipped: int
    with_target: int


def present_rollout(
    area: Area, plan: Plan, equipment: Mapping[str, Equipment], opened: Mapping[str, int], today: date
) -> RolloutPage:
    """Put plan and counts side by side; a target counts from its date on."""
    codes = sorted(area.departements, key=lambda code: (plan.opening_of(code).first_day, _order(code)))
    lines = tuple(_line(code, plan, equipment.get(code, Equipment()), opened.get(code, 0), today) for code in codes)
    return RolloutPage(
        area=area,
        as_of=date_name(today),
        lines=lines,
        pilots=sum(plan.is_pilot(code) for code in codes),
        equipped=sum(equipment.get(code, Equipment()).terminals > 0 for code in codes),
        with_target=sum(plan.target_of(code, today) is not None for code in codes),
    )


def _order(code: str) -> str:
    """Corsica where 20 would be, overseas at the end."""
    return code.replace("A", ".1").replace("B", ".2") if code.startswith("2") and not code.isdigit() else code.ljust(3)


def _line(code: str, plan: Plan, equipment: Equipment, opened: int, today: date) -> RolloutLine:
    opening, target = plan.opening_of(code), plan.target_of(code, today)
    return RolloutLine(
        code=code,
        name=departement_name(code),
        phase="Pilote" if plan.is_pilot(code) else "Généralisation",
        since=opening.since_name,
        source=plan.source_of(opening),
        invented=INVENTED in {opening.source, "" if target is None else target.source},
        begun=opening.first_day <= today,
        offices=number(equipment.offices),
        terminals=number(equipment.terminals),
        opened=number(opened),
        target="–" if target is None else number(target.value),  # noqa: RUF001 - French dash
        reached="–" if target is None else share(opened, target.value),  # noqa: RUF001 - French dash
        share=0.0 if target is None else round(min(100.0, 100 * opened / target.value), 2),
    )
