"""The book of statements: steps are chained and written, each with its entry in the audit; nothing is changed."""

from __future__ import annotations

import operator
from collections.abc import Callable, Iterable, Iterator, Mapping, Sequence
from itertools import groupby
from typing import Any

import msgspec
from sqlalchemy import Connection, RowMapping, select

from central.audit import service as audit
from central.audit.service import AuditEntry
from central.audit.tags import AuditTag
from central.chains import ChainName, ChainReport, Content, Head, extend, head_of, move_head, verify_entries
from central.db import shard_of
from central.engine import insert_rows
from central.statements.models import statement_steps
from central.statements.standing import Statement, Word, fold_steps

_TAGS = {
    Word.STATED: AuditTag.STATEMENT_STATED,
    Word.PAID: AuditTag.STATEMENT_PAID,
    Word.RETURNED: AuditTag.STATEMENT_RETURNED,
    Word.CONTESTED: AuditTag.STATEMENT_CONTESTED,
    Word.SETTLED: AuditTag.STATEMENT_SETTLED,
}


class Sums(msgspec.Struct, frozen=True, gc=False):
    """What a month holds for an office: how many entries and openings, what was earned, what is to be paid."""

    entries: int = 0
    openings: int = 0
    cents: int = 0
    owed: int = 0
    digest: bytes | None = None


_NOTHING = Sums()


class Step(msgspec.Struct, frozen=True, kw_only=True):
    """One step of one statement, to be written; ``number`` is its place after those that stand there."""

    office_id: str
    month: str
    step: int
    word: Word
    actor: str
    sums: Sums = _NOTHING
    paid: int = 0
    payment_id: str | None = None
    reason: str | None = None


def write(connection: Connection, steps: Iterable[Step], *, shards: int, at_ms: int) -> None:
    """Chain and write steps. Two who say something of one statement at once meet at its next step."""
    told = sorted(steps, key=lambda one: (shard_of(one.office_id.encode(), shards), one.office_id, one.month, one.step))
    for shard, group in groupby(told, key=lambda one: shard_of(one.office_id.encode(), shards)):
        here = list(group)
        _append(connection, shard, here, at_ms)
        audit.append(connection, shard, [_told(step) for step in here], at_ms=at_ms)


def steps_of(connection: Connection, office_id: str, month: str) -> Sequence[RowMapping]:
    """All steps of one statement, oldest first; none while the month is open or had nothing for the office."""
    rows = connection.execute(
        select(statement_steps)
        .where(statement_steps.c.office_id == office_id, statement_steps.c.month == month)
        .order_by(statement_steps.c.step)
    )
    return rows.mappings().all()


def statements_upto(
    connection: Connection, month: str, office_id: str | None = None
) -> Iterator[tuple[str, str, Statement, int]]:
    """Every statement up to a month: office, month, what became of it, how many steps; of one office or of all."""
    query = select(statement_steps).where(statement_steps.c.month <= month)
    if office_id is not None:
        query = query.where(statement_steps.c.office_id == office_id)
    rows = connection.execute(
        query.order_by(statement_steps.c.office_id, statement_steps.c.month, statement_steps.c.step)
    ).mappings()
    for (office, of_month), group in groupby(rows, key=operator.itemgetter("office_id", "month")):
        steps = list(group)
        yield office, of_month, fold_steps(steps), len(steps)


def verify_statements(connection: Connection, shard: int) -> ChainReport:
    """Walk one shard of the chain of statements (steps: :func:`central.chains.verify_entries`)."""
    rows = connection.execute(
        select(statement_steps).where(statement_steps.c.shard == shard).order_by(statement_steps.c.number)
    ).mappings()
    contents = ((content_of(row), row["entry_hash"]) for row in rows)
    return verify_entries(ChainName.STATEMENTS, shard, contents, head_of(connection, ChainName.STATEMENTS, shard))


content_of: Callable[[Mapping[str, Any] | RowMapping], Content] = operator.itemgetter(
    "number",
    "office_id",
    "month",
    "step",
    "word",
    "entries",
    "openings",
    "cents",
    "owed",
    "digest",
    "paid",
    "payment_id",
    "reason",
    "actor",
    "at_ms",
)
"""What a step's hash covers: its number first, then every column but shard and hash."""


def _append(connection: Connection, shard: int, steps: Sequence[Step], at_ms: int) -> None:
    head = head_of(connection, ChainName.STATEMENTS, shard)
    rows = [_row(step, shard, number, at_ms) for number, step in enumerate(steps, head.number + 1)]
    hashes = extend(head, (content_of(row) for row in rows))
    for row, entry_hash in zip(rows, hashes, strict=True):
        row["entry_hash"] = entry_hash
    insert_rows(connection, statement_steps, rows)
    move_head(connection, ChainName.STATEMENTS, shard, Head(head.number + len(rows), hashes[-1]))


def _row(step: Step, shard: int, number: int, at_ms: int) -> dict[str, Any]:
    return {
        "office_id": step.office_id,
        "month": step.month,
        "step": step.step,
        "word": step.word.value,
        **msgspec.structs.asdict(step.sums),
        "paid": step.paid,
        "payment_id": step.payment_id,
        "reason": step.reason,
        "actor": step.actor,
        "at_ms": at_ms,
        "shard": shard,
        "number": number,
    }


def _told(step: Step) -> AuditEntry:
    detail = step.month if step.payment_id is None else f"{step.month} {step.payment_id}"
    return AuditEntry(_TAGS[step.word], step.office_id.encode(), step.actor, f"{step.step} {detail}")
