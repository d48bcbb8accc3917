"""``/exports``: what can be taken away as a file, and the files; thin."""

from __future__ import annotations

from collections.abc import Callable
from datetime import datetime, timedelta
from pathlib import PurePosixPath

from flask import Blueprint, Response, render_template, request
from sqlalchemy import Engine

from central.devices.regions import REGIONS
from central.engine import reading
from central.errors import QuestionError
from central.exports import asked
from central.exports.sheet import Sheet, counts_sheet, indicator_sheet, series_sheet, silent_sheet
from central.exports.wording import AUDIENCES, FAULTS, STEPS
from central.exports.writing import CSV_TYPE, XLSX_TYPE, as_csv, as_xlsx
from central.published.service import read_all, read_source_names
from central.staff.permissions import is_outside
from central.staff.views import current
from central.tables.desk import TableDesk
from central.tables.questions import COUNTS_FILE, SERIES_FILE, SILENT_FILE, Parameter, read_query, series_question
from central.tables.silent import read_silent
from central.tables.wording import BY_NAMES, MEASURE_NAMES
from wire.identifiers import milliseconds


def make_blueprint(
    engine: Engine, clock: Callable[[], datetime], desk: TableDesk, silent_after: timedelta
) -> Blueprint:
    """The page, and four files, each as CSV and as XLSX."""
    blueprint = Blueprint("exports", __name__)

    @blueprint.get("/exports")
    def page() -> str:
        return _page(desk)

    @blueprint.get("/exports/comptes.csv")
    @blueprint.get("/exports/comptes.xlsx")
    def counts() -> Response:
        return _file(desk, clock(), lambda: _counts(desk, clock()))

    @blueprint.get("/exports/serie.csv")
    @blueprint.get("/exports/serie.xlsx")
    def series() -> Response:
        return _file(desk, clock(), lambda: _series(desk, clock()))

    @blueprint.get("/exports/bornes.csv")
    @blueprint.get("/exports/bornes.xlsx")
    def silent() -> Response:
        return _file(desk, clock(), lambda: _silent(engine, silent_after, clock()))

    @blueprint.get("/exports/indicateur.csv")
    @blueprint.get("/exports/indicateur.xlsx")
    def indicator() -> Response:
        with reading(engine) as connection:
            figures, sources = read_all(connection), read_source_names(connection)
        return _file(desk, clock(), lambda: indicator_sheet(figures, sources, clock()))

    return blueprint


def _counts(desk: TableDesk, now: datetime) -> Sheet:
    read = _read(COUNTS_FILE)
    reader = asked.reader_of(read, current().region, is_outside=is_outside(current().role))
    table = desk.table(reader, asked.counts_question(read, reader, desk.today()))
    return counts_sheet(table, now, is_outside=reader.is_outside)


def _series(desk: TableDesk, now: datetime) -> Sheet:
    read = _read(SERIES_FILE)
    reader = asked.reader_of(read, current().region, is_outside=is_outside(current().role))
    table = desk.table(reader, series_question(read, desk.last_day(reader)))
    return series_sheet(table, now, is_outside=reader.is_outside)


def _silent(engine: Engine, silent_after: timedelta, now: datetime) -> Sheet:
    region = current().region or _read(SILENT_FILE).get("region")
    with reading(engine) as connection:
        rows, _ = read_silent(connection, region, before_ms=milliseconds(now - silent_after))
    return silent_sheet(rows, region, now, days=silent_after.days)


def _read(allowed: tuple[Parameter, ...]) -> dict[str, str]:
    """A field of the form that was left empty was not given."""
    return read_query([(name, value) for name, value in request.args.items(multi=True) if value], allowed)


def _file(desk: TableDesk, now: datetime, make: Callable[[], Sheet]) -> Response:
    """The file that the end of the address names, or the page with what was wrong."""
    try:
        sheet = make()
    except QuestionError as error:
        fault = FAULTS.get(error.code, FAULTS["question"])
        return Response(_page(desk, fault), status=error.status)
    form = PurePosixPath(request.path).suffix
    body, media_type = (as_csv(sheet), CSV_TYPE) if form == ".csv" else (as_xlsx(sheet, now), XLSX_TYPE)
    name = f"dmp-{sheet.name}-{desk.today().isoformat()}{form}"
    return Response(body, content_type=media_type, headers={"Content-Disposition": f'attachment; filename="{name}"'})


def _page(desk: TableDesk, fault: str | None = None) -> str:
    outside = is_outside(current().role)
    return render_template(
        "exports/page.html",
        fault=fault,
        is_outside=outside,
        small_cell=desk.small_cell,
        measures=[(one.value, MEASURE_NAMES[one]) for one in asked.offered_measures(is_outside=outside)],
        breakdowns=[(one.value, BY_NAMES[one]) for one in asked.offered_breakdowns(is_outside=outside)],
        series=[(one.value, BY_NAMES[one]) for one in asked.offered_series(is_outside=outside)],
        steps=[(one.value, STEPS[one]) for one in asked.offered_steps(is_outside=outside)],
        regions=[] if outside or current().region else list(REGIONS.items()),
        audiences=[] if outside else AUDIENCES,
    )
