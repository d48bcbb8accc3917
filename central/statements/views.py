"""``/releves``: what a month owes, office by office; one office's months, each as PDF and as CSV. Thin."""

from __future__ import annotations

import io
from collections.abc import Callable
from datetime import datetime

from flask import Blueprint, Response, abort, render_template, request
from sqlalchemy import Connection, Engine
from werkzeug.wrappers import Response as BaseResponse

from central.dashboards.wording import euros, number
from central.engine import reading
from central.errors import NotFoundError, SetupError
from central.ledger.months import bounds_ms, last_closed, month_of
from central.statements.document import OfficeStatement, read_statement
from central.statements.month import read_month
from central.statements.page import statement_pdf
from central.statements.spreadsheet import write_csv
from central.statements.wording import period_words, state_word
from wire.identifiers import milliseconds

_YEAR = 4  # letters of 2026-11 that are its year
_CSV_TYPE = "text/csv; charset=utf-8"
_NO_MONTH = "Un mois s’écrit comme 2026-11."  # noqa: RUF001 - French
_NO_PERIOD = "Une période est un mois, comme 2026-11, ou une année, comme 2026."


def make_blueprint(engine: Engine, clock: Callable[[], datetime]) -> Blueprint:
    """The month's list, an office's page, its statement as two kinds of file."""
    blueprint = Blueprint("statements", __name__)

    def this_month() -> str:
        return month_of(milliseconds(clock()))

    def statement_of(office_id: str) -> OfficeStatement:
        period = request.args.get("periode") or this_month()[:_YEAR]
        with reading(engine) as connection:
            return _statement(connection, office_id, period)

    @blueprint.get("/releves")
    def month() -> BaseResponse:
        with reading(engine) as connection:
            newest = last_closed(connection) or this_month()
            asked, fault = _month_asked(request.args.get("mois") or newest, newest)
            found = read_month(connection, asked, after=request.args.get("apres", ""))
        page = render_template(
            "statements/month.html",
            month=asked,
            words=period_words(asked),
            found=found,
            fault=fault,
            euros=euros,
            whole=number,
            state_word=state_word,
        )
        return Response(page, status=200 if fault is None else 400)

    @blueprint.get("/releves/<office_id>")
    def office(office_id: str) -> str:
        statement = statement_of(office_id)
        return render_template(
            "statements/office.html",
            statement=statement,
            words=period_words(statement.period),
            period_words=period_words,
            euros=euros,
            whole=number,
            state_word=state_word,
        )

    @blueprint.get("/releves/<office_id>/pdf")
    def as_pdf(office_id: str) -> BaseResponse:
        statement = statement_of(office_id)
        return _file(statement_pdf(statement), "application/pdf", f"{_name(statement)}.pdf")

    @blueprint.get("/releves/<office_id>/csv")
    def as_csv(office_id: str) -> BaseResponse:
        statement, out = statement_of(office_id), io.StringIO(newline="")
        write_csv(statement, out)
        return _file(out.getvalue().encode("utf-8-sig"), _CSV_TYPE, f"{_name(statement)}.csv")

    return blueprint


def _month_asked(asked: str, otherwise: str) -> tuple[str, str | None]:
    """The month that was asked for; with a sentence, another one in the place of what is none."""
    try:
        bounds_ms(asked)
    except SetupError:
        return otherwise, _NO_MONTH
    return asked, None


def _statement(connection: Connection, office_id: str, period: str) -> OfficeStatement:
    """The statement, or the page of an error: no such office (404), no such period (400)."""
    try:
        return read_statement(connection, office_id, period)
    except NotFoundError:
        abort(404)
    except SetupError:
        abort(400, _NO_PERIOD)


def _name(statement: OfficeStatement) -> str:
    return f"releve-{statement.office_id}-{statement.period}"


def _file(body: bytes, media_type: str, name: str) -> BaseResponse:
    return Response(body, content_type=media_type, headers={"Content-Disposition": f'attachment; filename="{name}"'})
