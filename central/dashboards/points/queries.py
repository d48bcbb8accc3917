"""Offices and terminals as the registry has them; region first, like every read of the dashboards."""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import dataclass
from typing import Any

from sqlalchemy import Connection, Row, Select, func, select

from central.devices.condition import read_faults
from central.devices.models import conditions, devices, offices
from central.intake.models import chain_incidents, quarantine

LONGEST_LIST = 500  # terminals on one page, the longest silent first


@dataclass(frozen=True, slots=True)
class PointRow:
    """A terminal, where it stands, and when it was last heard of (None: never)."""

    terminal_id: str
    state: str
    office_id: str
    office_name: str
    departement: str
    last_seen_ms: int | None
    faults: tuple[str, ...]  # what it last told of itself


@dataclass(frozen=True, slots=True)
class OfficeFacts:
    """An office."""

    office_id: str
    name: str
    kind: str
    departement: str
    region: str


def read_points(connection: Connection, region: str | None, *, office_id: str | None = None) -> Sequence[PointRow]:
    """Terminals of a region (None: of all), or of one office in it, the longest silent first."""
    query = _points(region).order_by(func.coalesce(devices.c.last_seen_ms, 0), devices.c.terminal_id)
    if office_id is not None:
        query = query.where(devices.c.office_id == office_id)
    return [_point(row) for row in connection.execute(query.limit(LONGEST_LIST))]


def read_point(connection: Connection, region: str | None, terminal_id: str) -> PointRow | None:
    """One terminal; None when there is none of that name in the region."""
    row = connection.execute(_points(region).where(devices.c.terminal_id == terminal_id)).one_or_none()
    return None if row is None else _point(row)


def read_office(connection: Connection, region: str | None, office_id: str) -> OfficeFacts | None:
    """One office; None when there is none of that name in the region."""
    query = select(offices.c.office_id, offices.c.name, offices.c.kind, offices.c.departement, offices.c.region)
    query = query.where(offices.c.office_id == office_id)
    if region is not None:
        query = query.where(offices.c.region == region)
    row = connection.execute(query).one_or_none()
    return None if row is None else OfficeFacts(*row)


def read_open_incidents(connection: Connection, terminal_id: str) -> int:
    """How many incidents of a terminal's chain nobody has closed yet."""
    query = select(func.count()).select_from(chain_incidents)
    waiting = query.where(chain_incidents.c.terminal_id == terminal_id, chain_incidents.c.closed_ms.is_(None))
    return int(connection.execute(waiting).scalar_one())


def read_set_aside(connection: Connection, terminal_id: str) -> int:
    """How many of a terminal's records were set aside and are not settled."""
    query = select(func.count()).select_from(quarantine)
    waiting = query.where(quarantine.c.terminal_id == terminal_id, quarantine.c.settled_ms.is_(None))
    return int(connection.execute(waiting).scalar_one())


def _points(region: str | None) -> Select[Any]:
    query = select(
        devices.c.terminal_id,
        devices.c.state,
        devices.c.office_id,
        offices.c.name.label("office_name"),
        offices.c.departement,
        devices.c.last_seen_ms,
        func.coalesce(conditions.c.faults, "").label("faults"),
    ).select_from(
        devices.join(offices, offices.c.office_id == devices.c.office_id).outerjoin(
            conditions, conditions.c.terminal_id == devices.c.terminal_id
        )
    )
    return query if region is None else query.where(offices.c.region == region)


def _point(row: Row[Any]) -> PointRow:
    known = row._asdict()
    return PointRow(**known | {"faults": read_faults(known["faults"])})
