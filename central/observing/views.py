"""``/readyz`` and ``/metrics``: for the machine itself, or for whoever has the token. To everybody else: not there."""

from __future__ import annotations

import hmac
import time
from collections.abc import Mapping
from ipaddress import ip_address

from flask import Blueprint, Flask, Response, g, jsonify, request
from prometheus_client import CONTENT_TYPE_LATEST

from central.observing.metrics import Metrics
from central.observing.readiness import Check, is_ready, look
from central.websafety import problem

ENDPOINTS = frozenset({"observing.ready", "observing.metrics"})
"""Open in the app's own list: they guard themselves."""

_FORWARDED = ("Forwarded", "X-Forwarded-For", "X-Forwarded-Host", "X-Real-IP")
_BEARER = "Bearer "
_NOT_READY = 503
_STARTED = "observed_since"


def make_blueprint(checks: Mapping[str, Check], metrics: Metrics, token: str | None) -> Blueprint:
    """The two addresses; ``token``: see :func:`may_look`."""
    blueprint = Blueprint("observing", __name__)

    @blueprint.before_request
    def guard() -> Response | None:
        return None if may_look(token) else problem(404, "not_found", "there is nothing here")

    @blueprint.get("/readyz")
    def ready() -> Response:
        words = look(checks)
        answer = jsonify({"status": "ready" if is_ready(words) else "not_ready", "checks": words})
        answer.status_code = 200 if is_ready(words) else _NOT_READY
        return answer

    @blueprint.get("/metrics", endpoint="metrics")
    def numbers() -> Response:
        return Response(metrics.text(), content_type=CONTENT_TYPE_LATEST)

    return blueprint


def watch(app: Flask, metrics: Metrics) -> None:
    """Count every request of ``app``; call it before anything that may refuse one."""

    @app.before_request
    def begin() -> None:
        setattr(g, _STARTED, time.perf_counter())

    @app.after_request
    def end(answer: Response) -> Response:
        started = g.get(_STARTED)
        seconds = None if started is None else time.perf_counter() - started
        metrics.count(request.endpoint, request.method, answer.status_code, seconds)
        return answer


def may_look(token: str | None) -> bool:
    """Whether this request may read.

    Steps:

    1. with a token: whoever sends it, from wherever, and nobody else;
    2. without one: a connection from this machine that no proxy passed on. A TLS terminator here connects so too, but
       says for whom; one that does not say it must not pass these two addresses on.

    Not checked: which program of this machine asks.
    """
    if token is not None:  # 1
        given = request.headers.get("Authorization", "")
        return given.startswith(_BEARER) and hmac.compare_digest(given.removeprefix(_BEARER).encode(), token.encode())
    return _is_this_machine(request.remote_addr) and not any(name in request.headers for name in _FORWARDED)  # 2


def _is_this_machine(address: str | None) -> bool:
    try:
        return ip_address(address or "").is_loopback
    except ValueError:
        return False
