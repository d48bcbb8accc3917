"""What every page of central and of the vault goes through: host, body size, closed by default, CSRF, headers, errors.

A neutral leaf: it knows Flask and nothing of ours, holds no data and no keys, so both processes may import it.
``protect`` does all of it in the one right order; the single parts stay private so that none can be forgotten.
"""

from __future__ import annotations

import hmac
import logging
import secrets
from collections.abc import Callable
from dataclasses import dataclass

from flask import Flask, Response, jsonify, redirect, render_template_string, request, session, url_for
from werkzeug.exceptions import HTTPException, MethodNotAllowed
from werkzeug.wrappers import Response as BaseResponse

from central.crowding import RETRY_AFTER_S, CrowdedError

CSRF_FIELD = "csrf"
CSRF_HEADER = "X-CSRF-Token"
# Their problems are JSON, everybody else's are pages.
MACHINE_PREFIXES = ("/v1/", "/api/", "/healthz", "/readyz", "/metrics")

_CSRF_BYTES = 32
_SAFE_METHODS = frozenset({"GET", "HEAD", "OPTIONS"})
_SECURITY_HEADERS = {
    "Content-Security-Policy": "default-src 'self'; base-uri 'none'; object-src 'none'; form-action 'self'; "
    "frame-ancestors 'none'",
    "Referrer-Policy": "same-origin",  # nothing to others; no-referrer would make old browsers send Origin: null
    "X-Content-Type-Options": "nosniff",
    "X-Frame-Options": "DENY",
    "Cross-Origin-Opener-Policy": "same-origin",
    "Cross-Origin-Resource-Policy": "same-origin",
    "Permissions-Policy": "camera=(), microphone=(), geolocation=(), payment=()",
}
_HSTS = "max-age=31536000"
# status → stable code, sentence for people; anything else is "internal" or "refused".
_PROBLEMS = {
    400: ("malformed", "La demande n’a pas pu être lue."),  # noqa: RUF001 - French
    401: ("sign_in", "Connectez-vous pour voir cette page."),
    403: ("forbidden", "Cette page ne vous est pas ouverte."),
    404: ("not_found", "Cette page n’existe pas."),  # noqa: RUF001 - French
    405: ("method", "Cette adresse ne répond pas à cette demande."),
    413: ("too_long", "La demande est trop longue."),
    429: ("too_many", "Trop de demandes. Patientez quelques minutes."),
    503: ("busy", "Trop de demandes en ce moment. Réessayez dans quelques secondes."),
    500: ("internal", "Une erreur est survenue de notre côté. Réessayez dans un instant."),
}
_CSRF_SENTENCE = "Cette page est restée ouverte trop longtemps. Revenez en arrière, rechargez-la et recommencez."
_PLAIN_PAGE = """<!doctype html><html lang="fr"><head><meta charset="utf-8">
<meta name="viewport" content="width=device-width, initial-scale=1"><title>{{ sentence }}</title></head>
<body><main><h1>{{ sentence }}</h1><p>Code : {{ code }}</p></main></body></html>"""

_log = logging.getLogger("central.websafety")

RenderError = Callable[[int, str, str], str]
"""Makes the page of an error from status, stable code and sentence."""


def _plain_page(_status: int, code: str, sentence: str) -> str:
    return render_template_string(_PLAIN_PAGE, code=code, sentence=sentence)


@dataclass(frozen=True, slots=True, kw_only=True)
class Safety:
    """What a process decides about its own pages.

    ``open_endpoints`` are the only ones reachable without ``is_allowed`` saying yes; ``signed_endpoints`` are those
    of machines, whose bodies carry a signature and no cookie: they need no CSRF token. ``hosts`` are the names (no
    port) under which the process may be called; ``max_body`` is in bytes.
    """

    open_endpoints: frozenset[str]
    signed_endpoints: frozenset[str]
    hosts: frozenset[str]
    https: bool
    max_body: int
    is_allowed: Callable[[str], bool] = lambda _endpoint: False
    sign_in_endpoint: str | None = None
    render_error: RenderError = _plain_page


def protect(app: Flask, safety: Safety) -> None:
    """Guard every request of ``app`` and every answer; call it once, before the first request.

    Steps on the way in:

    1. the Host header is one of ours (else 400);
    2. the body is not longer than ``max_body`` (else 413), checked by werkzeug while it reads;
    3. the endpoint is open, or ``is_allowed`` says yes (else 302 to the sign-in page, 401 where there is none);
    4. a request that changes something comes from our own page: by the browser's word (Sec-Fetch-Site or Origin)
       and by the session's token; signed machine endpoints are exempt.

    On the way out: security headers on everything, no data in any error.

    Not checked: who may see which rows (the queries take the region), and signatures (the services do).
    """
    app.config.update(
        TRUSTED_HOSTS=sorted(safety.hosts),  # 1
        MAX_CONTENT_LENGTH=safety.max_body,  # 2
        SESSION_COOKIE_HTTPONLY=True,
        SESSION_COOKIE_SAMESITE="Strict",
        SESSION_COOKIE_SECURE=safety.https,
        # The prefix makes browsers refuse the cookie from a neighbouring host; it needs https.
        SESSION_COOKIE_NAME=("__Host-" if safety.https else "") + app.name.replace(".", "-"),
    )
    close_by_default(app, safety.open_endpoints, safety.is_allowed, safety.sign_in_endpoint, safety.render_error)  # 3
    _guard_forms(app, safety)  # 4
    _add_headers(app, https=safety.https)
    _hide_errors(app, safety.render_error)
    app.jinja_env.globals["csrf_token"] = csrf_token


