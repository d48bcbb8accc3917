"""The terminal's screens over HTTP; thin: parse, one call of the session, draw what is now shown.

Routes:

* ``GET /``: the present screen as a page. Reload, back button and a second tab only ever draw it again.
* ``GET /etat?revision=R&veil=0|1``: what a page asks twice a second. 204 when it shows revision R already; the new
  screen as a fragment when not; only the veil (the "are you still there?") when that alone changed.
* ``POST /touch/<step>/<what>``: a touch on the screen ``step`` of the visit named in the form. ``what`` is one of
  ``TOUCHES``. Form fields: ``csrf`` and ``visit`` always, and those of the touch. Through htmx the answer is the
  screen now shown; otherwise 303 to ``/``. A touch on a screen no longer shown changes nothing and is answered alike.
* ``POST /activite``: a sign of life (scroll, key); 204.
* ``GET /voix?revision=R``: what the screen of that revision says, as sound; 404 when it is not shown any more, when
  nobody asked for the spoken mode, or when nothing can be spoken. Made anew each time and kept nowhere.
* ``GET /htmx.js``: the script of the package js_lib_htmx.

======================  =====================================  =================================================
what                    on                                     fields
======================  =====================================  =================================================
sign_in                 sign_in                                pin
sign_out                any screen of the counter
choose                  who                                    position, accompanied=1 (an adult with company)
measure                 protection                             measure=representation|assistance
representative          representative                         position (-1: somebody who is not on the card)
representative_name     representative_name                    family_name, given_name, birth_date
quality                 quality                                quality (a code of qualities.json)
aim                     aim                                    aim (a kind of record)
reconsider              asked screens                          (to aim, where there is a choice)
notice                  notice, minor_notice                   end_reached=1
answer                  every question                         accepted=yes|no
contact                 contact                                email, mobile
no_contact              contact
code                    proof                                  code
code_again              proof
code_later              proof
alerts                  alerts                                 alerts=each_document|first_access|none
own_contact             own_contact                            email, mobile (both empty: none)
other_parent            other_parent                           family_name, given_name (both empty: not named)
slip                    slip_offer                             wanted=yes|no
agree                   summary
edit                    summary, identity, confirm             to=<a step whose answer may be changed>
attest                  identity                               statement_0=1, statement_1=1, method, pin (hall)
confirm                 confirm                                pin (after a preparer)
print_again             paper
paper_settled           paper
refusal_slip            refused
back                    asked screens
leave                   all but printing and paper
start_again             take_card, stopped
scan                    attract, day                           code (typed by a scanner; never in a URL)
stay                    any
comfort                 any, also an old page                  field, value (kiosk.enrolment.comfort)
======================  =====================================  =================================================
"""

from __future__ import annotations

from collections.abc import Callable
from importlib import resources

from flask import Blueprint, Response, abort, current_app, make_response, redirect, render_template, request
from werkzeug.wrappers import Response as BaseResponse

from kiosk.enrolment.counter_views import COUNTER_TOUCHES
from kiosk.enrolment.course import Aim
from kiosk.enrolment.errors import StepError, VoiceError
from kiosk.enrolment.forms import Form, number, scan, text, ticked, touch_of, word, yes_or_no
from kiosk.enrolment.panel_views import PANEL_TOUCHES
from kiosk.enrolment.presentation import picture
from kiosk.enrolment.screen import Touch
from kiosk.enrolment.seen_by import seen_by
from kiosk.enrolment.session import EnrolmentSession
from kiosk.enrolment.sides import Side
from kiosk.enrolment.speech import passages, spoken
from kiosk.enrolment.steps import Step
from wire.evidence import AlertWish, Measure

SESSION = "enrolment_session"
"""The key of ``app.extensions`` under which the app keeps its session."""

screens = Blueprint("screens", __name__)

