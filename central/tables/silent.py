"""Terminals in service that nothing was heard of for days, in the order of their names, piece by piece."""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import dataclass

from sqlalchemy import Connection, func, select

from central.devices.models import devices, offices
from central.devices.registry import DeviceState


@dataclass(frozen=True, slots=True)
class SilentRow:
    """A terminal, where it stands, and when it was last heard of (None: never since it registered)."""

    terminal_id: str
    office_id: str
    office_name: str
    departement: str
    last_seen_ms: int | None


def read_silent(
    connection: Connection, region: str | None, *, before_ms: int, after: str | None = None, limit: int | None = None
) -> tuple[Sequence[SilentRow], str | None]:
    """The terminals of a region (None: of all) last heard of before, or never; and where the next piece begins.

    ``limit`` None: all of them.
    """
    heard = func.coalesce(devices.c.last_seen_ms, devices.c.registered_ms)
    query = (
        select(
            devices.c.terminal_id,
            devices.c.office_id,
            offices.c.name,
            offices.c.departement,
            devices.c.last_seen_ms,
        )
        .join(offices, offices.c.office_id == devices.c.office_id)
        .where(devices.c.state == DeviceState.REGISTERED.value, heard < before_ms)
        .order_by(devices.c.terminal_id)
    )
    if region is not None:
        query = query.where(offices.c.region == region)
    if after is not None:
        query = query.where(devices.c.terminal_id > after)
    if limit is None:
        return [SilentRow(*row) for row in connection.execute(query)], None
    rows = [SilentRow(*row) for row in connection.execute(query.limit(limit + 1))]
    return rows[:limit], rows[limit - 1].terminal_id if len(rows) > limit else None
