"""Sign-in of managers step by step, sign-out, their account, and who is asking; thin: desks and sessions decide."""

from __future__ import annotations

import math
from collections.abc import Callable, Sequence
from dataclasses import dataclass
from datetime import datetime

from flask import Blueprint, Response, abort, g, redirect, render_template, request, session, url_for
from sqlalchemy import Connection, Engine
from werkzeug.wrappers import Response as BaseResponse

from central.callers import Network, caller
from central.crowding import Places
from central.devices.regions import region_name
from central.engine import reading
from central.staff import sessions
from central.staff.door import Door, SignIn, SignInOutcome
from central.staff.factor_desk import TYPED_LIMIT, FactorDesk, Proof
from central.staff.password_desk import NewPassword, PasswordDesk, PasswordFault
from central.staff.permissions import may_open
from central.staff.scope import lies_within
from central.staff.service import PASSWORD_LEAST
from central.staff.sessions import Manager, Stage
from central.staff.sign_in import NAME_LIMIT, PASSWORD_LIMIT, Credentials, SignInDesk
from wire.errors import IdentifierError
from wire.identifiers import milliseconds, moment

OPEN_ENDPOINTS = frozenset(
    f"staff.{name}"
    for name in ("sign_in", "admit", "code", "check_code", "authenticator", "confirm", "password", "choose")
)
_SESSION = "sid"
_LAST_ASKED = "asked"
_UNDER_WAY = "way"  # the session of a sign-in that is not at its end
_REFUSED, _TOO_MANY = 403, 429
_HASHES_AT_ONCE = 2  # of a process's four threads or more: the others stay for terminals
_UNKNOWN = "Identifiant ou mot de passe inconnu."
_WRONG_CODE = "Ce code n’est pas le bon, ou il a déjà servi. Attendez le suivant et réessayez."  # noqa: RUF001 - French
_NEXT = {Stage.FACTOR_DUE: "staff.code", Stage.PASSWORD_DUE: "staff.password", Stage.OPEN: "home"}
_PASSWORD_SENTENCES = {
    PasswordFault.LENGTH: f"Il faut {PASSWORD_LEAST} à {PASSWORD_LIMIT} caractères.",
    PasswordFault.TWICE: "Les deux saisies ne sont pas les mêmes.",
    PasswordFault.NAMED: "Le mot de passe ne doit pas contenir votre identifiant.",
    PasswordFault.PRINTED: "Choisissez un autre mot de passe que celui qui vous a été remis.",
}


@dataclass(frozen=True, slots=True)
class Desks:
    """Who decides about each step; ``hashing``: how many passwords are looked at at once."""

    sign_in: SignInDesk
    factor: FactorDesk
    password: PasswordDesk
    hashing: Places

    @classmethod
    def of(cls, door: Door) -> Desks:
        """All of one door."""
        return cls(SignInDesk(door), FactorDesk(door), PasswordDesk(door), Places(_HASHES_AT_ONCE))


def make_blueprint(
    engine: Engine,
    desks: Desks,
    clock: Callable[[], datetime],
    proxies: Sequence[Network],
    *,
    provider_label: str | None,
) -> Blueprint:
    """The routes under ``/connexion``, ``/deconnexion`` and ``/compte``."""
    blueprint = Blueprint("staff", __name__)
    _add_password_step(blueprint, desks, clock, proxies, provider_label)
    _add_code_step(blueprint, desks, clock, proxies)
    _add_authenticator_step(blueprint, desks, clock, proxies)
    _add_own_password_step(blueprint, desks, clock, proxies)
    _add_account(blueprint, engine, desks, clock)

    @blueprint.app_context_processor
    def bar() -> dict[str, object]:
        manager: Manager | None = g.get("manager")
        if manager is None:
            return {"signed_in": None}
        return {
            "signed_in": manager,
            "scope_name": region_name(manager.region),
            "may_open": lambda endpoint: may_open(manager.role, endpoint),
        }

    return blueprint