Act = Callable[[EnrolmentSession, Touch, Form], None]
TOUCHES: dict[str, Act] = {
    "sign_in": lambda session, touch, form: session.attesting.sign_in(touch, text(form, "pin")),
    "sign_out": lambda session, touch, _form: session.attesting.sign_out(touch),
    "choose": lambda session, touch, form: session.choose_person(
        touch, number(form, "position"), is_accompanied=ticked(form, "accompanied")
    ),
    "measure": lambda session, touch, form: session.accompanying.say_measure(touch, word(form, "measure", Measure)),
    "representative": lambda session, touch, form: session.accompanying.choose_representative(
        touch, number(form, "position")
    ),
    "representative_name": lambda session, touch, form: session.accompanying.name_representative(
        touch, text(form, "family_name"), text(form, "given_name"), text(form, "birth_date")
    ),
    "quality": lambda session, touch, form: session.accompanying.say_quality(touch, text(form, "quality")),
    "aim": lambda session, touch, form: session.choose_aim(touch, word(form, "aim", Aim)),
    "reconsider": lambda session, touch, _form: session.reconsider(touch),
    "notice": lambda session, touch, form: session.notice_read(touch, to_the_end=ticked(form, "end_reached")),
    "answer": lambda session, touch, form: session.answer(touch, accepted=yes_or_no(form, "accepted")),
    "contact": lambda session, touch, form: session.reaching.give_contact(
        touch, text(form, "email"), text(form, "mobile")
    ),
    "no_contact": lambda session, touch, _form: session.reaching.give_no_contact(touch),
    "code": lambda session, touch, form: session.reaching.type_code(touch, text(form, "code")),
    "code_again": lambda session, touch, _form: session.reaching.send_code_again(touch),
    "code_later": lambda session, touch, _form: session.reaching.leave_unproved(touch),
    "alerts": lambda session, touch, form: session.reaching.wish_alerts(touch, word(form, "alerts", AlertWish)),
    "own_contact": lambda session, touch, form: session.accompanying.give_own_contact(
        touch, text(form, "email"), text(form, "mobile")
    ),
    "other_parent": lambda session, touch, form: session.accompanying.name_other_parent(
        touch, text(form, "family_name"), text(form, "given_name")
    ),
    "slip": lambda session, touch, form: session.reaching.choose_slip(touch, wanted=yes_or_no(form, "wanted")),
    "agree": lambda session, touch, _form: session.agree_summary(touch),
    "edit": lambda session, touch, form: session.edit(touch, word(form, "to", Step)),
    "attest": lambda session, touch, form: session.attesting.attest(
        touch, pin=text(form, "pin"), method=text(form, "method"), statement=ticked(form, "statement_0", "statement_1")
    ),
    "confirm": lambda session, touch, form: session.attesting.confirm(touch, pin=text(form, "pin")),
    "print_again": lambda session, touch, _form: session.print_again(touch),
    "paper_settled": lambda session, touch, _form: session.paper_settled(touch),
    "refusal_slip": lambda session, touch, _form: session.refusal_slip(touch),
    "back": lambda session, touch, _form: session.go_back(touch),
    "leave": lambda session, touch, _form: session.leave(touch),
    "start_again": lambda session, touch, _form: session.start_again(touch),
    "scan": lambda session, touch, form: session.scanning.present(touch, scan(form)),
    "stay": lambda session, touch, _form: session.stay(touch.side),
    "comfort": lambda session, touch, form: session.choose_comfort(
        text(form, "field"), text(form, "value"), touch.side
    ),
    **PANEL_TOUCHES,
    **COUNTER_TOUCHES,
}


@screens.get("/")
def page() -> str:
    """The present screen, whole."""
    _session().tick()
    return render_template("enrolment/page.html", **picture(_session()))


@screens.get("/etat")
def state() -> Response:
    """What changed since the revision the page shows."""
    _session().tick()
    return changed(_session())


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
    return fragment(_session()) if request.headers.get("HX-Request") else redirect("/", code=303)


@screens.post("/activite")
def activity() -> Response:
    """Somebody is there."""
    _session().stay()
    return Response(status=204)


@screens.get("/voix")
def voice() -> Response:
    """The present screen, spoken."""
    return spoken_screen(_session())


@screens.get("/htmx.js")
def htmx() -> Response:
    """The script, from its package."""
    script = resources.files("js_lib_htmx").joinpath("static", "htmx", "htmx.min.js").read_bytes()
    return Response(script, mimetype="text/javascript", headers={"Cache-Control": "max-age=86400"})


# What both sides of a counter answer alike; the second screen's addresses are those of kiosk.patient.views.


def changed(session: EnrolmentSession, side: Side = Side.OPERATOR) -> Response:
    """The new screen, only the veil when that alone changed, or 204."""
    shown = seen_by(session.screen(), side)
    if request.args.get("revision") != str(shown.revision):
        return fragment(session, side)
    if request.args.get("veil") == str(int(shown.warning)):
        return Response(status=204)
    answer = make_response(render_template("enrolment/veil.html", **picture(session, side)))
    answer.headers["HX-Retarget"] = "#veil"
    return answer


def fragment(session: EnrolmentSession, side: Side = Side.OPERATOR) -> Response:
    """The screen now shown on that side."""
    return make_response(render_template("enrolment/screen.html", **picture(session, side)))


def spoken_screen(session: EnrolmentSession, side: Side = Side.OPERATOR) -> Response:
    """The screen now shown on that side, as sound; see ``/voix``."""
    shown = picture(session, side)
    if request.args.get("revision") != str(shown["screen"].revision) or not shown["comfort"].voice:
        abort(404)
    page = render_template("enrolment/screen.html", **shown)
    sentences = spoken(page, shown["t"], by_digits=shown["comfort"].keypad)
    try:
        sound = session.voice.speak(passages(sentences, session.languages, shown["language"]))
    except VoiceError as error:
        current_app.logger.warning("nothing spoken: %s", error)
        abort(404)
    return Response(sound, mimetype="audio/wav")


def _session() -> EnrolmentSession:
    found: EnrolmentSession = current_app.extensions[SESSION]
    return found
