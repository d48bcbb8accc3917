"""The managers' table of counts, its live part and its drawings; thin: queries read, ``page`` puts into words."""

from __future__ import annotations

import enum
from collections.abc import Callable, Mapping
from datetime import datetime
from http import HTTPStatus
from importlib.resources import files
from typing import Any, TypeVar

from flask import Blueprint, Response, abort, render_template, request
from sqlalchemy import Engine

from central.counters.models import Dimension
from central.dashboards.areas import Area, area_asked
from central.dashboards.drawing import HEIGHT, NARROW, WIDE, draw
from central.dashboards.page import drawing_version, present, version_of
from central.dashboards.periods import Span, day_of
from central.dashboards.rollout.plan import load_plan
from central.dashboards.series import TITLES, Grain, buckets, read_series
from central.dashboards.settings import USUAL, DashboardSettings
from central.dashboards.snapshot import View, read_snapshot
from central.dashboards.wording import number
from central.engine import reading
from central.staff.views import current

TABLE = "dashboards.table"
LIVE = "dashboards.live"
HTMX = "dashboards.htmx"
_REFRESH_SECONDS = 5
_DAY_SECONDS = 86_400
_DIGITS = 3  # of a sheet's number
_SPANS = {Span.DAY: "Aujourd’hui", Span.WEEK: "Cette semaine", Span.MONTH: "Ce mois", Span.ALL: "Depuis le début"}  # noqa: RUF001
_GRAINS = {Grain.DAY: "Jours", Grain.WEEK: "Semaines", Grain.MONTH: "Mois"}
_MEMBERS = {"office_id": Dimension.OFFICE, "terminal_id": Dimension.TERMINAL}

Word = TypeVar("Word", bound=enum.Enum)


def make_blueprint(engine: Engine, clock: Callable[[], datetime], settings: DashboardSettings = USUAL) -> Blueprint:
    """The routes ``/tableau``, its live part, its drawings, and the htmx script."""
    blueprint = Blueprint("dashboards", __name__)
    blueprint.add_app_template_filter(number, "fr")
    script = files("js_lib_htmx").joinpath("static/htmx/htmx.min.js").read_bytes()

    @blueprint.get("/tableau")
    def table() -> str:
        return render_template("dashboards/table.html", **_content(), refresh_seconds=_REFRESH_SECONDS)

    @blueprint.get("/tableau/vivant")
    def live() -> Response:
        content = _content()
        if request.args.get("vu") == content["version"]:
            return Response(status=HTTPStatus.NO_CONTENT)  # htmx leaves the page, and what has the focus, as they are
        return Response(render_template("dashboards/live.html", **content))

    @blueprint.get("/tableau/courbe.svg")
    def chart() -> Response:
        columns = buckets(_word(Grain, "pas", Grain.DAY), day_of(clock()))
        with reading(engine) as connection:
            points = read_series(connection, _counted_as(), columns)
        svg = draw(points, width=NARROW if request.args.get("largeur") == str(NARROW) else WIDE)
        return Response(svg, content_type="image/svg+xml; charset=utf-8", headers=_kept(is_public=False))

    @blueprint.get("/static/htmx.js")
    def htmx() -> Response:
        return Response(script, content_type="text/javascript; charset=utf-8", headers=_kept(is_public=True))

    def _content() -> dict[str, Any]:
        now, area, seen = clock(), _area(), current().region
        view = View(_word(Span, "periode", Span.ALL), _word(Grain, "pas", Grain.DAY), _sheet())
        with reading(engine) as connection:
            snapshot = read_snapshot(connection, area, view, settings, now=now)
        page = present(snapshot, view, settings, load_plan(), now=now)
        drawing = {"version": drawing_version(page.points), "wide": WIDE, "narrow": NARROW, "height": HEIGHT}
        asked = {**area.asked, "periode": view.span.value, "pas": view.grain.value}
        if view.sheet > 1:
            asked["feuille"] = str(view.sheet)
        return {
            "page": page,
            "version": version_of(page),
            "drawing": drawing,
            "above": _above(area, seen),
            "asked": asked,
            "spans": _SPANS,
            "grains": _GRAINS,
            "titles": TITLES,
        }

    return blueprint


def _area() -> Area:
    args = request.args
    area = area_asked(args.get("region"), args.get("departement"), seen=current().region)
    if area is None:
        abort(HTTPStatus.NOT_FOUND)
    return area


def _above(area: Area, seen: str | None) -> list[Area]:
    """The wider areas around one, as far as somebody sees."""
    wider = []
    if area.region is not None and seen is None:
        wider.append(Area())
    if area.departement is not None:
        wider.append(Area(area.region))
    return wider


def _counted_as() -> tuple[Dimension, str]:
    """Whose series is asked for; what it names was placed in the region before (central/staff/scope.py)."""
    for name, dimension in _MEMBERS.items():
        if request.args.get(name):
            return dimension, request.args[name]
    return _area().counted_as


def _sheet() -> int:
    """Which sheet of a long list; anything but a number from 1 to 999 is the first."""
    text = request.args.get("feuille", "")
    return int(text) if text.isascii() and text.isdigit() and 0 < len(text) <= _DIGITS and int(text) else 1


def _word(words: type[Word], argument: str, usual: Word) -> Word:
    try:
        return words(request.args.get(argument, usual.value))
    except ValueError:
        return usual


def _kept(*, is_public: bool) -> Mapping[str, str]:
    """A drawing's address names the version of what it shows, so that a browser may keep it."""
    return {"Cache-Control": f"{'public' if is_public else 'private'}, max-age={_DAY_SECONDS}"}
