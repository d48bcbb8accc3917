"""What terminals ask about themselves: registration, configuration, trust bundle; thin."""

from __future__ import annotations

from collections.abc import Callable
from datetime import datetime
from http import HTTPStatus

from cryptography.hazmat.primitives.asymmetric.ed25519 import Ed25519PrivateKey
from flask import Blueprint, Response, request
from sqlalchemy import Connection, Engine

from central.devices.bundle_shelf import BundleShelf
from central.devices.condition import news, note_condition
from central.devices.configuration import Place, answer_query, sign_for
from central.devices.heard import note_heard
from central.devices.registration import register
from central.engine import in_transaction, reading
from central.errors import CentralError
from central.websafety import problem
from wire.canonical import encode
from wire.errors import SignatureError, TrustError, WireError
from wire.registration import RegistrationAnswer, open_request

OPEN_ENDPOINTS = frozenset({"devices.registrations", "devices.configuration", "devices.trust"})
SIGNED_ENDPOINTS = frozenset({"devices.registrations", "devices.configuration"})
_BYTES = "application/octet-stream"
# A terminal's own mistake is 400; what is wrong with central itself (its bundle) is 503: come back.
_STATUS = {SignatureError: HTTPStatus.UNAUTHORIZED, TrustError: HTTPStatus.SERVICE_UNAVAILABLE}


def make_blueprint(
    engine: Engine,
    clock: Callable[[], datetime],
    *,
    place: Place,
    answer_key: Ed25519PrivateKey,
    shelf: BundleShelf,
    shards: int,
) -> Blueprint:
    """The routes ``/v1/registrations``, ``/v1/configuration`` and ``/v1/trust``."""
    blueprint = Blueprint("devices", __name__)

    @blueprint.errorhandler(CentralError)
    def refused(error: CentralError) -> Response:
        return problem(error.status, error.code, str(error))

    @blueprint.errorhandler(WireError)
    def unreadable(error: WireError) -> Response:
        return problem(_STATUS.get(type(error), HTTPStatus.BAD_REQUEST), error.code, str(error))

    @blueprint.post("/v1/registrations")
    def registrations() -> Response:
        asked = open_request(request.get_data())
        now = clock()
        bundle = shelf.current(now)  # before the token is spent

        def settle(connection: Connection) -> RegistrationAnswer:
            name = register(connection, asked, now=now, shards=shards)
            signed = sign_for(connection, name, place, answer_key, now=now)
            return RegistrationAnswer(terminal=name, bundle=bundle.document, configuration=signed.document)

        return Response(encode(in_transaction(engine, settle)), content_type=_BYTES)

    @blueprint.post("/v1/configuration")
    def configuration() -> Response:
        now = clock()
        with reading(engine) as connection:
            answered = answer_query(connection, request.get_data(), place, answer_key, now=now)
            told = news(connection, answered.query, now=now)
        note_heard(engine, answered.query.terminal, last_ms=answered.last_seen_ms, now=now)
        if told is not None:
            note_condition(engine, answered.query.terminal, told, now=now)
        if answered.signed is None:
            return Response(status=HTTPStatus.NOT_MODIFIED)
        return Response(answered.signed.document, content_type=_BYTES, headers={"ETag": answered.signed.etag})

    @blueprint.get("/v1/trust")
    def trust() -> Response:
        shown = shelf.current(clock())
        headers = {"ETag": shown.etag, "Cache-Control": "no-cache"}
        if request.headers.get("If-None-Match") == shown.etag:
            return Response(status=HTTPStatus.NOT_MODIFIED, headers=headers)
        return Response(shown.document, content_type=_BYTES, headers=headers)

    return blueprint
