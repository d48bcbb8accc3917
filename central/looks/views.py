"""``/enregistrement``: which record, and why; then its row. Thin: the service reads and writes the audit together."""

from __future__ import annotations

import uuid
from collections.abc import Callable
from datetime import datetime

from flask import Blueprint, Response, render_template, request
from sqlalchemy import Engine
from werkzeug.wrappers import Response as BaseResponse

from central.dashboards.wording import euros, moment_name
from central.engine import in_transaction
from central.intake.service import IntakeParts
from central.looks.service import Reason, look
from central.looks.wording import said, why_said
from central.staff.views import current
from central.tables.wording import channel_name
from wire.identifiers import moment

_UNREADABLE = "Il faut le numéro d’un enregistrement et la raison de la consultation."  # noqa: RUF001 - French
_UNKNOWN = "Aucun enregistrement ne porte ce numéro."


def make_blueprint(engine: Engine, clock: Callable[[], datetime], parts: IntakeParts) -> Blueprint:
    """The form and the answer. The record's number comes in the form, not in the address: addresses are logged."""
    blueprint = Blueprint("looks", __name__)

    def form(fault: str | None = None) -> str:
        return render_template("looks/ask.html", fault=fault, reasons=list(Reason))

    @blueprint.get("/enregistrement")
    def ask() -> str:
        return form()

    @blueprint.post("/enregistrement")
    def see() -> BaseResponse:
        try:
            record_id = uuid.UUID(request.form.get("record", "").strip()).bytes
            reason = Reason(request.form.get("reason", ""))
        except ValueError:
            return Response(form(_UNREADABLE), status=400)
        manager_id, now = current().manager_id, clock()
        found = in_transaction(
            engine,
            lambda connection: look(connection, record_id, reason, manager_id=manager_id, now=now, parts=parts),
        )
        if found is None:
            return Response(form(_UNKNOWN), status=404)
        number = str(uuid.UUID(bytes=found.record_id))
        received = moment_name(found.received)
        page = render_template(
            "looks/record.html",
            look=found,
            number=number,
            received=received,
            reason=reason.label,
            euros=euros,
            said=said,
            why=why_said,
            channel_name=channel_name,
            moment_of=lambda at_ms: moment_name(moment(at_ms)),
        )
        return Response(page)

    return blueprint
