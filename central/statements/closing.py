"""Closing months: nothing more is booked in them, and each office with an entry gets its statement, once."""

from __future__ import annotations

import hashlib
from collections.abc import Iterator
from dataclasses import dataclass, field
from functools import partial
from itertools import islice
from typing import Any, Protocol

from sqlalchemy import Connection, Engine, select

from central.audit import service as audit
from central.audit.service import AuditEntry
from central.audit.tags import AuditTag
from central.engine import in_transaction, reading
from central.errors import AlreadyThereError, NotFoundError
from central.ledger import months
from central.ledger.models import ledger_entries
from central.ledger.standing import Word as EntryWord
from central.statements.book import Step, Sums, steps_of, write
from central.statements.models import statement_steps
from central.statements.standing import Word, fold_steps

_AT_ONCE = 500  # statements a transaction


def close_upto(engine: Engine, period: str, *, by: str, shards: int, now_ms: int) -> tuple[list[str], int]:
    """Close every month up to the end of a period (2018-11, or 2018), state each; the months, and how many statements.

    May be run again after it was cut short: the last month that was closed is looked at again, and stated where it is
    not yet.

    Raises:
        SetupError: ``period_open``: the period is not over; ``period_form``.
    """
    actor = f"person:{by}"

    def close(connection: Connection, month: str) -> None:
        months.close_month(connection, month, by=by, shards=shards, now_ms=now_ms)
        entry = AuditEntry(AuditTag.LEDGER_MONTH_CLOSED, month.encode(), actor)
        audit.append(connection, 0, [entry], at_ms=now_ms)

    with reading(engine) as connection:
        to_close = months.months_to_close(connection, period)
        last = months.last_closed(connection)
    stated = 0 if last is None else _state(engine, last, actor=actor, shards=shards, now_ms=now_ms)
    for month in to_close:
        in_transaction(engine, partial(close, month=month))
        stated += _state(engine, month, actor=actor, shards=shards, now_ms=now_ms)
    return to_close, stated


def sums_of(connection: Connection, month: str, office_id: str | None = None) -> dict[str, Sums]:
    """What was booked in a month, office by office, from the entries themselves; one range of an index."""
    start, end = months.bounds_ms(month)
    booked = ledger_entries.c.booked_ms >= start, ledger_entries.c.booked_ms < end
    query = select(
        ledger_entries.c.office_id,
        ledger_entries.c.entry,
        ledger_entries.c.cents,
        ledger_entries.c.owed,
        ledger_entries.c.entry_hash,
    ).where(*booked)
    if office_id is not None:
        query = query.where(ledger_entries.c.office_id == office_id)
    rows = connection.execute(
        query.order_by(ledger_entries.c.shard, ledger_entries.c.number).execution_options(yield_per=1000)
    )
    adding: dict[str, _Adding] = {}
    for row in rows:
        adding.setdefault(row.office_id, _Adding()).add(row.entry, row.cents, row.owed, row.entry_hash)
    return {office: one.sums() for office, one in adding.items()}


@dataclass(frozen=True, slots=True)
class Disputed:
    """Which statement, why (a word, not a text), and who says so."""

    office_id: str
    month: str
    because: str
    by: str


def contest(connection: Connection, disputed: Disputed, *, shards: int, at_ms: int) -> None:
    """An office disputes a statement: it is in no payment until that is settled.

    Raises:
        NotFoundError: no such statement. AlreadyThereError: contested already.
    """
    _dispute(connection, Word.CONTESTED, disputed, shards=shards, at_ms=at_ms)


def settle(connection: Connection, disputed: Disputed, *, shards: int, at_ms: int) -> None:
    """The dispute is over; what it changed is booked in the open month by whoever decided.

    Raises:
        NotFoundError: no such statement. AlreadyThereError: not contested.
    """
    _dispute(connection, Word.SETTLED, disputed, shards=shards, at_ms=at_ms)


class Dispute(Protocol):
    """:func:`contest` or :func:`settle`."""

    def __call__(self, connection: Connection, disputed: Disputed, *, shards: int, at_ms: int) -> None:
        """Say it, in this transaction."""


@dataclass
class _Adding:
    entries: int = 0
    openings: int = 0
    cents: int = 0
    owed: int = 0
    digest: Any = field(default_factory=hashlib.sha256)

    def add(self, entry: str, cents: int, owed: int, entry_hash: bytes) -> None:
        self.entries += 1
        self.openings += entry == EntryWord.OPENING.value
        self.cents += cents
        self.owed += owed
        self.digest.update(entry_hash)

    def sums(self) -> Sums:
        return Sums(self.entries, self.openings, self.cents, self.owed, self.digest.digest())


def _state(engine: Engine, month: str, *, actor: str, shards: int, now_ms: int) -> int:
    with reading(engine) as connection:
        there = select(statement_steps.c.office_id).where(statement_steps.c.month == month)
        stated = frozenset(connection.execute(there).scalars())
        missing = {office: sums for office, sums in sums_of(connection, month).items() if office not in stated}
    steps = (
        Step(office_id=office, month=month, step=0, word=Word.STATED, actor=actor, sums=sums)
        for office, sums in sorted(missing.items())
    )
    for some in _portions(steps):
        in_transaction(engine, partial(write, steps=some, shards=shards, at_ms=now_ms))
    return len(missing)


def _portions(steps: Iterator[Step]) -> Iterator[list[Step]]:
    while some := list(islice(steps, _AT_ONCE)):
        yield some


def _dispute(connection: Connection, word: Word, disputed: Disputed, *, shards: int, at_ms: int) -> None:
    steps = steps_of(connection, disputed.office_id, disputed.month)
    if not steps:
        raise NotFoundError("no such statement")
    if fold_steps(steps).is_contested is (word is Word.CONTESTED):
        raise AlreadyThereError("nothing would change: see whether the statement is contested")
    step = Step(
        office_id=disputed.office_id,
        month=disputed.month,
        step=len(steps),
        word=word,
        actor=f"person:{disputed.by}",
        reason=disputed.because,
    )
    write(connection, [step], shards=shards, at_ms=at_ms)
