"""The vault's addresses: two for central's signed requests, a few pages for holders.

``POST /v1/hand-over``, ``POST /v1/events``; ``GET`` and ``POST`` of ``/activation``, where ``GET /`` leads, of
``/activation/code`` (the one-time code) and of ``/opposition/<token>`` (that was not me); ``GET /healthz``.
The code reaches the page in the address's fragment, which browsers do not send; the page's script moves it into the
form. What was typed is never rendered back, except the locator.
"""

from __future__ import annotations

import logging
import math
from collections.abc import Callable
from dataclasses import dataclass
from datetime import timedelta

from flask import Blueprint, Response, jsonify, redirect, render_template, request, session, url_for
from werkzeug.wrappers import Response as BaseResponse

from central.callers import caller
from central.crowding import Places
from central.vault import second_factor, wording
from central.vault.activation import ActivationDesk, Attempt, Reply, Verdict
from central.vault.contacts import Channel
from central.vault.events import EventsDesk
from central.vault.forms import FormErrors, OneTimeStep, read_form, read_one_time
from central.vault.handover import HandOverDesk
from central.vault.objections import Objection, ObjectionDesk
from central.vault.second_factor import SecondFactorDesk, Word
from central.vault.settings import VaultSettings
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
    Verdict.VOID: 410,
    Verdict.OBJECTED: 410,
}
_STEP_STATUS = {
    Word.WRONG: 403,
    Word.SPENT: 409,
    Word.TOO_SOON: 429,
    Word.TOO_MANY: 429,
    Word.NOT_SENT: 503,
}
_OBJECTION_STATUS = {Objection.OPEN: 200, Objection.DONE: 200, Objection.GONE: 410, Objection.UNKNOWN: 404}
_MISTYPED = 422
_SEE_OTHER = 303
_CHALLENGE = "challenge"  # the session's name for the secret of an activation that waits for its one-time code

_OPEN = ("home", "page", "health", "one_time_page", "objection_page")
OPEN_ENDPOINTS = frozenset({"static", *(f"vault.{name}" for name in _OPEN)})
SIGNED_ENDPOINTS = frozenset({"vault.hand_over", "vault.events"})
FORM_ENDPOINTS = frozenset(f"vault.{name}" for name in ("activate", "one_time", "object_to"))
Answer = str | BaseResponse | tuple[str, int] | tuple[str, int, dict[str, str]]


@dataclass(frozen=True, slots=True)
class Desks:
    """What the addresses lead to."""

    hand_over: HandOverDesk
    events: EventsDesk
    activation: ActivationDesk
    second_factor: SecondFactorDesk
    objection: ObjectionDesk


def make_blueprint(desks: Desks, settings: VaultSettings) -> Blueprint:
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

    _add_activation(pages, desks.activation, settings)
    _add_one_time(pages, desks.second_factor)
    _add_objection(pages, desks.objection)
    return pages


def _add_activation(pages: Blueprint, desk: ActivationDesk, settings: VaultSettings) -> None:
    places = Places(settings.derivations_at_once)

    @pages.get("/activation")
    def page() -> str:
        return _form()

    @pages.post("/activation")
    def activate() -> Answer:
        form = read_form(request.form)
        if isinstance(form, FormErrors):
            return _form(form), _MISTYPED
        address = caller(request.remote_addr, request.headers.get("X-Forwarded-For", ""), settings.trusted_proxies)
        with places.one():
            reply = desk.activate(Attempt(form.locator, form.code, form.passphrase, address))
        _log.info("activation: %s", reply.verdict.value)
        if reply.verdict is Verdict.SECOND_FACTOR:
            session[_CHALLENGE] = reply.session
            return redirect(url_for("vault.one_time_page"), _SEE_OTHER)
        headers = {} if reply.wait is None else {"Retry-After": str(math.ceil(reply.wait.total_seconds()))}
        return _said(reply, form.locator.grouped(), settings.help_line), _STATUS[reply.verdict], headers


def _add_one_time(pages: Blueprint, desk: SecondFactorDesk) -> None:
    @pages.get("/activation/code")
    def one_time_page() -> Answer:
        return _one_time(desk)

    @pages.post("/activation/code")
    def one_time() -> Answer:
        secret, (step, typed) = str(session.get(_CHALLENGE, "")), read_one_time(request.form)
        if step is OneTimeStep.MISTYPED:
            return _one_time(desk, "empty", status=_MISTYPED)
        reply = _take_step(desk, secret, step, typed)
        _log.info("one-time code: %s", reply.word.value)
        if reply.word is Word.SENT:
            return redirect(url_for("vault.one_time_page"), _SEE_OTHER)
        if reply.word is Word.ACTIVATED:
            session.pop(_CHALLENGE, None)
            return render_template("activated.html", words=wording.words(reply.language))
        if reply.word is Word.OVER:
            return redirect(url_for("vault.page"), _SEE_OTHER)
        return _one_time(desk, reply.word.value, reply, status=_STEP_STATUS[reply.word])


def _take_step(desk: SecondFactorDesk, secret: str, step: OneTimeStep, typed: str) -> second_factor.Reply:
    if step is OneTimeStep.SKIP:
        return desk.skip(secret)
    if step is OneTimeStep.CHECK:
        return desk.check(secret, typed)
    return desk.send(secret, Channel.EMAIL if step is OneTimeStep.SEND_EMAIL else Channel.MOBILE)


def _add_objection(pages: Blueprint, desk: ObjectionDesk) -> None:
    @pages.get("/opposition/<token>")
    def objection_page(token: str) -> Answer:
        return _objection(*desk.look(token))

    @pages.post("/opposition/<token>")
    def object_to(token: str) -> Answer:
        stage, language = desk.stop(token)
        _log.info("objection: %s", stage.value)
        return _objection(stage, language)


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
        "reply.html",
        verdict=reply.verdict.value,
        wait=_minutes(reply.wait),
        valid_from=None if reply.valid_from is None else wording.when(reply.valid_from, "fr"),
        help_line=help_line,
        locator=locator,
    )


def _one_time(
    desk: SecondFactorDesk, said: str | None = None, reply: second_factor.Reply | None = None, *, status: int = 200
) -> Answer:
    """The page of the one-time code as the session stands; without one, back to the beginning."""
    stage = desk.look(str(session.get(_CHALLENGE, "")))
    if stage is None:
        return redirect(url_for("vault.page"), _SEE_OTHER)
    page = render_template(
        "one_time.html",
        words=wording.words(stage.offer.language),
        channels={address.channel.value: wording.masked(address) for address in stage.offer.addresses},
        is_required=stage.offer.is_required,
        sent_to=None if stage.sent_to is None else wording.masked(stage.sent_to),
        minutes=stage.minutes,
        said=said,
        tries=None if reply is None else reply.tries_left,
        seconds=0 if reply is None or reply.wait is None else math.ceil(reply.wait.total_seconds()),
    )
    return page, status


def _objection(stage: Objection, language: str) -> Answer:
    page = render_template("objection.html", words=wording.words(language), stage=stage.value)
    return page, _OBJECTION_STATUS[stage]


def _minutes(wait: timedelta | None) -> int:
    return 0 if wait is None else max(1, math.ceil(wait / timedelta(minutes=1)))
