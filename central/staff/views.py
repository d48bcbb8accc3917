"""Sign-in and sign-out of managers, and who is asking; thin: the desk and the sessions decide."""

from __future__ import annotations

from collections.abc import Callable
from datetime import datetime

from flask import Blueprint, Response, g, redirect, render_template, request, session, url_for
from sqlalchemy import Engine
from werkzeug.wrappers import Response as BaseResponse

from central.engine import reading
from central.staff import sessions
from central.staff.sessions import Manager
from central.staff.sign_in import LOCK, NAME_LIMIT, PASSWORD_LIMIT, Credentials, SignInDesk, SignInOutcome
from wire.errors import IdentifierError
from wire.identifiers import milliseconds, moment

_SESSION = "sid"
_LAST_ASKED = "asked"
_SENTENCES = {
    SignInOutcome.WRONG: "Identifiant ou mot de passe inconnu.",
    SignInOutcome.LOCKED: f"Trop d’essais. Réessayez dans {LOCK.seconds // 60} minutes.",  # noqa: RUF001 - French
}


def make_blueprint(desk: SignInDesk, clock: Callable[[], datetime], *, after_sign_in: str) -> Blueprint:
    """The routes ``/connexion`` and ``/deconnexion``; ``after_sign_in`` is the endpoint one lands on."""
    blueprint = Blueprint("staff", __name__)

    @blueprint.get("/connexion")
    def sign_in() -> str:
        return _page()

    @blueprint.post("/connexion")
    def admit() -> BaseResponse:
        given = Credentials(request.form.get("name", ""), request.form.get("password", ""))
        answer = desk.admit(given, now=clock())
        if answer.session_id is None:
            # What was typed does not come back: people type passwords into the field of the name.
            return Response(_page(_SENTENCES[answer.outcome]), status=403)
        session.clear()  # a new session has a new CSRF token: nothing planted before the sign-in lives on
        session[_SESSION] = answer.session_id
        session[_LAST_ASKED] = milliseconds(clock())
        return redirect(url_for(after_sign_in), code=303)

    @blueprint.post("/deconnexion")
    def sign_out() -> BaseResponse:
        desk.leave(session[_SESSION], current().manager_id, now=clock())
        session.clear()
        return redirect(url_for("staff.sign_in"), code=303)

    return blueprint


def manager_asks(engine: Engine, clock: Callable[[], datetime], *, unattended: frozenset[str]) -> Callable[[str], bool]:
    """The rule for ``websafety``: somebody is signed in, and who it is stands ready for :func:`current`.

    ``unattended`` are the endpoints that a page asks by itself: they do not count as a sign of life, else a page left
    open on a desk would never fall asleep.
    """

    def is_allowed(endpoint: str) -> bool:
        now = clock()
        session_id, last_asked = session.get(_SESSION), session.get(_LAST_ASKED)
        if not isinstance(session_id, str) or not isinstance(last_asked, int):
            return False
        try:
            asked = moment(last_asked)
        except IdentifierError:
            return False
        with reading(engine) as connection:
            manager = sessions.whose(connection, session_id, last_asked=asked, now=now)
        if manager is None:
            return False
        g.manager = manager
        if endpoint not in unattended:
            session[_LAST_ASKED] = milliseconds(now)
        return True

    return is_allowed


def current() -> Manager:
    """Who is asking; only behind a closed route."""
    manager: Manager = g.manager
    return manager


def _page(fault: str | None = None) -> str:
    return render_template(
        "staff/sign_in.html",
        fault=fault,
        name_limit=NAME_LIMIT,
        password_limit=PASSWORD_LIMIT,
        lock_minutes=LOCK.seconds // 60,
    )
