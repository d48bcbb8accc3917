"""``/bornes``, ``/bornes/<terminal_id>`` and ``/points/<office_id>``; thin."""

from __future__ import annotations

from collections.abc import Callable, Sequence
from dataclasses import dataclass
from datetime import datetime

from flask import Blueprint, abort, render_template
from sqlalchemy import Connection, Engine

from central.counters.models import Dimension, Measure
from central.dashboards.page import SILENT_AFTER, Periods
from central.dashboards.points.queries import (
    LONGEST_LIST,
    PointRow,
    read_office,
    read_open_incidents,
    read_point,
    read_points,
    read_set_aside,
)
from central.dashboards.queries import read_counts
from central.dashboards.wording import age, number
from central.devices.regions import region_name
from central.devices.registry import DeviceState
from central.engine import reading
from central.staff.views import current
from wire.identifiers import moment

_STATES = {
    DeviceState.EXPECTED.value: "attendue",
    DeviceState.REGISTERED.value: "en service",
    DeviceState.REVOKED.value: "révoquée",
}
_KINDS = {"cpam": "Accueil de CPAM", "pharmacy": "Pharmacie"}


@dataclass(frozen=True, slots=True)
class PointLine:
    """A terminal as a page says it."""

    row: PointRow
    state: str
    last_seen: str
    is_silent: bool


def make_blueprint(engine: Engine, clock: Callable[[], datetime]) -> Blueprint:
    """The three routes; what they name was placed in the region before they are asked (central/staff/scope.py)."""
    blueprint = Blueprint("points", __name__)

    @blueprint.get("/bornes")
    def fleet() -> str:
        region = current().region
        with reading(engine) as connection:
            rows = read_points(connection, region)
        lines = [_line(row, clock()) for row in rows]
        return render_template("points/fleet.html", lines=lines, scope=region_name(region), longest=LONGEST_LIST)

    @blueprint.get("/points/<office_id>")
    def office(office_id: str) -> str:
        region = current().region
        with reading(engine) as connection:
            found = read_office(connection, region, office_id)
            if found is None:
                abort(404)
            rows = read_points(connection, region, office_id=office_id)
            counts = _openings(connection, Dimension.OFFICE, office_id, Periods.at(clock()).three)
        lines = [_line(row, clock()) for row in rows]
        kind = _KINDS.get(found.kind, found.kind)
        where = region_name(found.region)
        return render_template("points/office.html", office=found, kind=kind, where=where, lines=lines, counts=counts)

    @blueprint.get("/bornes/<terminal_id>")
    def terminal(terminal_id: str) -> str:
        with reading(engine) as connection:
            found = read_point(connection, current().region, terminal_id)
            if found is None:
                abort(404)
            counts = _openings(connection, Dimension.TERMINAL, terminal_id, Periods.at(clock()).three)
            waits = (read_open_incidents(connection, terminal_id), read_set_aside(connection, terminal_id))
        line = _line(found, clock())
        return render_template("points/terminal.html", line=line, counts=counts, incidents=waits[0], set_aside=waits[1])

    return blueprint


def _openings(connection: Connection, dimension: Dimension, member: str, periods: Sequence[str]) -> list[str]:
    counts = read_counts(connection, dimension, [Measure.DOSSIERS_OPENED], periods, [member])
    return [number(counts.of(Measure.DOSSIERS_OPENED, member, period)) for period in periods]


def _line(row: PointRow, now: datetime) -> PointLine:
    since = None if row.last_seen_ms is None else now - moment(row.last_seen_ms)
    return PointLine(
        row=row,
        state=_STATES.get(row.state, row.state),
        last_seen="jamais" if since is None else age(since),
        is_silent=row.state == DeviceState.REGISTERED.value and since is not None and since > SILENT_AFTER,
    )