def close_by_default(
    app: Flask,
    open_endpoints: frozenset[str],
    is_allowed: Callable[[str], bool],
    sign_in_endpoint: str | None = None,
    render_error: RenderError = _plain_page,
) -> None:
    """Close every endpoint that ``open_endpoints`` does not name, also those added later."""

    @app.before_request
    def closed() -> BaseResponse | None:
        endpoint = request.endpoint
        if endpoint is None or endpoint in open_endpoints or is_allowed(endpoint):
            return None
        # htmx would put the sign-in page into the middle of the table: tell it to go there instead.
        if sign_in_endpoint is not None and request.headers.get("HX-Request"):
            return Response(status=401, headers={"HX-Redirect": url_for(sign_in_endpoint)})
        if sign_in_endpoint is not None and request.method in _SAFE_METHODS and not _from_machine():
            return redirect(url_for(sign_in_endpoint))
        return refuse(401, render_error=render_error)


def csrf_token() -> str:
    """The session's token, made at first use; templates call it for the hidden field."""
    token = session.get(CSRF_FIELD)
    if not isinstance(token, str):
        token = secrets.token_urlsafe(_CSRF_BYTES)
        session[CSRF_FIELD] = token
    return token


def problem(status: int, code: str, message: str) -> Response:
    """A machine's problem: stable code and sentence, never data of a person."""
    answer = jsonify({"code": code, "message": message})
    answer.status_code = status
    answer.content_type = "application/problem+json"
    return answer


def refuse(
    status: int, code: str | None = None, sentence: str | None = None, *, render_error: RenderError = _plain_page
) -> Response:
    """A problem for machines, a page for people, by the address that was called."""
    fallback = ("refused", "La demande est refusée.")
    usual_code, usual_sentence = _PROBLEMS.get(status, _PROBLEMS[500] if status >= 500 else fallback)  # noqa: PLR2004 - HTTP
    code, sentence = code or usual_code, sentence or usual_sentence
    if _from_machine():
        return problem(status, code, sentence)
    try:
        page = render_error(status, code, sentence)
    except Exception as error:  # noqa: BLE001 - whatever ails the error page must not hide the error
        # So it is after a refused Host: Flask can build no address for the page's links.
        _log.warning("the page of error %s failed: %s", code, type(error).__name__)
        page = _plain_page(status, code, sentence)
    return Response(page, status=status, content_type="text/html; charset=utf-8")


def _from_machine() -> bool:
    return request.path.startswith(MACHINE_PREFIXES)


def _guard_forms(app: Flask, safety: Safety) -> None:
    @app.before_request
    def same_origin() -> BaseResponse | None:
        if request.method in _SAFE_METHODS or request.endpoint is None or request.endpoint in safety.signed_endpoints:
            return None
        if _comes_from_our_page() and _bears_our_token():
            return None
        return refuse(403, "csrf", _CSRF_SENTENCE, render_error=safety.render_error)


def _comes_from_our_page() -> bool:
    """By Sec-Fetch-Site, which no page can forge; by Origin where a client does not send it; with neither: no.

    Behind a TLS terminator we are asked over http while the browser is on https: the same host over https is ours too.
    """
    site = request.headers.get("Sec-Fetch-Site")
    if site is not None:
        return site == "same-origin"
    return request.headers.get("Origin") in {request.host_url.rstrip("/"), f"https://{request.host}"}


def _bears_our_token() -> bool:
    held = session.get(CSRF_FIELD)
    given = request.form.get(CSRF_FIELD) or request.headers.get(CSRF_HEADER) or ""
    return isinstance(held, str) and hmac.compare_digest(held.encode(), given.encode())


def _add_headers(app: Flask, *, https: bool) -> None:
    @app.after_request
    def harden(answer: Response) -> Response:
        for name, value in _SECURITY_HEADERS.items():
            answer.headers[name] = value
        if https:
            answer.headers["Strict-Transport-Security"] = _HSTS
        answer.headers.setdefault("Cache-Control", "no-store")
        return answer


def _hide_errors(app: Flask, render_error: RenderError) -> None:
    @app.errorhandler(HTTPException)
    def refused(error: HTTPException) -> BaseResponse:
        # A redirect of the router (missing slash) is an answer, not an error.
        if error.code is None or error.code < 400:  # noqa: PLR2004 - HTTP
            return BaseResponse(status=error.code or 500, headers=error.get_headers())
        answer = refuse(error.code, render_error=render_error)
        if isinstance(error, MethodNotAllowed) and error.valid_methods:
            answer.headers["Allow"] = ", ".join(sorted(error.valid_methods))  # RFC 9110 §15.5.6
        return answer

    @app.errorhandler(CrowdedError)
    def crowded(_error: CrowdedError) -> BaseResponse:
        answer = refuse(503, render_error=render_error)
        answer.headers["Retry-After"] = str(RETRY_AFTER_S)
        return answer

    @app.errorhandler(Exception)
    def failed(error: Exception) -> BaseResponse:
        # Class and place only: the text of an exception, and SQLAlchemy's above all, may quote a person's data.
        _log.error("%s at %s in %s", type(error).__name__, _place(error), request.endpoint)
        return refuse(500, render_error=render_error)


def _place(error: Exception) -> str:
    trace = error.__traceback__
    while trace is not None and trace.tb_next is not None:
        trace = trace.tb_next
    return "nowhere" if trace is None else f"{trace.tb_frame.f_code.co_filename}:{trace.tb_lineno}"
