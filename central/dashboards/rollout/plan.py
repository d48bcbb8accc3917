"""The plan of the roll-out, read from ``plan.json``: pilots, the national opening, local targets.

Pure but for the read.

A date is a day or, where no day was published, a month; it is shown as exact as it is known. What has no source stands
under none: a line either names where it was published or says that it was made up for a demonstration.
"""

from __future__ import annotations

import functools
from dataclasses import dataclass
from datetime import date
from importlib import resources

import msgspec

from central.dashboards.wording import date_name, month_name
from central.devices.departements import DEPARTEMENTS
from central.errors import SetupError
from wire.decoders import json_decoder

INVENTED = "demonstration"
"""The source of what nobody published."""

_MONTH_LENGTH = 7


class Dated(msgspec.Struct, frozen=True, kw_only=True, forbid_unknown_fields=True, rename={"since": "from"}):
    """From when something holds (``2016-12`` or ``2018-11-06``), and by which source."""

    since: str
    source: str

    @property
    def first_day(self) -> date:
        """The first day it can hold."""
        return date.fromisoformat(self.since if len(self.since) > _MONTH_LENGTH else f"{self.since}-01")

    @property
    def since_name(self) -> str:
        """As a page says it: décembre 2016, 6 novembre 2018."""
        return date_name(self.first_day) if len(self.since) > _MONTH_LENGTH else month_name(self.first_day)


class Pilot(Dated, frozen=True, kw_only=True, forbid_unknown_fields=True, rename={"since": "from"}):
    """A département that began before the country did."""

    departement: str


class Target(Dated, frozen=True, kw_only=True, forbid_unknown_fields=True, rename={"since": "from"}):
    """How many dossiers a département wants in all."""

    departement: str
    value: int


class _PlanFile(msgspec.Struct, frozen=True, kw_only=True, forbid_unknown_fields=True):
    about: str
    sources: dict[str, str]
    national_opening: Dated
    pilots: tuple[Pilot, ...]
    targets: tuple[Target, ...]


@dataclass(frozen=True, slots=True)
class Plan:
    """Pilots, national opening, targets; ``sources`` names in full what each of them cites."""

    sources: dict[str, str]
    national_opening: Dated
    pilots: tuple[Pilot, ...]
    targets: tuple[Target, ...]

    def opening_of(self, departement: str) -> Dated:
        """When a département began: as a pilot, or with the country."""
        return next((pilot for pilot in self.pilots if pilot.departement == departement), self.national_opening)

    def is_pilot(self, departement: str) -> bool:
        """Whether it began before the country."""
        return any(pilot.departement == departement for pilot in self.pilots)

    def target_of(self, departement: str, today: date) -> Target | None:
        """The target in force on a day: the latest one that had begun."""
        begun = [one for one in self.targets if one.departement == departement and one.first_day <= today]
        return max(begun, key=lambda target: target.first_day, default=None)

    def source_of(self, dated: Dated) -> str:
        """The source in full."""
        return self.sources[dated.source]


def read_plan(data: bytes) -> Plan:
    """Read a plan.

    Raises:
        SetupError: ``rollout``: malformed; or a département, a source, a date or a target that is none.
    """
    try:
        file = json_decoder(_PlanFile).decode(data)
        local: tuple[Pilot | Target, ...] = (*file.pilots, *file.targets)
        is_whole = (
            all(line.source in file.sources and line.first_day for line in (file.national_opening, *local))
            and all(line.departement in DEPARTEMENTS for line in local)
            and all(target.value > 0 for target in file.targets)
        )
    except (msgspec.DecodeError, ValueError) as error:
        raise SetupError("the plan of the roll-out cannot be read", code="rollout") from error
    if not is_whole:
        raise SetupError(
            "the plan of the roll-out names a département, a source or a target that is none", code="rollout"
        )
    return Plan(file.sources, file.national_opening, file.pilots, file.targets)


@functools.cache
def load_plan() -> Plan:
    """The plan shipped with the program."""
    return read_plan(resources.files(__package__).joinpath("plan.json").read_bytes())
