"""POST /v1/batches, /v1/status and /v1/office-figures: bytes in, signed bytes out, a problem as JSON when refused."""

from __future__ import annotations

from collections.abc import Callable
from datetime import datetime

from flask import Blueprint, Response, request
from sqlalchemy.exc import DBAPIError

from central.errors import CentralError
from central.intake.figures import FiguresDesk
from central.intake.service import Intake
from central.intake.status import StatusDesk
from central.websafety import problem
from wire.batch import BATCH_LIMIT
from wire.errors import WireError
from wire.figures import FIGURES_LIMIT
from wire.status import STATUS_LIMIT

BATCHES_ENDPOINT = "intake.batches"
STATUS_ENDPOINT = "intake.status"
FIGURES_ENDPOINT = "intake.office_figures"
ENDPOINTS = frozenset({BATCHES_ENDPOINT, STATUS_ENDPOINT, FIGURES_ENDPOINT})

_TOO_LONG = "too_long"


def make_blueprint(
    intake: Intake, desk: StatusDesk, figures: FiguresDesk, *, clock: Callable[[], datetime]
) -> Blueprint:
    """The three doors; ``clock`` gives central's time, aware UTC."""
    blueprint = Blueprint("intake", __name__)

    @blueprint.post("/v1/batches")
    def batches() -> Response:
        return _serve(lambda body: intake.receive(body, now=clock()), BATCH_LIMIT)

    @blueprint.post("/v1/status")
    def status() -> Response:
        return _serve(lambda body: desk.answer(body, now=clock()), STATUS_LIMIT)

    @blueprint.post("/v1/office-figures")
    def office_figures() -> Response:
        return _serve(lambda body: figures.answer(body, now=clock()), FIGURES_LIMIT)

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
