"""How a database would answer what was asked of it: which large tables it would read from end to end."""

from __future__ import annotations

import json
import re
import uuid
from collections.abc import Iterator, Mapping
from contextlib import contextmanager
from dataclasses import dataclass
from typing import Any

from flask import Flask
from sqlalchemy import Connection, Engine, event, select, text

from central.abuse.desk import file_cases
from central.abuse.models import abuse_cases
from central.abuse.scores import Suspicion
from central.engine import reading, writing
from central.enrolments.models import dossiers
from central.staff.permissions import PERMISSIONS, Role

LARGE = frozenset(
    {
        "access_decisions",
        "accounts",
        "audit_entries",
        "changes",
        "consents",
        "counters",
        "dossiers",
        "ledger_entries",
        "persons",
        "records",
        "slips",
        "automatic_register",
    }
)
"""Tables that grow with the dossiers."""

_CASE_OPENINGS = 11
_READS = ("SELECT", "WITH", "UPDATE", "DELETE")
_ARGUMENT = re.compile(r"<(\w+:)?(?P<name>\w+)>")
_SCAN = re.compile(r"^SCAN (?P<table>\w+?)(_\d+)?( USING (COVERING )?INDEX (?P<index>\w+))?$")
_INDEXED_FOR_ONCE = re.compile(r"^SEARCH (?P<table>\w+?)(_\d+)? USING AUTOMATIC ")  # all of it is read, and sorted
_FOR_AN_END = re.compile(r"^SEARCH (?P<table>\w+?)(_\d+)?$")  # of all of it, for a lowest or highest value
_PART = re.compile(r"_p\d\d$")
_PARTIAL = text("SELECT name FROM sqlite_master WHERE type = 'index' AND sql LIKE '% WHERE %'")

_LEADING = text(
    "SELECT relname::text AS name, pg_get_indexdef(indexrelid, 1, true) AS first"
    " FROM pg_index JOIN pg_class ON oid = indexrelid WHERE indpred IS NULL"
)


@dataclass(frozen=True, slots=True)
class Asked:
    """A statement as the driver got it."""

    statement: str
    parameters: Any


HARDER = {
    "/tableau": ("departement=01",),
    "/points-a-suivre": ("departement=01",),
    "/api/v1/counts": (
        "by=terminal&period=all&limit=1000",
        "by=office&period=2021-06-30",
        "by=departement&period=2020",
    ),
    "/api/v1/series": (
        "by=departement&step=day&from=2021-01-01&to=2021-06-30",
        "step=day&from=2020-07-01&to=2021-06-30",
    ),
    "/exports/comptes.csv": ("by=terminal", "by=office", "by=departement"),
    "/exports/serie.csv": ("by=departement&step=week&from=2020-07-01&to=2021-06-30",),
}
"""What may be asked of a page beside what it shows by itself, where that is more work. (01 lies in region 84.)"""


def pages_of(app: Flask, role: Role, arguments: Mapping[str, str]) -> Iterator[str]:
    """The address of every page that a role may open; ``arguments`` has a value for each kind there is."""
    for rule in app.url_map.iter_rules():
        if role in PERMISSIONS.get(rule.endpoint, frozenset()) and "GET" in (rule.methods or ()):
            page = _ARGUMENT.sub(lambda found: arguments[found["name"]], rule.rule)
            yield page
            yield from (f"{page}?{harder}" for harder in HARDER.get(page, ()))


def case_at(engine: Engine, office_id: str) -> str:
    """The number of a case of abuse about this office, on any openings; filed when there is none."""
    with writing(engine) as connection:
        known = select(abuse_cases.c.case_id).where(abuse_cases.c.office_id == office_id)
        case_id: bytes | None = connection.execute(known).scalar()
        if case_id is None:
            openings = select(dossiers.c.dossier_id).limit(_CASE_OPENINGS)
            suspicion = Suspicion(
                score="bursts",
                office_id=office_id,
                subject=office_id,
                percent=70,
                figures="11",
                evidence=tuple(connection.execute(openings).scalars()),
            )
            file_cases(connection, [suspicion], shards=1, now_ms=0)
            case_id = connection.execute(known).scalar_one()
    return str(uuid.UUID(bytes=case_id))


@contextmanager
def asked_of(engine: Engine) -> Iterator[list[Asked]]:
    """Inside, all that is read is written down."""
    heard: list[Asked] = []

    def hear(_connection: object, _cursor: object, statement: str, parameters: Any, *rest: Any) -> None:
        many = rest[-1]
        if statement.lstrip().upper().startswith(_READS) and not many:
            heard.append(Asked(statement, parameters))

    event.listen(engine, "before_cursor_execute", hear)
    try:
        yield heard
    finally:
        event.remove(engine, "before_cursor_execute", hear)


def scans(engine: Engine, heard: list[Asked]) -> list[str]:
    """What of it would read a large table from end to end: table and statement.

    SQLite plans as if every table without statistics were large. PostgreSQL is told to do without sequential scans
    where there is any other way, so that tables of a test, which are small, are planned like large ones.
    """
    found = _scans_of_sqlite if engine.dialect.name == "sqlite" else _scans_of_postgresql
    with reading(engine) as connection:
        return [f"{table}: {one.statement}" for one in heard for table in found(connection, one) if table in LARGE]


def _scans_of_sqlite(connection: Connection, asked: Asked) -> Iterator[str]:
    partial = set(connection.execute(_PARTIAL).scalars())
    plan = connection.exec_driver_sql(f"EXPLAIN QUERY PLAN {asked.statement}", asked.parameters)
    for row in plan:
        scan = _SCAN.match(row[3])
        if scan is not None and scan["index"] not in partial:
            yield scan["table"]
        for whole in filter(None, (_INDEXED_FOR_ONCE.match(row[3]), _FOR_AN_END.match(row[3]))):
            yield whole["table"]


def _scans_of_postgresql(connection: Connection, asked: Asked) -> Iterator[str]:
    connection.execute(text("SET LOCAL enable_seqscan = off"))
    connection.execute(text("SET LOCAL enable_bitmapscan = off"))  # the same reads, in another form
    plan = connection.exec_driver_sql(f"EXPLAIN (FORMAT JSON) {asked.statement}", asked.parameters).scalar_one()
    tree = json.loads(plan) if isinstance(plan, str) else plan
    leading = {row.name: row.first for row in connection.execute(_LEADING)}
    yield from sorted(set(_whole_reads(tree[0]["Plan"], leading)))


def _whole_reads(node: dict[str, Any], leading: dict[str, str]) -> Iterator[str]:
    for child in node.get("Plans", []):
        yield from _whole_reads(child, leading)
    kind = node["Node Type"]
    # A condition on a later column alone is looked for all along the index. A partial index has no leading column here.
    is_narrow = leading.get(node.get("Index Name", ""), "") in node.get("Index Cond", "")
    if kind == "Seq Scan" or (kind in {"Index Scan", "Index Only Scan"} and not is_narrow):
        yield _PART.sub("", node["Relation Name"])
