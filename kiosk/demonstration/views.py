"""The demonstration's page and its few addresses; thin. Everything it shows is of fictitious people.

* ``GET /demo``: tray, paper and links; ``GET /demo/now?mark=M``: the changing part, 204 when it would look the same.
* ``POST /demo/insert`` (field ``card``, or ``scenario`` for an example of the card simulator) and ``POST /demo/pull``:
  the hand. CSRF as on every page of the terminal.
* ``POST /demo/professional`` (field ``inside`` = 1 or 0): the professional's card in the counter's second reader.
* ``POST /demo/printer`` (field ``fault`` with ``broken`` = 1 or 0, or field ``lines``): what is wrong with the printer.
* ``GET /demo/paper/<number>.png``: one slip as a picture. ``GET /demo/papers.json``: every slip as text, oldest first.

The POSTs answer htmx with the changing part, ``Accept: application/json`` with the tray's state, and a plain form
with 303 to the page.
"""

from __future__ import annotations

from flask import Blueprint, Response, abort, jsonify, redirect, render_template, request
from werkzeug.wrappers import Response as BaseResponse

from kiosk.card_reader.errors import UnknownCardError
from kiosk.card_reader.virtual.scenario_file import scenario_named
from kiosk.demonstration.tray import Addresses, Tray

PROFESSIONALS_CARD = "cps"


def make_blueprint(tray: Tray, addresses: Addresses) -> Blueprint:
    """The pages over one tray."""
    blueprint = Blueprint(
        "demonstration",
        __name__,
        url_prefix="/demo",
        template_folder="templates",
        static_folder="static",
        static_url_path="/static",
    )

    @blueprint.get("")
    def page() -> str:
        return render_template("demonstration/page.html", tray=tray, addresses=addresses)

    @blueprint.get("/now")
    def now() -> BaseResponse | str:
        if request.args.get("mark") == tray.mark:
            return Response(status=204)
        return render_template("demonstration/now.html", tray=tray)

    @blueprint.post("/insert")
    def insert() -> BaseResponse | str:
        name = request.form.get("scenario")
        try:
            tray.slots.insert(request.form.get("card", "") if name is None else scenario_named(name))
        except UnknownCardError:
            abort(404)
        return _after_the_hand(tray)

    @blueprint.post("/pull")
    def pull() -> BaseResponse | str:
        tray.slots.pull()
        return _after_the_hand(tray)

    @blueprint.post("/professional")
    def professional() -> BaseResponse | str:
        if request.form.get("inside") == "1":
            tray.professional.insert(PROFESSIONALS_CARD)
        else:
            tray.professional.pull()
        return _after_the_hand(tray)

    _add_paper(blueprint, tray)
    _add_printer(blueprint, tray)
    return blueprint


def _add_printer(blueprint: Blueprint, tray: Tray) -> None:
    @blueprint.post("/printer")
    def printer() -> BaseResponse | str:
        lines = request.form.get("lines", type=int)
        if lines is not None:
            done = tray.leave_lines(lines)
        else:
            done = tray.turn(request.form.get("fault", ""), is_broken=request.form.get("broken") == "1")
        if not done:
            abort(404)
        return _after_the_hand(tray)


def _add_paper(blueprint: Blueprint, tray: Tray) -> None:
    @blueprint.get("/paper/<int:number>.png")
    def picture(number: int) -> Response:
        paper = tray.paper(number)
        if paper is None:
            abort(404)
        return Response(paper.png(), mimetype="image/png")

    @blueprint.get("/papers.json")
    def papers() -> Response:
        slips = [{"number": paper.number, "text": paper.text} for paper in reversed(tray.papers)]
        return jsonify({"papers": slips})


def _after_the_hand(tray: Tray) -> BaseResponse | str:
    if request.headers.get("HX-Request"):
        return render_template("demonstration/now.html", tray=tray)
    if request.accept_mimetypes.best == "application/json":
        return jsonify({"inserted": tray.slots.inserted})
    return redirect("/demo", code=303)
