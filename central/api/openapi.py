"""The OpenAPI 3.1 document of the JSON API, made from the very parameters and structures that the views use. Pure.

Source: OpenAPI Specification 3.1.1; its schemas are JSON Schema 2020-12, which msgspec writes.
"""

from __future__ import annotations

from collections.abc import Mapping, Sequence
from dataclasses import dataclass
from typing import Any

import msgspec

from central.api.documents import Counts, Indicator, Problem, SilentPoints
from central.tables import questions
from central.tables.questions import Parameter

PREFIX = "/api/v1"
_TEXT = """Counts of the enrolment points of the Dossier Médical Partagé, read-only: the numbers of the managers' pages.

Nothing here is about a person. Who may see one region is answered for that region. Outsiders are given whole months
that are over, by channel, region and département; numbers below `scope.small_cell` are hidden, and so are others from
which they could be computed. What no line accounts for stands in `unattributed`: shares are never rescaled.

A token is issued by `python -m central service issue`. Each account may ask a number of times a minute (429)."""
_PROBLEMS = {
    400: "A parameter is unknown, given twice, or not of its form.",
    401: "No session, and no token that is valid.",
    403: "Not for this role.",
    404: "What is named does not exist, or lies in another region.",
    429: "Too many questions in this minute.",
}


@dataclass(frozen=True, slots=True)
class Operation:
    """One address: what it answers to, and with what."""

    path: str
    name: str
    summary: str
    parameters: Sequence[Parameter]
    answer: type[msgspec.Struct]


OPERATIONS = (
    Operation("/counts", "counts", "One period, broken down", questions.COUNTS, Counts),
    Operation("/series", "series", "Many periods side by side", questions.SERIES, Counts),
    Operation("/silent-points", "silent_points", "Terminals not heard of", questions.SILENT_POINTS, SilentPoints),
    Operation("/indicator-2.8.4", "indicator", "Published figures and their sources", questions.INDICATOR, Indicator),
)


def document() -> dict[str, Any]:
    """The whole document; the same for everybody, so that it can be read without signing in."""
    answers = [operation.answer for operation in OPERATIONS]
    _, schemas = msgspec.json.schema_components([*answers, Problem], ref_template="#/components/schemas/{name}")
    return {
        "openapi": "3.1.0",
        "info": {"title": "Points d’enrôlement du DMP", "version": "1", "description": _TEXT},  # noqa: RUF001 - French
        "servers": [{"url": "/"}],
        "security": [{"token": []}, {"session": []}],
        "paths": {PREFIX + one.path: {"get": _operation(one)} for one in OPERATIONS},
        "components": {
            "securitySchemes": {
                "token": {"type": "http", "scheme": "bearer", "description": "A service account's token."},
                "session": {
                    "type": "apiKey",
                    "in": "cookie",
                    "name": "central-app",
                    "description": "A manager's session; over https the cookie's name begins with __Host-.",
                },
            },
            "schemas": schemas,
        },
    }


def _operation(operation: Operation) -> dict[str, Any]:
    return {
        "operationId": operation.name,
        "summary": operation.summary,
        "parameters": [_parameter(parameter) for parameter in operation.parameters],
        "responses": {"200": _answer("The answer.", operation.answer, "application/json"), **_problems()},
    }


def _problems() -> Mapping[str, Any]:
    answers = {str(status): _answer(text, Problem, "application/problem+json") for status, text in _PROBLEMS.items()}
    answers["429"]["headers"] = {"Retry-After": {"schema": {"type": "integer"}, "description": "Seconds."}}
    answers["401"]["headers"] = {"WWW-Authenticate": {"schema": {"type": "string"}}}
    return answers


def _parameter(parameter: Parameter) -> dict[str, Any]:
    return {"name": parameter.name, "in": "query", "description": parameter.text, "schema": dict(parameter.schema)}


def _answer(text: str, answer: type[msgspec.Struct], media_type: str) -> dict[str, Any]:
    schema = {"$ref": f"#/components/schemas/{answer.__name__}"}
    return {"description": text, "content": {media_type: {"schema": schema}}}
