"""How many offices and terminals stand in each département, from the registry."""

from __future__ import annotations

from dataclasses import dataclass

from sqlalchemy import Connection, case, distinct, func, select

from central.dashboards.areas import Area
from central.dashboards.queries import within
from central.devices.models import devices, offices
from central.devices.registry import DeviceState


@dataclass(frozen=True, slots=True)
class Equipment:
    """Offices, and terminals in service."""

    offices: int = 0
    terminals: int = 0


def read_equipment(connection: Connection, area: Area) -> dict[str, Equipment]:
    """By département, for those of an area where there is an office."""
    in_service = case((devices.c.state == DeviceState.REGISTERED.value, 1), else_=0)
    query = select(
        offices.c.departement,
        func.count(distinct(offices.c.office_id)).label("offices"),
        func.sum(in_service).label("terminals"),
    ).select_from(offices.outerjoin(devices, devices.c.office_id == offices.c.office_id))
    rows = connection.execute(within(query, area).group_by(offices.c.departement))
    return {row.departement: Equipment(int(row.offices), int(row.terminals)) for row in rows}
