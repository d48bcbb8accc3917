"""``/indicateur``: indicator 2.8.4 from published series; thin."""

from __future__ import annotations

from flask import Blueprint, render_template
from sqlalchemy import Engine

from central.engine import reading
from central.published.page import present
from central.published.service import read_all, read_source_names


def make_blueprint(engine: Engine) -> Blueprint:
    """The one route."""
    blueprint = Blueprint("published", __name__)

    @blueprint.get("/indicateur")
    def page() -> str:
        with reading(engine) as connection:
            figures, sources = read_all(connection), read_source_names(connection)
        return render_template("published/page.html", page=present(figures, sources))

    return blueprint
