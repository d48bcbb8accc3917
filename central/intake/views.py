"""POST /v1/batches and POST /v1/status: bytes in, signed bytes out, a problem as JSON when the whole is refused."""

from __future__ import annotations

from collections.abc import Callable
from datetime import datetime

from flask import Blueprint, Response, request
from sqlalchemy.exc import DBAPIError

from central.errors import CentralError
from central.intake.service import Intake
from central.intake.status import StatusDesk
from central.websafety import problem
from wire.batch import BATCH_LIMIT
from wire.errors import WireError
from wire.status import STATUS_LIMIT

BATCHES_ENDPOINT = "intake.batches"
STATUS_ENDPOINT = "intake.status"

_TOO_LONG = "too_long"


def make_blueprint(intake: Intake, desk: StatusDesk, *, clock: Callable[[], datetime]) -> Blueprint:
    """The two doors; ``clock`` gives central's time, aware UTC."""
    blueprint = Blueprint("intake", __name__)

    @blueprint.post("/v1/batches")
    def batches() -> Response:
        return _serve(lambda body: intake.receive(body, now=clock()), BATCH_LIMIT)

    @blueprint.post("/v1/status")
    def status() -> Response:
        return _serve(lambda body: desk.answer(body, now=clock()), STATUS_LIMIT)

    return blueprint


def _serve(service: Callable[[bytes], bytes], limit: int) -> Response:
    """Read at most ``limit`` bytes, whatever the length header claims, and answer."""
    body = request.stream.read(limit + 1)
    if len(body) > limit:
        return problem(413, _TOO_LONG, f"at most {limit} bytes may come")
    try:
        answer = service(body)
    except WireError as error:
        return problem(413 if error.code == _TOO_LONG else 400, error.code, str(error))
    except CentralError as error:
        return problem(error.status, error.code, str(error))
    except DBAPIError:
        return problem(503, "busy", "nothing was kept; come back in a moment")
    return Response(answer, content_type="application/octet-stream")
