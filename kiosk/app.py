"""The terminal's web app: a window on the session for the browser beside it, and for nobody else.

:func:`create_tablet_app` is the other window: the person's own screen at a counter and nothing else, for a tablet on
the pharmacy's network (decision 0018). Guards of both, on the way in:

1. the Host header names the loopback, or the name this tablet app was given (a page cannot rebind its name to us);
2. a body is at most 16 KiB;
3. a request that changes something says that it comes from our own page (Sec-Fetch-Site, else Origin);
4. and carries the token of its browser session: field ``csrf`` or header ``X-CSRF-Token`` (:func:`csrf_token`).

On the way out: a strict content policy, nothing cached but static files, no data in any error. Not checked here: that
the server listens on the loopback only, or over TLS (assembly binds it), and who stands before the screen.
"""

from __future__ import annotations

import hmac
import secrets
from collections.abc import Sequence

from flask import Blueprint, Flask, Response, abort, current_app, redirect, request
from flask import session as browser
from werkzeug.exceptions import HTTPException, InternalServerError
from werkzeug.wrappers import Response as BaseResponse

from kiosk.enrolment.session import EnrolmentSession
from kiosk.enrolment.views import SESSION, screens
from kiosk.patient.views import COOKIE, patient
from kiosk.settings import LOOPBACK

CSRF_FIELD = "csrf"
CSRF_HEADER = "X-CSRF-Token"
_LONGEST_BODY = 16 * 1024  # bytes
_SAFE = frozenset({"GET", "HEAD", "OPTIONS"})
_HEADERS = {
    "Content-Security-Policy": "default-src 'self'; base-uri 'none'; object-src 'none'; form-action 'self'; "
    "frame-ancestors 'none'",
    "Referrer-Policy": "no-referrer",
    "X-Content-Type-Options": "nosniff",
    "X-Frame-Options": "DENY",
    "Cross-Origin-Opener-Policy": "same-origin",
    "Cross-Origin-Resource-Policy": "same-origin",
    "Permissions-Policy": "camera=(), microphone=(), geolocation=(), payment=()",
}


def create_app(session: EnrolmentSession, *, secret_key: bytes, extra_blueprints: Sequence[Blueprint] = ()) -> Flask:
    """The app over one session. ``secret_key`` signs the browser's cookie: random at each start is right."""
    return _guarded(session, secret_key, LOOPBACK, (screens, patient, *extra_blueprints))


def create_tablet_app(session: EnrolmentSession, *, secret_key: bytes, hosts: Sequence[str], is_secure: bool) -> Flask:
    """The person's own screen alone; ``hosts`` are the names it is reached by, ``is_secure``: it is served over TLS."""
    app = _guarded(session, secret_key, hosts, (patient,))
    app.config["SESSION_COOKIE_SECURE"] = is_secure
    app.add_url_rule("/", "home", lambda: redirect("/patient", code=303))
    return app


def _guarded(
    session: EnrolmentSession, secret_key: bytes, hosts: Sequence[str], blueprints: Sequence[Blueprint]
) -> Flask:
    app = Flask(__name__)
    app.config.update(
        SECRET_KEY=secret_key,
        TRUSTED_HOSTS=list(hosts),  # 1
        MAX_CONTENT_LENGTH=_LONGEST_BODY,  # 2
        SESSION_COOKIE_NAME="terminal",
        SESSION_COOKIE_HTTPONLY=True,
        SESSION_COOKIE_SAMESITE="Strict",
    )
    app.config[COOKIE] = "second-screen"
    app.extensions[SESSION] = session
    app.jinja_env.globals["csrf_token"] = csrf_token
    app.jinja_env.trim_blocks = app.jinja_env.lstrip_blocks = True
    app.before_request(_guard)
    app.after_request(_dress)
    app.register_error_handler(HTTPException, _plain_problem)
    app.register_error_handler(Exception, _own_mistake)
    for blueprint in blueprints:
        app.register_blueprint(blueprint)
    return app


def csrf_token() -> str:
    """The token of this browser session, made at first use."""
    token = browser.get(CSRF_FIELD)
    if not isinstance(token, str):
        token = secrets.token_urlsafe(32)
        browser[CSRF_FIELD] = token
    return token


def _guard() -> None:
    _ = request.host  # werkzeug refuses a Host that is not trusted when it is looked at (1)
    if request.method in _SAFE:
        return
    if not _from_our_page():  # 3
        abort(403)
    known, sent = browser.get(CSRF_FIELD), request.headers.get(CSRF_HEADER) or request.form.get(CSRF_FIELD, "")
    if not isinstance(known, str) or not hmac.compare_digest(known.encode(), sent.encode()):  # 4
        abort(403)


def _from_our_page() -> bool:
    """By the browser's own word; a client that says nothing (the headless demo) still needs the token."""
    site = request.headers.get("Sec-Fetch-Site")
    if site is not None:
        return site == "same-origin"
    origin = request.headers.get("Origin")
    return origin is None or origin == request.host_url.rstrip("/")


def _dress(response: Response) -> Response:
    for name, value in _HEADERS.items():
        response.headers.setdefault(name, value)
    if request.endpoint not in {"static", "screens.htmx", "patient.htmx"}:
        response.headers["Cache-Control"] = "no-store"
    return response


def _plain_problem(error: HTTPException) -> BaseResponse | HTTPException:
    if error.code is None or error.code < 400:  # noqa: PLR2004 - redirects are answers, not problems
        return error
    return Response(f"{error.code} {error.name}\n", status=error.code, mimetype="text/plain")


def _own_mistake(error: Exception) -> BaseResponse | HTTPException:
    # Flask would log a traceback; its last lines may hold what a person typed.
    current_app.logger.error("a view failed: %s", type(error).__name__)
    return _plain_problem(InternalServerError())
