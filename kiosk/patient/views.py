"""The person's own screen at a counter; thin. All of it lies under ``/patient``, on the terminal's app and a tablet's.

Routes:

* ``GET /patient``: the page; where nobody is paired with this browser, a field for the code shown at the counter, in
  the language ``langue``, which only that page heeds.
* ``POST /patient/relier`` (fields ``code``, ``langue``): pair this browser; 303 to the page, with the token as cookie.
* ``GET /patient/etat``, ``POST /patient/touch/<step>/<what>``, ``POST /patient/activite``, ``GET /patient/voix``: as on
  the terminal's own screen (:mod:`kiosk.enrolment.views`), for the paired browser alone, and with ``TOUCHES`` only.
* ``GET /patient/htmx.js``: the script.

Steps of every request but the first two and the script: 1. this is a counter; 2. the cookie holds the token of the
binding now in force, else 303 to the page (or 204 where a page merely asks what is new); 3. the touch is one of a
person's. Whether it belongs to a step of theirs, the session decides (:mod:`kiosk.enrolment.sides`). Not checked: who
holds the tablet.
"""

from __future__ import annotations

from flask import Blueprint, Response, abort, current_app, make_response, redirect, render_template, request
from werkzeug.wrappers import Response as BaseResponse

from kiosk.enrolment import views
from kiosk.enrolment.counter_views import pairing_picture
from kiosk.enrolment.errors import PairingError, StepError
from kiosk.enrolment.forms import text, touch_of
from kiosk.enrolment.presentation import picture
from kiosk.enrolment.session import EnrolmentSession
from kiosk.enrolment.sides import Side
from kiosk.enrolment.steps import JourneyKind

TOUCHES = frozenset(
    {
        "notice",
        "answer",
        "contact",
        "no_contact",
        "code",
        "code_again",
        "code_later",
        "alerts",
        "own_contact",
        "other_parent",
        "slip",
        "back",
        "leave",
        "stay",
        "comfort",
    }
)
"""What a person may touch; everything else is the operator's."""

COOKIE = "PATIENT_COOKIE_NAME"
"""The key of ``app.config`` for the cookie's name: browsers share cookies between ports."""

_PATH = "/patient"
patient = Blueprint("patient", __name__, url_prefix=_PATH)


@patient.get("")
def page() -> Response | str:
    """The present screen, or the field for the code."""
    session = _session()
    session.tick()
    if not _is_paired():
        return _pairing_page(text(request.args, "langue"))
    return render_template("enrolment/page.html", **picture(session, Side.PATIENT))


@patient.post("/relier")
def pair() -> BaseResponse | str:
    """Pair this browser with the counter that shows the code."""
    try:
        token = _session().second_screen.pair(text(request.form, "code"))
    except PairingError as error:
        return _pairing_page(text(request.form, "langue"), error.code)
    answer = redirect(_PATH, code=303)
    answer.set_cookie(
        current_app.config[COOKIE],
        token,
        path=_PATH,
        secure=bool(current_app.config["SESSION_COOKIE_SECURE"]),
        httponly=True,
        samesite="Strict",
    )
    return answer


@patient.get("/etat")
def state() -> BaseResponse:
    """What changed; a page that was unpaired meanwhile is sent to the field for the code."""
    if not _is_paired():
        return _to_page()
    _session().tick()
    return views.changed(_session(), Side.PATIENT)


@patient.post("/touch/<step>/<what>")
def touch(step: str, what: str) -> BaseResponse:
    """One touch of the person's."""
    if what not in TOUCHES:
        abort(404)
    if not _is_paired():
        return _to_page()
    try:
        views.TOUCHES[what](_session(), touch_of(step, request.form, Side.PATIENT), request.form)
    except StepError:
        current_app.logger.info("a touch of the second screen came too late: %s", what)
    if request.headers.get("HX-Request"):
        return views.fragment(_session(), Side.PATIENT)
    return redirect(_PATH, code=303)


@patient.post("/activite")
def activity() -> Response:
    """Somebody is there."""
    if _is_paired():
        _session().stay(Side.PATIENT)
    return Response(status=204)


@patient.get("/voix")
def voice() -> Response:
    """The present screen, spoken where the person is."""
    if not _is_paired():
        abort(404)
    return views.spoken_screen(_session(), Side.PATIENT)


@patient.get("/htmx.js")
def htmx() -> Response:
    """The script, from its package."""
    return views.htmx()


def _is_paired() -> bool:
    return _session().second_screen.knows(request.cookies.get(current_app.config[COOKIE], ""))


def _to_page() -> BaseResponse:
    """Load the page anew: htmx is told so, a plain form is redirected."""
    if not request.headers.get("HX-Request"):
        return redirect(_PATH, code=303)
    answer = Response(status=204)
    answer.headers["HX-Redirect"] = _PATH
    return answer


def _pairing_page(language: str, complaint: str = "") -> Response:
    return make_response(render_template("enrolment/page.html", **pairing_picture(_session(), language, complaint)))


def _session() -> EnrolmentSession:
    found: EnrolmentSession = current_app.extensions[views.SESSION]
    if found.screen().journey.kind is not JourneyKind.COUNTER:
        abort(404)
    return found
