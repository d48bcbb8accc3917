"""``/bornes``, ``/bornes/<terminal_id>`` and ``/points/<office_id>``; thin."""

from __future__ import annotations

from collections.abc import Callable, Sequence
from dataclasses import dataclass, replace
from datetime import datetime

from flask import Blueprint, abort, render_template
from sqlalchemy import Connection, Engine

from central.counters.models import Dimension, Measure
from central.dashboards.areas import Area
from central.dashboards.drawing import HEIGHT, NARROW, WIDE
from central.dashboards.page import drawing_says, drawing_version
from central.dashboards.periods import Counted, Periods, day_of
from central.dashboards.points.queries import (
    LONGEST_LIST,
    PointRow,
    read_office,
    read_open_incidents,
    read_point,
    read_points,
    read_set_aside,
)
from central.dashboards.queries import read_counted
from central.dashboards.series import Grain, Point, buckets, read_series
from central.dashboards.settings import DashboardSettings
from central.dashboards.silence.reasons import fault_advice
from central.dashboards.wording import OFFICE_KINDS, age, number
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


@dataclass(frozen=True, slots=True)
class PointLine:
    """A terminal as a page says it; ``faults`` are (code, what to do)."""

    row: PointRow
    state: str
    last_seen: str
    is_silent: bool
    faults: tuple[tuple[str, str], ...]
    opened: Counted | None = None


def make_blueprint(engine: Engine, clock: Callable[[], datetime], settings: DashboardSettings) -> Blueprint:
    """The three routes; what they name was placed in the region before they are asked (central/staff/scope.py)."""
    blueprint = Blueprint("points", __name__)

    @blueprint.get("/bornes")
    def fleet() -> str:
        region = current().region
        with reading(engine) as connection:
            rows = read_points(connection, region)
        lines = [_line(row, settings, clock()) for row in rows]
        return render_template("points/fleet.html", lines=lines, scope=region_name(region), longest=LONGEST_LIST)

    @blueprint.get("/points/<office_id>")
    def office(office_id: str) -> str:
        region = current().region
        with reading(engine) as connection:
            found = read_office(connection, region, office_id)
            if found is None:
                abort(404)
            rows = read_points(connection, region, office_id=office_id)
            openings = _openings(connection, Dimension.OFFICE, office_id, clock())
            counts = _by_terminal(connection, rows, clock())
        lines = [replace(_line(row, settings, clock()), opened=counts[row.terminal_id]) for row in rows]
        return render_template(
            "points/office.html",
            office=found,
            kind=OFFICE_KINDS.get(found.kind, found.kind),
            area=Area(found.region, found.departement),
            lines=lines,
            series={"office_id": office_id},
            **openings,
        )

    @blueprint.get("/bornes/<terminal_id>")
    def terminal(terminal_id: str) -> str:
        with reading(engine) as connection:
            found = read_point(connection, current().region, terminal_id)
            if found is None:
                abort(404)
            openings = _openings(connection, Dimension.TERMINAL, terminal_id, clock())
            waits = (read_open_incidents(connection, terminal_id), read_set_aside(connection, terminal_id))
        return render_template(
            "points/terminal.html",
            line=_line(found, settings, clock()),
            incidents=waits[0],
            set_aside=waits[1],
            series={"terminal_id": terminal_id},
            **openings,
        )

    return blueprint


def _openings(connection: Connection, dimension: Dimension, member: str, now: datetime) -> dict[str, object]:
    """The counts of one point, and its last days drawn."""
    opened = Measure.DOSSIERS_OPENED
    counted = read_counted(connection, dimension, [opened], [member], Periods.at(now)).of(opened, member)
    points: tuple[Point, ...] = read_series(connection, (dimension, member), buckets(Grain.DAY, day_of(now)))
    return {
        "counts": [number(value) for value in counted.four],
        "points": points,
        "says": drawing_says(points, Grain.DAY),
        "drawing": {"version": drawing_version(points), "wide": WIDE, "narrow": NARROW, "height": HEIGHT},
    }


def _by_terminal(connection: Connection, rows: Sequence[PointRow], now: datetime) -> dict[str, Counted]:
    opened, names = Measure.DOSSIERS_OPENED, [row.terminal_id for row in rows]
    table = read_counted(connection, Dimension.TERMINAL, [opened], names, Periods.at(now))
    return {name: table.of(opened, name) for name in names}


def _line(row: PointRow, settings: DashboardSettings, now: datetime) -> PointLine:
    since = None if row.last_seen_ms is None else now - moment(row.last_seen_ms)
    return PointLine(
        row=row,
        state=_STATES.get(row.state, row.state),
        last_seen="jamais" if since is None else age(since),
        is_silent=row.state == DeviceState.REGISTERED.value and since is not None and since > settings.silent_after,
        faults=tuple((code, fault_advice(code)) for code in row.faults),
    )
