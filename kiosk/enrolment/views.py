"""The terminal's screens over HTTP; thin: parse, one call of the session, draw what is now shown.

Routes:

* ``GET /``: the present screen as a page. Reload, back button and a second tab only ever draw it again.
* ``GET /etat?revision=R&veil=0|1``: what a page asks twice a second. 204 when it shows revision R already; the new
  screen as a fragment when not; only the veil (the "are you still there?") when that alone changed.
* ``POST /touch/<step>/<what>``: a touch on the screen ``step`` of the visit named in the form. ``what`` is one of
  ``TOUCHES``. Form fields: ``csrf`` and ``visit`` always, and those of the touch. Through htmx the answer is the
  screen now shown; otherwise 303 to ``/``. A touch on a screen no longer shown changes nothing and is answered alike.
* ``POST /activite``: a sign of life (scroll, key); 204.
* ``GET /htmx.js``: the script of the package js_lib_htmx.

=================  =====================================  ======================================================
what               on                                     fields
=================  =====================================  ======================================================
sign_in            sign_in                                pin
sign_out           any screen of the counter
choose             who                                    position
notice             notice                                 end_reached=1
answer             consent, break_glass, centre_15        accepted=yes|no
contact            contact                                email, mobile
no_contact         contact
slip               slip_offer                             wanted=yes|no
agree              summary
edit               summary, identity, confirm             to=consent|break_glass|centre_15|contact
attest             identity                               statement_0=1, statement_1=1, method, pin
confirm            confirm
print_again        paper
paper_settled      paper
back               asked screens
leave              all but printing and paper
start_again        take_card, stopped
stay               any
comfort            any, also an old page                  field, value (kiosk.enrolment.comfort; menu=open|closed)
=================  =====================================  ======================================================
"""

from __future__ import annotations

from collections.abc import Callable
from importlib import resources

from flask import Blueprint, Response, abort, current_app, make_response, redirect, render_template, request
from werkzeug.wrappers import Response as BaseResponse

from kiosk.enrolment.errors import StepError
from kiosk.enrolment.forms import Form, number, step_named, text, ticked, touch_of, yes_or_no
from kiosk.enrolment.presentation import picture
from kiosk.enrolment.screen import Touch
from kiosk.enrolment.session import EnrolmentSession

SESSION = "enrolment_session"
"""The key of ``app.extensions`` under which the app keeps its session."""

screens = Blueprint("screens", __name__)

Act = Callable[[EnrolmentSession, Touch, Form], None]
TOUCHES: dict[str, Act] = {
    "sign_in": lambda session, touch, form: session.sign_in(touch, text(form, "pin")),
    "sign_out": lambda session, touch, _form: session.sign_out(touch),
    "choose": lambda session, touch, form: session.choose_person(touch, number(form, "position")),
    "notice": lambda session, touch, form: session.notice_read(touch, to_the_end=ticked(form, "end_reached")),
    "answer": lambda session, touch, form: session.answer(touch, accepted=yes_or_no(form, "accepted")),
    "contact": lambda session, touch, form: session.give_contact(touch, text(form, "email"), text(form, "mobile")),
    "no_contact": lambda session, touch, _form: session.give_no_contact(touch),
    "slip": lambda session, touch, form: session.choose_slip(touch, wanted=yes_or_no(form, "wanted")),
    "agree": lambda session, touch, _form: session.agree_summary(touch),
    "edit": lambda session, touch, form: session.edit(touch, step_named(form, "to")),
    "attest": lambda session, touch, form: session.attest(
        touch, pin=text(form, "pin"), method=text(form, "method"), statement=ticked(form, "statement_0", "statement_1")
    ),
    "confirm": lambda session, touch, _form: session.confirm(touch),
    "print_again": lambda session, touch, _form: session.print_again(touch),
    "paper_settled": lambda session, touch, _form: session.paper_settled(touch),
    "back": lambda session, touch, _form: session.go_back(touch),
    "leave": lambda session, touch, _form: session.leave(touch),
    "start_again": lambda session, touch, _form: session.start_again(touch),
    "stay": lambda session, _touch, _form: session.stay(),
    "comfort": lambda session, _touch, form: session.choose_comfort(text(form, "field"), text(form, "value")),
}


@screens.get("/")
def page() -> str:
    """The present screen, whole."""
    _session().tick()
    return render_template("enrolment/page.html", **picture(_session()))


@screens.get("/etat")
def state() -> Response:
    """What changed since the revision the page shows."""
    session = _session()
    session.tick()
    shown = session.screen()
    if request.args.get("revision") != str(shown.revision):
        return _fragment()
    if request.args.get("veil") == str(int(shown.warning)):
        return Response(status=204)
    answer = make_response(render_template("enrolment/veil.html", **picture(session)))
    answer.headers["HX-Retarget"] = "#veil"
    return answer


@screens.post("/touch/<step>/<what>")
def touch(step: str, what: str) -> BaseResponse:
    """One touch."""
    act = TOUCHES.get(what)
    if act is None:
        abort(404)
    try:
        act(_session(), touch_of(step, request.form), request.form)
    except StepError:
        current_app.logger.info("a touch came too late: %s", what)
    return _fragment() if request.headers.get("HX-Request") else redirect("/", code=303)


@screens.post("/activite")
def activity() -> Response:
    """Somebody is there."""
    _session().stay()
    return Response(status=204)


@screens.get("/htmx.js")
def htmx() -> Response:
    """The script, from its package."""
    script = resources.files("js_lib_htmx").joinpath("static", "htmx", "htmx.min.js").read_bytes()
    return Response(script, mimetype="text/javascript", headers={"Cache-Control": "max-age=86400"})


def _fragment() -> Response:
    return make_response(render_template("enrolment/screen.html", **picture(_session())))


def _session() -> EnrolmentSession:
    found: EnrolmentSession = current_app.extensions[SESSION]
    return found
