"""What terminals ask about themselves: registration, configuration, trust bundle; thin."""

from __future__ import annotations

from collections.abc import Callable
from datetime import datetime
from http import HTTPStatus

from cryptography.hazmat.primitives.asymmetric.ed25519 import Ed25519PrivateKey
from flask import Blueprint, Response, request
from sqlalchemy import Connection, Engine

from central.devices.configuration import Place, answer_query, sign_for
from central.devices.heard import note_heard
from central.devices.registration import register
from central.engine import in_transaction, reading
from central.errors import CentralError
from central.websafety import problem
from wire.canonical import encode
from wire.errors import SignatureError, WireError
from wire.records import sha256
from wire.registration import RegistrationAnswer, open_request

OPEN_ENDPOINTS = frozenset({"devices.registrations", "devices.configuration", "devices.trust"})
SIGNED_ENDPOINTS = frozenset({"devices.registrations", "devices.configuration"})
_BYTES = "application/octet-stream"
_ETAG_DIGITS = 32


def make_blueprint(
    engine: Engine,
    clock: Callable[[], datetime],
    *,
    place: Place,
    answer_key: Ed25519PrivateKey,
    bundle: bytes,
    shards: int,
) -> Blueprint:
    """The routes ``/v1/registrations``, ``/v1/configuration`` and ``/v1/trust``."""
    blueprint = Blueprint("devices", __name__)
    bundle_etag = f'"{sha256(bundle).hex()[:_ETAG_DIGITS]}"'

    @blueprint.errorhandler(CentralError)
    def refused(error: CentralError) -> Response:
        return problem(error.status, error.code, str(error))

    @blueprint.errorhandler(WireError)
    def unreadable(error: WireError) -> Response:
        status = HTTPStatus.UNAUTHORIZED if isinstance(error, SignatureError) else HTTPStatus.BAD_REQUEST
        return problem(status, error.code, str(error))

    @blueprint.post("/v1/registrations")
    def registrations() -> Response:
        asked = open_request(request.get_data())
        now = clock()

        def settle(connection: Connection) -> RegistrationAnswer:
            name = register(connection, asked, now=now, shards=shards)
            signed = sign_for(connection, name, place, answer_key, now=now)
            return RegistrationAnswer(terminal=name, bundle=bundle, configuration=signed.document)

        return Response(encode(in_transaction(engine, settle)), content_type=_BYTES)

    @blueprint.post("/v1/configuration")
    def configuration() -> Response:
        now = clock()
        with reading(engine) as connection:
            terminal, signed = answer_query(connection, request.get_data(), place, answer_key, now=now)
        note_heard(engine, terminal, now=now)
        if signed is None:
            return Response(status=HTTPStatus.NOT_MODIFIED)
        return Response(signed.document, content_type=_BYTES, headers={"ETag": signed.etag})

    @blueprint.get("/v1/trust")
    def trust() -> Response:
        headers = {"ETag": bundle_etag, "Cache-Control": "no-cache"}
        if request.headers.get("If-None-Match") == bundle_etag:
            return Response(status=HTTPStatus.NOT_MODIFIED, headers=headers)
        return Response(bundle, content_type=_BYTES, headers=headers)

    return blueprint
