"""Columns over time as an SVG, drawn by Vega-Lite on the server. The only file that knows vl-convert.

What comes out has no script, no style element and no style attribute: it passes the strict policy of our pages. One
drawing costs some tens of milliseconds and depends on its data alone, so the last ones are kept (docs/decisions/0032).
vl-convert holds a JavaScript engine, which is loaded at the first drawing: a worker that draws nothing never pays it.
"""

from __future__ import annotations

import functools
import json
import threading
from collections.abc import Sequence
from typing import Any

from central.dashboards.series import Point

WIDE, NARROW, HEIGHT = 720, 340, 300
"""Pixels. Narrow is for a telephone, where a wide drawing's words would shrink beyond reading."""

_INK, _QUIET, _RULE, _COLUMN, _OPEN = "#1b2327", "#566168", "#d9d5ca", "#0b5563", "#7fa9b1"  # central.css
_FONT = "Noto Sans, Segoe UI, Liberation Sans, sans-serif"
_LABEL_ROOM = 62  # pixels between two labels
_KEPT = 256
_FRENCH = {"decimal": ",", "thousands": "\u202f", "grouping": [3], "currency": ["", "\u202f€"], "percent": "\u202f%"}
_one_at_a_time = threading.Lock()


def draw(points: Sequence[Point], *, width: int) -> str:
    """The SVG of a series; the column that is still under way is paler."""
    return _drawn(json.dumps(specification(points, width=width), ensure_ascii=False, sort_keys=True))


def specification(points: Sequence[Point], *, width: int) -> dict[str, Any]:
    """What Vega-Lite is told."""
    return {
        "$schema": "https://vega.github.io/schema/vega-lite/v5.json",
        "width": width,
        "height": HEIGHT,
        "autosize": {"type": "fit", "contains": "padding"},
        "background": None,
        "padding": 4,
        "data": {"values": [_value(point) for point in points]},
        "mark": {"type": "bar"},
        "encoding": {
            "x": {
                "field": "at",
                "type": "ordinal",
                "sort": None,
                "axis": {"title": None, "values": _labelled(points, width), "labelAngle": 0, "ticks": False},
            },
            "y": {
                "field": "opened",
                "type": "quantitative",
                "axis": {"title": None, "tickCount": 4, "format": ",.0f", "domain": False, "ticks": False},
                "scale": {"domainMin": 0, "domainMax": _top(points), "nice": True},
            },
            "color": {
                "field": "state",
                "type": "nominal",
                "legend": None,
                "scale": {"domain": ["whole", "under way"], "range": [_COLUMN, _OPEN]},
            },
        },
        "config": {
            "font": _FONT,
            "view": {"stroke": None},
            "axis": {"labelColor": _QUIET, "labelFontSize": 12, "gridColor": _RULE, "domainColor": _INK},
            "scale": {"bandPaddingInner": 0.28},
        },
    }


def _value(point: Point) -> dict[str, Any]:
    state = "under way" if point.bucket.under_way else "whole"
    return {"at": point.bucket.short, "opened": point.opened, "state": state}


def _top(points: Sequence[Point]) -> int:
    """Four at the least: counts have no halves to put at the axis."""
    return max(4, *(point.opened for point in points))


def _labelled(points: Sequence[Point], width: int) -> list[str]:
    """Every so many columns a label, so that none runs into the next; the last one always."""
    every = max(1, -(-len(points) * _LABEL_ROOM // width))
    return [point.bucket.short for place, point in enumerate(reversed(points)) if place % every == 0]


@functools.lru_cache(maxsize=_KEPT)
def _drawn(document: str) -> str:
    import vl_convert  # noqa: PLC0415 - the engine it holds is loaded by who draws

    with _one_at_a_time:  # it has one engine; who waits finds the drawing made, or makes the next
        return str(vl_convert.vegalite_to_svg(document, vl_version="5.20", format_locale=_FRENCH))
