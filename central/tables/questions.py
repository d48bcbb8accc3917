"""What may be asked: every parameter once, as OpenAPI describes it and as it is read; unknown ones refused. Pure."""

from __future__ import annotations

import re
from collections.abc import Iterable, Mapping, Sequence
from dataclasses import dataclass
from datetime import date, timedelta
from typing import Any

from central.counters.models import Measure
from central.devices.regions import REGIONS
from central.errors import QuestionError
from central.tables.periods import PATTERN, Step, period, series
from central.tables.shape import By, Question

LONGEST_PIECE = 1000  # lines of one answer
USUAL_PIECE = 200
_USUAL_SPAN = {Step.DAY: timedelta(days=29), Step.WEEK: timedelta(weeks=25), Step.MONTH: timedelta(days=334)}
_DAY = r"^20[0-9]{2}-(0[1-9]|1[0-2])-(0[1-9]|[12][0-9]|3[01])$"
_CODE = r"^[A-Za-z0-9_-]{1,64}$"
_SINGLE_LINES = frozenset({By.OFFICE, By.TERMINAL})


@dataclass(frozen=True, slots=True)
class Parameter:
    """A parameter of the query; ``schema`` in the words of JSON Schema that :func:`_check` knows."""

    name: str
    text: str
    schema: Mapping[str, Any]


def _words(words: Iterable[str], default: str) -> dict[str, Any]:
    return {"type": "string", "enum": list(words), "default": default}


MEASURE = Parameter("measure", "What is counted.", _words((one.value for one in Measure), "dossiers_opened"))
BY = Parameter("by", "What the answer is broken down by.", _words((one.value for one in By), By.CHANNEL.value))
PERIOD = Parameter(
    "period",
    "A day, an ISO week, a month or a year, by the calendar of Paris; or all time.",
    {"type": "string", "pattern": PATTERN, "default": "all"},
)
REGION = Parameter(
    "region",
    "INSEE code: this region alone. Who sees one region names that one or none.",
    {"type": "string", "enum": list(REGIONS)},
)
MEMBER = Parameter("member", "One line alone, by its code.", {"type": "string", "pattern": _CODE})
AFTER = Parameter("after", "Goes on after this code: the last answer's `next`.", {"type": "string", "pattern": _CODE})
LIMIT = Parameter(
    "limit",
    "How many offices or terminals at once.",
    {"type": "integer", "minimum": 1, "maximum": LONGEST_PIECE, "default": USUAL_PIECE},
)
STEP = Parameter("step", "How finely the span is cut.", _words((one.value for one in Step), Step.MONTH.value))
FROM = Parameter("from", "First day; usually a year, 26 weeks or 30 days back.", {"type": "string", "pattern": _DAY})
TO = Parameter("to", "Last day; usually today.", {"type": "string", "pattern": _DAY})

AUDIENCE = Parameter(
    "audience",
    "Whom a file is for; outsiders get theirs whatever is said here.",
    _words(("inside", "outside"), "inside"),
)

COUNTS = (MEASURE, BY, PERIOD, REGION, MEMBER, AFTER, LIMIT)
SERIES = (MEASURE, BY, MEMBER, STEP, FROM, TO, REGION)
SILENT_POINTS = (REGION, AFTER, LIMIT)
INDICATOR: tuple[Parameter, ...] = ()
COUNTS_FILE = (MEASURE, BY, REGION, AUDIENCE)
SILENT_FILE = (REGION,)
SERIES_FILE = (MEASURE, BY, STEP, FROM, TO, REGION, AUDIENCE)


def read_query(given: Sequence[tuple[str, str]], allowed: Sequence[Parameter]) -> dict[str, str]:
    """The parameters as given, defaults filled in.

    Raises:
        QuestionError: 400 ``parameter``: one that is unknown, given twice, or not of its form.
    """
    known = {parameter.name: parameter for parameter in allowed}
    read = {name: str(one.schema["default"]) for name, one in known.items() if "default" in one.schema}
    seen: set[str] = set()
    for name, value in given:
        if name not in known or name in seen or not _check(known[name].schema, value):
            raise QuestionError("a parameter is unknown, given twice, or not of its form", code="parameter")
        seen.add(name)
        read[name] = value
    return read


def counts_question(read: Mapping[str, str]) -> Question:
    """One period, broken down.

    Raises:
        QuestionError: 404 ``period_unknown``.
    """
    return Question(
        measure=Measure(read["measure"]),
        by=By(read["by"]),
        periods=(period(read["period"]),),
        member=read.get("member"),
        after=read.get("after"),
        limit=int(read["limit"]),
    )


def series_question(read: Mapping[str, str], today: date) -> Question:
    """Many periods; of offices and terminals one line at a time.

    Raises:
        QuestionError: 404 ``period_unknown``, ``series_empty``, ``series_long``, ``member_unknown``.
    """
    by, step = By(read["by"]), Step(read["step"])
    if by in _SINGLE_LINES and "member" not in read:
        raise QuestionError("name the office or terminal as member", code="member_unknown", status=404)
    last = _day(read["to"]) if "to" in read else today
    first = _day(read["from"]) if "from" in read else last - _USUAL_SPAN[step]
    return Question(
        measure=Measure(read["measure"]), by=by, periods=series(step, first, last), member=read.get("member")
    )


def _day(text: str) -> date:
    try:
        return date.fromisoformat(text)
    except ValueError as error:
        raise QuestionError("the calendar has no such day", code="period_unknown", status=404) from error


def _check(schema: Mapping[str, Any], value: str) -> bool:
    if schema["type"] == "integer":
        is_whole = re.fullmatch(r"[0-9]{1,9}", value) is not None
        return is_whole and schema["minimum"] <= int(value) <= schema["maximum"]
    if "enum" in schema:
        return value in schema["enum"]
    return re.fullmatch(schema["pattern"], value) is not None
