"""``/controles``: the bonus officer's work list, one case with what it rests on, and the decision. Thin."""

from __future__ import annotations

import uuid
from collections.abc import Callable
from datetime import date, datetime
from typing import Any

from flask import Blueprint, abort, redirect, render_template, request, url_for
from sqlalchemy import Engine, Row
from werkzeug.wrappers import Response as BaseResponse

from central.abuse import desk
from central.abuse.case import Case, look_at
from central.abuse.verdicts import Finding, Verdict
from central.abuse.wording import WORDS, in_french, name_of
from central.dashboards.wording import date_name, euros, moment_name
from central.engine import in_transaction, reading
from central.errors import AlreadyThereError, NotFoundError
from central.looks.wording import said
from central.staff.views import current
from wire.identifiers import milliseconds, moment

_UNDECIDED = "Choisissez une décision."
_DECIDED_BEFORE = "Ce contrôle vient d’être décidé : voici comment."  # noqa: RUF001 - French


def make_blueprint(engine: Engine, clock: Callable[[], datetime], *, shards: int) -> Blueprint:
    """The list, a case, the decision. A case's number names no person, so it may stand in an address."""
    blueprint = Blueprint("cases", __name__)

    def page(case_id: uuid.UUID, fault: str | None = None) -> str:
        manager_id, now = current().manager_id, clock()
        case = in_transaction(
            engine,
            lambda connection: look_at(connection, case_id.bytes, manager_id=manager_id, now=now, shards=shards),
        )
        if case is None:
            abort(404)
        return _page(case, fault)

    @blueprint.get("/controles")
    def work_list() -> str:
        with reading(engine) as connection:
            rows = desk.open_cases(connection)
        return render_template("cases/list.html", cases=[(_number(row.case_id), row, *_said(row)) for row in rows])

    @blueprint.get("/controles/<uuid:case_id>")
    def case(case_id: uuid.UUID) -> str:
        return page(case_id)

    @blueprint.post("/controles/<uuid:case_id>/decision")
    def decide(case_id: uuid.UUID) -> BaseResponse | tuple[str, int]:
        try:
            finding = Finding(request.form.get("finding", ""))
        except ValueError:
            return page(case_id, _UNDECIDED), 400
        name = current().manager_id
        try:
            in_transaction(
                engine,
                lambda connection: desk.decide(
                    connection,
                    case_id.bytes,
                    finding.verdict,
                    because=finding.value,
                    by=name,
                    actor=f"manager:{name}",
                    shards=shards,
                    now_ms=milliseconds(clock()),
                ),
            )
        except NotFoundError:
            abort(404)
        except AlreadyThereError:
            return page(case_id, _DECIDED_BEFORE), 409
        return redirect(url_for("cases.case", case_id=case_id), code=303)

    return blueprint


def _page(case: Case, fault: str | None) -> str:
    row = case.row
    name, counted, found = _said(row)
    words = WORDS.get(row.score)
    return render_template(
        "cases/case.html",
        case=case,
        number=_number(row.case_id),
        name=name,
        counted=counted,
        found=found,
        advice="" if words is None else words.advice,
        decided=None if row.decided_ms is None else moment_name(moment(row.decided_ms)),
        finding=_label(row.because),
        is_open=row.verdict == Verdict.OPEN.value,
        is_paid=row.verdict == Verdict.CLEARED.value,
        findings=list(Finding),
        fault=fault,
        euros=euros,
        said=said,
        day=lambda day: date_name(date.fromisoformat(day)),
        record_number=_number,
    )


def _said(row: Row[Any]) -> tuple[str, str, str]:
    """What a case is called, what was counted, and since which day."""
    return name_of(row.score), in_french(row.score, row.figures), date_name(moment(row.found_ms).date())


def _number(identifier: bytes) -> str:
    return str(uuid.UUID(bytes=identifier))


def _label(because: str | None) -> str:
    """A finding in French; another word, given by command, as it stands."""
    return next((one.label for one in Finding if one.value == because), because or "")
