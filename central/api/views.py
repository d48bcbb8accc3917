"""``/api/v1``: numbers for programs; thin. Each address is a question read strictly, one call, one answer."""

from __future__ import annotations

from collections.abc import Callable
from dataclasses import dataclass
from datetime import datetime, timedelta

import msgspec
from flask import Blueprint, Response, abort, request
from sqlalchemy import Engine

from central.api import accounts
from central.api.documents import counts_document, indicator_document, silent_document
from central.api.openapi import PREFIX, document
from central.engine import reading
from central.errors import CentralError, TooManyError
from central.published.comparison import contradictions
from central.published.indicator import latest_split
from central.published.service import read_all, read_source_names
from central.staff.permissions import is_outside
from central.staff.views import admit_here, current
from central.tables import questions
from central.tables.desk import TableDesk
from central.tables.questions import Parameter
from central.tables.shape import Question, Reader
from central.tables.silent import read_silent
from central.websafety import problem
from wire.identifiers import milliseconds

DOCUMENT = "api.openapi"
ENDPOINTS = frozenset({"api.counts", "api.series", "api.silent_points", "api.indicator"})
_BEARER = "Bearer "
_UNAUTHORIZED = 401


def make_blueprint(
    engine: Engine, clock: Callable[[], datetime], desk: TableDesk, silent_after: timedelta
) -> Blueprint:
    """The routes; who may ask is decided before (:func:`service_asks`, central/staff/permissions.py)."""
    blueprint = Blueprint("api", __name__, url_prefix=PREFIX)
    described = msgspec.json.encode(document())

    @blueprint.get("/openapi.json")
    def openapi() -> Response:
        return Response(described, content_type="application/json")

    @blueprint.get("/counts")
    def counts() -> Response:
        return _answer(lambda: _table(desk, questions.counts_question(_read(questions.COUNTS)), clock()))

    @blueprint.get("/series")
    def series() -> Response:
        return _answer(
            lambda: _table(desk, questions.series_question(_read(questions.SERIES), desk.last_day(reader())), clock())
        )

    @blueprint.get("/silent-points")
    def silent_points() -> Response:
        return _answer(lambda: _silent(engine, silent_after, clock()))

    @blueprint.get("/indicator-2.8.4")
    def indicator() -> Response:
        return _answer(lambda: _indicator(engine, clock()))

    @blueprint.after_request
    def say_how(answer: Response) -> Response:
        if answer.status_code == _UNAUTHORIZED:
            answer.headers["WWW-Authenticate"] = "Bearer"  # RFC 9110 §11.6.1
        return answer

    return blueprint


@dataclass(frozen=True, slots=True)
class ServiceDoor:
    """What lets programs in: where their accounts are, and how often each may ask in a minute."""

    engine: Engine
    clock: Callable[[], datetime]
    per_minute: int


def service_asks(door: ServiceDoor, otherwise: Callable[[str], bool]) -> Callable[[str], bool]:
    """The rule for ``websafety``: a token opens the API and nothing else; without one, the rule for managers holds.

    Steps:

    1. a token was sent, and to an address of the API; else ``otherwise`` decides, and a token counts for nothing;
    2. it is that of an account in use with calls left (:func:`central.api.accounts.admit`), else 401, or 429;
    3. role and region as for managers (:func:`central.staff.views.admit_here`).
    """

    def is_allowed(endpoint: str) -> bool:
        said = request.headers.get("Authorization")
        if said is None or endpoint not in ENDPOINTS:  # 1
            return otherwise(endpoint)
        token = said.removeprefix(_BEARER) if said.startswith(_BEARER) else ""
        try:
            account = accounts.admit(door.engine, token, now=door.clock(), per_minute=door.per_minute)  # 2
        except TooManyError as error:
            refused = problem(error.status, error.code, str(error))
            refused.headers["Retry-After"] = str(accounts.seconds_left(door.clock()))
            abort(refused)
        if account is None:
            return False
        with reading(door.engine) as connection:
            admit_here(connection, account, endpoint)  # 3
        return True

    return is_allowed


def reader() -> Reader:
    """For whom the table is: who is signed in, in the region they name if they see them all."""
    asks = current()
    return Reader(asks.region or request.args.get("region"), is_outside(asks.role))


def _table(desk: TableDesk, question: Question, now: datetime) -> msgspec.Struct:
    return counts_document(desk.table(reader(), question), reader(), now)


def _silent(engine: Engine, silent_after: timedelta, now: datetime) -> msgspec.Struct:
    read = _read(questions.SILENT_POINTS)
    with reading(engine) as connection:
        rows, onward = read_silent(
            connection,
            reader().region,
            before_ms=milliseconds(now - silent_after),
            after=read.get("after"),
            limit=int(read["limit"]),
        )
    return silent_document(rows, onward, days=silent_after.days, now=now)


def _indicator(engine: Engine, now: datetime) -> msgspec.Struct:
    _read(questions.INDICATOR)
    with reading(engine) as connection:
        figures, sources = read_all(connection), read_source_names(connection)
    return indicator_document(figures, sources, latest_split(figures), contradictions(figures), now=now)


def _read(allowed: tuple[Parameter, ...]) -> dict[str, str]:
    return questions.read_query(list(request.args.items(multi=True)), allowed)


def _answer(work: Callable[[], msgspec.Struct]) -> Response:
    try:
        return Response(msgspec.json.encode(work()), content_type="application/json")
    except CentralError as error:
        return problem(error.status, error.code, str(error))
