"""``/points-a-suivre`` and its live part: which terminals need somebody, and what to do; thin."""

from __future__ import annotations

from collections.abc import Callable
from datetime import datetime

from flask import Blueprint, abort, render_template, request
from sqlalchemy import Engine

from central.dashboards.areas import area_asked
from central.dashboards.settings import DashboardSettings
from central.dashboards.silence.page import parts_of
from central.dashboards.silence.queries import LONGEST_LIST, read_troubled
from central.dashboards.wording import days_name
from central.engine import reading
from central.staff.views import current

LIVE = "silence.live"
_REFRESH_SECONDS = 60  # what is listed changes by the hour


def make_blueprint(engine: Engine, clock: Callable[[], datetime], settings: DashboardSettings) -> Blueprint:
    """The two routes."""
    blueprint = Blueprint("silence", __name__)

    @blueprint.get("/points-a-suivre")
    def points() -> str:
        return render_template("silence/points.html", **_content(), refresh_seconds=_REFRESH_SECONDS)

    @blueprint.get("/points-a-suivre/vivant")
    def live() -> str:
        return render_template("silence/live.html", **_content())

    def _content() -> dict[str, object]:
        args, now = request.args, clock()
        area = area_asked(args.get("region"), args.get("departement"), seen=current().region)
        if area is None:
            abort(404)
        with reading(engine) as connection:
            troubled = read_troubled(connection, area, settings, now=now)
        thresholds = [days_name(span) for span in (settings.silent_after, settings.idle_after, settings.awaited_after)]
        return {"area": area, "parts": parts_of(troubled, now=now), "longest": LONGEST_LIST, "thresholds": thresholds}

    return blueprint
