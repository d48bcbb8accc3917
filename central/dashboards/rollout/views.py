"""``/deploiement``: the roll-out by département; thin."""

from __future__ import annotations

from collections.abc import Callable
from datetime import datetime

from flask import Blueprint, abort, render_template, request
from sqlalchemy import Engine

from central.counters.models import ALL_TIME, Dimension, Measure
from central.dashboards.areas import area_asked
from central.dashboards.periods import day_of
from central.dashboards.queries import read_counts
from central.dashboards.rollout.page import present_rollout
from central.dashboards.rollout.plan import load_plan
from central.dashboards.rollout.queries import read_equipment
from central.engine import reading
from central.staff.views import current

_OPENED = Measure.DOSSIERS_OPENED


def make_blueprint(engine: Engine, clock: Callable[[], datetime]) -> Blueprint:
    """The route."""
    blueprint = Blueprint("rollout", __name__)

    @blueprint.get("/deploiement")
    def plan() -> str:
        area = area_asked(request.args.get("region"), request.args.get("departement"), seen=current().region)
        if area is None:
            abort(404)
        with reading(engine) as connection:
            equipment = read_equipment(connection, area)
            counts = read_counts(connection, Dimension.DEPARTEMENT, [_OPENED], [ALL_TIME], area.departements)
        opened = {code: counts.of(_OPENED, code, ALL_TIME) for code in area.departements}
        page = present_rollout(area, load_plan(), equipment, opened, day_of(clock()))
        return render_template("rollout/plan.html", page=page, sources=load_plan().sources)

    return blueprint