def _add_password_step(
    blueprint: Blueprint,
    desks: Desks,
    clock: Callable[[], datetime],
    proxies: Sequence[Network],
    provider_label: str | None,
) -> None:
    def page(fault: str | None = None) -> str:
        return render_template(
            "staff/sign_in.html",
            fault=fault,
            name_limit=NAME_LIMIT,
            password_limit=PASSWORD_LIMIT,
            provider_label=provider_label,
        )

    @blueprint.get("/connexion")
    def sign_in() -> str:
        return page()

    @blueprint.post("/connexion")
    def admit() -> BaseResponse:
        given = Credentials(request.form.get("name", ""), request.form.get("password", ""), address_of(proxies))
        with desks.hashing.one():
            answer = desks.sign_in.admit(given, now=clock())
        # What was typed does not come back: people type passwords into the field of the name.
        return _onward(answer, clock(), page, _UNKNOWN)


def _add_code_step(
    blueprint: Blueprint, desks: Desks, clock: Callable[[], datetime], proxies: Sequence[Network]
) -> None:
    def page(fault: str | None = None) -> str:
        return render_template("staff/code.html", fault=fault, typed_limit=TYPED_LIMIT)

    @blueprint.get("/connexion/code")
    def code() -> str | BaseResponse:
        has_factor = desks.factor.has_factor(_way(), now=clock())
        if has_factor is None:
            return redirect(url_for("staff.sign_in"))
        return page() if has_factor else redirect(url_for("staff.authenticator"))

    @blueprint.post("/connexion/code")
    def check_code() -> BaseResponse:
        if not desks.factor.has_factor(_way(), now=clock()):
            return redirect(url_for("staff.sign_in"), code=303)
        proof = Proof(_way(), request.form.get("code", "")[:TYPED_LIMIT], address_of(proxies))
        return _onward(desks.factor.check(proof, now=clock()), clock(), page, _WRONG_CODE)


def _add_authenticator_step(
    blueprint: Blueprint, desks: Desks, clock: Callable[[], datetime], proxies: Sequence[Network]
) -> None:
    def page(fault: str | None = None) -> str | BaseResponse:
        offer = desks.factor.offer(_way(), now=clock())
        if offer is None:
            return redirect(url_for("staff.sign_in"), code=303)
        return render_template("staff/authenticator.html", fault=fault, offer=offer, typed_limit=TYPED_LIMIT)

    @blueprint.get("/connexion/authentificateur")
    def authenticator() -> str | BaseResponse:
        return page()

    @blueprint.post("/connexion/authentificateur")
    def confirm() -> BaseResponse:
        proof = Proof(_way(), request.form.get("code", "")[:TYPED_LIMIT], address_of(proxies))
        confirmed = desks.factor.confirm(proof, now=clock())
        answer = confirmed.answer
        if answer.session_id is None:
            return _onward(answer, clock(), page, _WRONG_CODE)
        _remember(answer, clock())
        return Response(
            render_template(
                "staff/recovery_codes.html", codes=confirmed.recovery_codes, onward=url_for(_NEXT[answer.stage])
            )
        )


def _add_own_password_step(
    blueprint: Blueprint, desks: Desks, clock: Callable[[], datetime], proxies: Sequence[Network]
) -> None:
    def page(fault: str | None = None) -> str:
        return render_template("staff/password.html", fault=fault, least=PASSWORD_LEAST, limit=PASSWORD_LIMIT)

    @blueprint.get("/connexion/mot-de-passe")
    def password() -> str | BaseResponse:
        is_due = desks.password.is_due(_way(), now=clock())
        return page() if is_due else redirect(url_for("staff.sign_in"))

    @blueprint.post("/connexion/mot-de-passe")
    def choose() -> BaseResponse:
        form = request.form
        new = NewPassword(_way(), form.get("password", ""), form.get("again", ""), address_of(proxies))
        with desks.hashing.one():
            answer = desks.password.choose(new, now=clock())
        if isinstance(answer, SignIn):
            return _onward(answer, clock(), page, "")
        if answer is PasswordFault.EXPIRED:
            return redirect(url_for("staff.sign_in"), code=303)
        return Response(page(_PASSWORD_SENTENCES[answer]), status=_REFUSED)


