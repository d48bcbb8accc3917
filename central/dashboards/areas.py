"""The part of the country a page is about: all of it, a region, or a département. Pure."""

from __future__ import annotations

from dataclasses import dataclass

from central.counters.models import Dimension
from central.devices.departements import DEPARTEMENTS, departement_name, departements_of
from central.devices.regions import REGIONS, region_name


@dataclass(frozen=True, slots=True)
class Area:
    """Neither code: the whole country. A département always comes with its region."""

    region: str | None = None
    departement: str | None = None

    @property
    def name(self) -> str:
        """As a page says it."""
        if self.departement is not None:
            return f"{departement_name(self.departement)} ({self.departement})"
        return region_name(self.region)

    @property
    def counted_as(self) -> tuple[Dimension, str]:
        """Where its counts stand: dimension and member."""
        if self.departement is not None:
            return Dimension.DEPARTEMENT, self.departement
        return (Dimension.TOTAL, "") if self.region is None else (Dimension.REGION, self.region)

    @property
    def departements(self) -> tuple[str, ...]:
        """The codes of the départements in it."""
        if self.departement is not None:
            return (self.departement,)
        return tuple(DEPARTEMENTS) if self.region is None else departements_of(self.region)

    @property
    def asked(self) -> dict[str, str]:
        """What an address says to name it."""
        if self.departement is not None:
            return {"departement": self.departement}
        return {} if self.region is None else {"region": self.region}

    def is_within(self, region: str | None) -> bool:
        """Whether somebody who sees ``region`` (None: everything) sees all of it."""
        return region is None or self.region == region


def area_asked(region: str | None, departement: str | None, *, seen: str | None) -> Area | None:
    """The area an address names, for somebody who sees the region ``seen`` (None: the whole country).

    Without a name it is all that they see. None: there is no such area, or it is not theirs; both are answered alike.
    """
    if departement:
        found = DEPARTEMENTS.get(departement)
        area = None if found is None or region not in {None, "", found.region} else Area(found.region, departement)
    elif region:
        area = Area(region) if region in REGIONS else None
    else:
        area = Area(seen)
    return area if area is not None and area.is_within(seen) else None
