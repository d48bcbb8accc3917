"""POST /v1/proofs: a signed question in, a signed word out, a problem as JSON when it is refused as a whole."""

from __future__ import annotations

from collections.abc import Callable
from datetime import datetime

from flask import Blueprint, Response, request
from sqlalchemy.exc import DBAPIError

from central.errors import CentralError
from central.proofs.service import ProofDesk
from central.websafety import problem
from wire.errors import WireError
from wire.proofs import PROOF_LIMIT

ENDPOINT = "proofs.proofs"


def make_blueprint(desk: ProofDesk, *, clock: Callable[[], datetime]) -> Blueprint:
    """The door; ``clock`` gives central's time, aware UTC."""
    blueprint = Blueprint("proofs", __name__)

    @blueprint.errorhandler(CentralError)
    def refused(error: CentralError) -> Response:
        return problem(error.status, error.code, str(error))

    @blueprint.errorhandler(WireError)
    def unreadable(error: WireError) -> Response:
        return problem(400, error.code, str(error))

    @blueprint.errorhandler(DBAPIError)
    def busy(_error: DBAPIError) -> Response:
        return problem(503, "busy", "nothing was kept; come back in a moment")

    @blueprint.post("/v1/proofs")
    def proofs() -> Response:
        body = request.stream.read(PROOF_LIMIT + 1)
        if len(body) > PROOF_LIMIT:
            return problem(413, "too_long", f"at most {PROOF_LIMIT} bytes may come")
        return Response(desk.answer(body, now=clock()), content_type="application/octet-stream")

    return blueprint