def _add_account(blueprint: Blueprint, engine: Engine, desks: Desks, clock: Callable[[], datetime]) -> None:
    @blueprint.get("/compte")
    def account() -> str:
        manager = current()
        with reading(engine) as connection:
            open_sessions = sessions.count(connection, manager.manager_id, now=clock())
        return render_template(
            "staff/account.html",
            open_sessions=open_sessions,
            codes_left=desks.factor.codes_left(manager.manager_id),
            idle_minutes=sessions.IDLE.seconds // 60,
            longest_hours=sessions.LONGEST.seconds // 3600,
        )

    @blueprint.post("/deconnexion")
    def sign_out() -> BaseResponse:
        desks.sign_in.leave(session[_SESSION], current().manager_id, now=clock())
        session.clear()
        return redirect(url_for("staff.sign_in"), code=303)

    @blueprint.post("/deconnexion/partout")
    def sign_out_everywhere() -> BaseResponse:
        desks.sign_in.leave_everywhere(current().manager_id, now=clock())
        session.clear()
        return redirect(url_for("staff.sign_in"), code=303)


def manager_asks(engine: Engine, clock: Callable[[], datetime], *, unattended: frozenset[str]) -> Callable[[str], bool]:
    """The rule for ``websafety``: who is signed in, ready for :func:`current`, and whether this page is theirs.

    Steps:

    1. a session that is on (:func:`central.staff.sessions.whose`), else they must sign in;
    2. the role may open the endpoint (central/staff/permissions.py), else 403;
    3. what the address names lies in their region (central/staff/scope.py), else 404: it tells nothing of elsewhere.

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
            manager = sessions.whose(connection, session_id, last_asked=asked, now=now)  # 1
            if manager is None:
                return False
            if endpoint not in unattended:
                session[_LAST_ASKED] = milliseconds(now)
            admit_here(connection, manager, endpoint)  # 2 and 3
        return True

    return is_allowed


def admit_here(connection: Connection, manager: Manager, endpoint: str) -> None:
    """Who was recognised is ready for :func:`current`, and may open this (2, else 403) of theirs (3, else 404)."""
    g.manager = manager
    if not may_open(manager.role, endpoint):
        abort(403)
    named = [*request.args.items(multi=True), *request.form.items(multi=True)]
    if not lies_within(connection, manager.region, request.view_args or {}, named):
        abort(404)


def current() -> Manager:
    """Who is asking; only behind a closed route."""
    manager: Manager = g.manager
    return manager


def address_of(proxies: Sequence[Network]) -> str:
    """From where this request comes."""
    return caller(request.remote_addr, request.headers.get("X-Forwarded-For", ""), proxies)


def open_session(answer: SignIn, now: datetime) -> None:
    """Put an opened session into the browser's cookie, and nothing of before beside it."""
    _remember(answer, now)


def _remember(answer: SignIn, now: datetime) -> None:
    session.clear()  # a new session has a new CSRF token: nothing planted before the sign-in lives on
    if answer.opened:
        session[_SESSION], session[_LAST_ASKED] = answer.session_id, milliseconds(now)
    else:
        session[_UNDER_WAY] = answer.session_id


def _onward(
    answer: SignIn, now: datetime, page: Callable[[str], str | BaseResponse], wrong_sentence: str
) -> BaseResponse:
    if answer.session_id is not None:
        _remember(answer, now)
        return redirect(url_for(_NEXT[answer.stage]), code=303)
    if answer.outcome is not SignInOutcome.LOCKED:
        shown = page(wrong_sentence)
        return shown if isinstance(shown, BaseResponse) else Response(shown, status=_REFUSED)
    wait_s = 0 if answer.until is None else max(1, math.ceil((answer.until - now).total_seconds()))
    locked = render_template("staff/locked.html", minutes=math.ceil(wait_s / 60))
    return Response(locked, status=_TOO_MANY, headers={"Retry-After": str(wait_s)})


def _way() -> str:
    held = session.get(_UNDER_WAY)
    return held if isinstance(held, str) else ""
