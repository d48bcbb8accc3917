"""The vault's addresses: two for central's signed requests, one page for holders.

``POST /v1/hand-over``, ``POST /v1/events``; ``GET`` and ``POST /activation``, where ``GET /`` leads; ``GET /healthz``.
The code reaches the page in the address's fragment, which browsers do not send; the page's script moves it into the
form. What was typed is never rendered back, except the locator.
"""

from __future__ import annotations

import logging
import math
from collections.abc import Callable, Sequence
from dataclasses import dataclass
from datetime import timedelta

from flask import Blueprint, Response, jsonify, redirect, render_template, request, url_for
from werkzeug.wrappers import Response as BaseResponse

from central.vault.activation import ActivationDesk, Attempt, Reply, Verdict
from central.vault.events import EventsDesk
from central.vault.forms import FormErrors, read_form
from central.vault.handover import HandOverDesk
from central.vault.settings import Network
from central.vault.throttle import caller
from central.websafety import problem
from wire.errors import FormatError, SignatureError, TrustError, WireError

_log = logging.getLogger("central.vault.views")

_BINARY = "application/octet-stream"
_STATUS = {
    Verdict.ACTIVATED: 200,
    Verdict.WRONG_CODE: 403,
    Verdict.NOT_YET_TRANSMITTED: 404,
    Verdict.WAITING_GUARD: 409,
    Verdict.USED: 409,
    Verdict.EXPIRED: 410,
    Verdict.LOCKED: 423,
    Verdict.THROTTLED: 429,
    Verdict.UNUSABLE: 409,
}
_MISTYPED = 422

OPEN_ENDPOINTS = frozenset({"static", *(f"vault.{name}" for name in ("home", "page", "health"))})
SIGNED_ENDPOINTS = frozenset({"vault.hand_over", "vault.events"})
FORM_ENDPOINTS = frozenset({"vault.activate"})


@dataclass(frozen=True, slots=True)
class Desks:
    """What the addresses lead to."""

    hand_over: HandOverDesk
    events: EventsDesk
    activation: ActivationDesk


def make_blueprint(desks: Desks, proxies: Sequence[Network], help_line: str | None) -> Blueprint:
    """The addresses over these desks."""
    pages = Blueprint("vault", __name__)

    @pages.get("/")
    def home() -> BaseResponse:
        return redirect(url_for("vault.page"))

    @pages.get("/healthz")
    def health() -> Response:
        return jsonify({"status": "ok"})

    @pages.post("/v1/hand-over")
    def hand_over() -> Response:
        return _answered(desks.hand_over.receive)

    @pages.post("/v1/events")
    def events() -> Response:
        return _answered(desks.events.receive)

    @pages.get("/activation")
    def page() -> str:
        return _form()

    @pages.post("/activation")
    def activate() -> tuple[str, int] | tuple[str, int, dict[str, str]]:
        form = read_form(request.form)
        if isinstance(form, FormErrors):
            return _form(form), _MISTYPED
        address = caller(request.remote_addr, request.headers.get("X-Forwarded-For", ""), proxies)
        reply = desks.activation.activate(Attempt(form.locator, form.code, form.passphrase, address))
        _log.info("activation: %s", reply.verdict.value)
        headers = {} if reply.wait is None else {"Retry-After": str(math.ceil(reply.wait.total_seconds()))}
        return _said(reply, form.locator.grouped(), help_line), _STATUS[reply.verdict], headers

    return pages


def _answered(receive: Callable[[bytes], bytes]) -> Response:
    """The signed answer to a signed request, or its problem: never a word of what stood in it."""
    try:
        return Response(receive(request.get_data()), content_type=_BINARY)
    except WireError as error:
        _log.warning("%s refused: %s", request.endpoint, error.code)
        return problem(_status_of(error), error.code, str(error))


def _status_of(error: WireError) -> int:
    if isinstance(error, SignatureError):
        return 401
    if isinstance(error, TrustError):
        return 503
    return 413 if isinstance(error, FormatError) and error.code == "too_long" else 400


def _form(errors: FormErrors | None = None) -> str:
    typed = "" if errors is None else errors.locator_typed
    return render_template(
        "activation.html", errors={} if errors is None else errors.by_field, locator=typed, reply=None
    )


def _said(reply: Reply, locator: str, help_line: str | None) -> str:
    if reply.verdict is Verdict.WRONG_CODE:
        return render_template("activation.html", errors={"code": "wrong"}, locator=locator, reply=reply)
    return render_template(
        "reply.html", verdict=reply.verdict.value, wait=_minutes(reply.wait), help_line=help_line, locator=locator
    )


def _minutes(wait: timedelta | None) -> int:
    return 0 if wait is None else max(1, math.ceil(wait / timedelta(minutes=1)))
