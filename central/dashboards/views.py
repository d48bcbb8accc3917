"""The managers' table of counts; thin: queries read, ``page`` puts into words."""

from __future__ import annotations

from collections.abc import Callable
from datetime import datetime
from importlib.resources import files

from flask import Blueprint, Response, render_template
from sqlalchemy import Engine

from central.counters.models import Dimension, Measure
from central.dashboards.chart import draw
from central.dashboards.page import SILENT_AFTER, Periods, Snapshot, present
from central.dashboards.queries import read_channels, read_counts, read_offices, read_scope, read_terminals
from central.dashboards.watch import read_watch
from central.engine import reading
from central.staff.views import current
from wire.identifiers import milliseconds

TABLE = "dashboards.table"
LIVE = "dashboards.live"
HTMX = "dashboards.htmx"
_REFRESH_SECONDS = 5
_DAY_SECONDS = 86_400


def make_blueprint(engine: Engine, clock: Callable[[], datetime]) -> Blueprint:
    """The routes ``/tableau``, its live part, and the htmx script."""
    blueprint = Blueprint("dashboards", __name__)
    script = files("js_lib_htmx").joinpath("static/htmx/htmx.min.js").read_bytes()

    @blueprint.get("/tableau")
    def table() -> str:
        return render_template("dashboards/table.html", **_content(current().region), refresh_seconds=_REFRESH_SECONDS)

    @blueprint.get("/tableau/vivant")
    def live() -> str:
        return render_template("dashboards/live.html", **_content(current().region))

    @blueprint.get("/static/htmx.js")
    def htmx() -> Response:
        headers = {"Cache-Control": f"public, max-age={_DAY_SECONDS}"}
        return Response(script, content_type="text/javascript; charset=utf-8", headers=headers)

    def _content(region: str | None) -> dict[str, object]:
        now = clock()
        periods = Periods.at(now)
        page = present(_read(engine, region, periods, now), periods, now=now)
        return {"page": page, "chart": draw(page.days)}

    return blueprint


def _read(engine: Engine, region: str | None, periods: Periods, now: datetime) -> Snapshot:
    opened = [Measure.DOSSIERS_OPENED]
    with reading(engine) as connection:
        scope, member = read_scope(connection, region, Measure, (*periods.days, *periods.three))
        offices = read_offices(connection, region)
        terminals = read_terminals(connection, region)
        office_ids = [office.office_id for office in offices]
        terminal_ids = [terminal.terminal_id for terminal in terminals]
        return Snapshot(
            region=region,
            scope=scope,
            scope_member=member,
            channels=read_channels(connection, region, Measure.DOSSIERS_OPENED, periods.three),
            offices=offices,
            office_counts=read_counts(connection, Dimension.OFFICE, opened, periods.three, office_ids),
            terminals=terminals,
            terminal_counts=read_counts(connection, Dimension.TERMINAL, opened, periods.three, terminal_ids),
            watch=read_watch(connection, region, silent_before_ms=milliseconds(now - SILENT_AFTER)),
        )
