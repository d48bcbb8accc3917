"""Reading enrolments for the scores: each record is opened once, what stays of it is a row without identity."""

from __future__ import annotations

from collections.abc import Iterator
from dataclasses import dataclass
from typing import Any

from sqlalchemy import Connection, Row, and_, select

from central.abuse.models import enrolment_signals
from central.abuse.scores import DAY_MS, Window
from central.abuse.signals import Signal, email_mark, mobile_mark, reading_seconds
from central.accounts.models import accounts
from central.devices.models import devices, offices, operators
from central.engine import insert_into
from central.enrolments.models import dossiers, persons
from central.enrolments.opening_time import opening_time
from central.intake.models import quarantine, records
from central.intake.opening import Opener
from central.keys import CentralKeys
from central.ledger.models import ledger_entries
from wire.batch import read_item
from wire.facts import EnrolmentFacts
from wire.nir import InsAuthority
from wire.records import RecordKind

WINDOW_DAYS = 120
"""How far back the scores look: long enough for slips to be activated and for persons to come back."""

KEPT_DAYS = 400
"""After how long a row is no longer needed, and goes (:func:`forget`)."""

_AT_ONCE = 500  # records a portion
_NOISE_BYTES = 10  # of an id, behind its six bytes of time


@dataclass(frozen=True, slots=True)
class _Read:
    """An enrolment as it was opened; its dossier is looked up with those beside it."""

    person: bytes
    row: dict[str, Any]


def read_new(
    connection: Connection, keys: CentralKeys, authority: InsAuthority, *, now_ms: int, after: bytes = b""
) -> tuple[int, bytes | None]:
    """Read one portion of the enrolments of the window that were not read yet; how many, and where to go on.

    Records are found by their ids, which grow with the time at which they were made: one that was made with a clock
    more than the window behind is not found (limit: docs/abuse.md).
    """
    start = max(after, _first_id(now_ms - WINDOW_DAYS * DAY_MS))
    rows = connection.execute(
        select(records.c.record_id, records.c.raw, records.c.received_ms, devices)
        .join(devices, devices.c.terminal_id == records.c.terminal_id)
        .outerjoin(quarantine, quarantine.c.record_id == records.c.record_id)
        .where(records.c.record_id > start, records.c.kind == RecordKind.ENROLMENT.value)
        .where(quarantine.c.record_id.is_(None))
        .order_by(records.c.record_id)
        .limit(_AT_ONCE)
    ).all()
    if not rows:
        return 0, None
    known = _known(connection, rows[0].record_id, rows[-1].record_id)
    opener = Opener(keys, authority)
    found = [
        one for row in rows if row.record_id not in known and (one := _open(opener, row, keys.person_index)) is not None
    ]
    return _write(connection, found), rows[-1].record_id


def window(connection: Connection, *, now_ms: int) -> Window:
    """All that the scores look at. In memory: about 300 bytes an enrolment (limit: docs/abuse.md)."""
    named = {row.office_id: row.departement for row in connection.execute(select(offices))}
    attestors = connection.execute(select(operators.c.office_id, operators.c.operator_id))
    return Window(
        signals=list(_signals(connection, now_ms - WINDOW_DAYS * DAY_MS)),
        departements=named,
        operators=frozenset((row.office_id, row.operator_id) for row in attestors),
        now_ms=now_ms,
    )


def forget(connection: Connection, *, now_ms: int) -> int:
    """Delete rows that no score looks at any more; how many."""
    old = enrolment_signals.c.record_id < _first_id(now_ms - KEPT_DAYS * DAY_MS)
    return connection.execute(enrolment_signals.delete().where(old)).rowcount


def _signals(connection: Connection, since_ms: int) -> Iterator[Signal]:
    booked = and_(ledger_entries.c.dossier_id == enrolment_signals.c.dossier_id, ledger_entries.c.step == 0)
    rows = connection.execute(
        select(
            enrolment_signals,
            dossiers.c.record_id.label("opened_by"),
            accounts.c.activated_on,
            ledger_entries.c.record_id.label("booked_for"),
        )
        .join(dossiers, dossiers.c.dossier_id == enrolment_signals.c.dossier_id)
        .join(accounts, accounts.c.dossier_id == enrolment_signals.c.dossier_id)
        .outerjoin(ledger_entries, booked)
        .where(enrolment_signals.c.record_id >= _first_id(since_ms))
        .order_by(enrolment_signals.c.made_ms, enrolment_signals.c.record_id)
        .execution_options(yield_per=1000)
    )
    for row in rows:
        yield Signal(
            dossier_id=row.dossier_id,
            record_id=row.record_id,
            office_id=row.office_id,
            terminal_id=row.terminal_id,
            operator_id=row.operator_id,
            made_ms=row.made_ms,
            opens=row.opened_by == row.record_id,
            earns=row.booked_for == row.record_id,
            reading_s=row.reading_s,
            email_mark=row.email_mark,
            mobile_mark=row.mobile_mark,
            activated=row.activated_on is not None,
        )


def _known(connection: Connection, first: bytes, last: bytes) -> frozenset[bytes]:
    """Which records between two were read before; a range of the index."""
    inside = enrolment_signals.c.record_id.between(first, last)
    return frozenset(connection.execute(select(enrolment_signals.c.record_id).where(inside)).scalars())


def _open(opener: Opener, row: Row[Any], key: bytes) -> _Read | None:
    item = read_item(row.raw)
    opened = opener.open(item, row.terminal_id, received_ms=row.received_ms)
    if opened.quarantine is not None or opened.person is None or not isinstance(opened.facts, EnrolmentFacts):
        return None
    facts, routing = opened.facts, item.routing
    time = opening_time(routing, registered_ms=row.registered_ms or 0, received_ms=row.received_ms)
    return _Read(
        opened.person,
        {
            "record_id": row.record_id,
            "office_id": row.office_id,
            "terminal_id": row.terminal_id,
            "operator_id": facts.identity_check.operator,
            "made_ms": time.counted_ms,
            "reading_s": reading_seconds(facts),
            "email_mark": email_mark(facts.contact.email, key),
            "mobile_mark": mobile_mark(facts.contact.mobile, key),
        },
    )


def _write(connection: Connection, found: list[_Read]) -> int:
    if not found:
        return 0
    people = select(persons).where(persons.c.fingerprint.in_({one.person for one in found}))
    dossier_of = {row.fingerprint: row.dossier_id for row in connection.execute(people)}
    rows = [{"dossier_id": dossier_of[one.person], **one.row} for one in found if one.person in dossier_of]
    if rows:
        connection.execute(insert_into(connection, enrolment_signals).on_conflict_do_nothing(), rows)
    return len(rows)


def _first_id(at_ms: int) -> bytes:
    return max(0, at_ms).to_bytes(6, "big") + bytes(_NOISE_BYTES)
