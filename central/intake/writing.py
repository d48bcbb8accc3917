"""A plan is written: every table in one transaction, in the order that foreign keys ask for."""

from __future__ import annotations

from sqlalchemy import Connection

from central.accounts.models import accounts
from central.audit import service as audit
from central.automatic.models import oppositions, register
from central.counters import tally
from central.db import shard_of
from central.devices.registry import NO_TERMINAL
from central.engine import insert_into, insert_rows
from central.enrolments import persons
from central.enrolments.models import access_decisions, changes, consents, dossiers, pending_ins, slips, waiting_facts
from central.enrolments.models import persons as person_rows
from central.handover.models import outbox
from central.intake.models import quarantine, records
from central.intake.sheet import Rows, Scene
from central.ledger import service as ledger

_WRITES = (
    ("records", records),
    ("quarantine", quarantine),
    ("dossiers", dossiers),
    ("persons", person_rows),
    ("consents", consents),
    ("accounts", accounts),
    ("changes", changes),
    ("access_decisions", access_decisions),
    ("slips", slips),
    ("outbox", outbox),
    ("pending_ins", pending_ins),
    ("waiting_facts", waiting_facts),
    ("oppositions", oppositions),
)


def write_rows(connection: Connection, rows: Rows, scene: Scene, *, shards: int) -> None:
    """Write all that a plan gathered. Incidents are the caller's: they belong to a chain, not to a fact."""
    now_ms = scene.received_ms
    for name, table in _WRITES:
        insert_rows(connection, table, getattr(rows, name))
    persons.write_standings(connection, rows.changed.values(), at_ms=now_ms)
    _write_register(connection, rows)
    shard = shard_of((scene.place.terminal or NO_TERMINAL).encode(), shards)
    ledger.book(connection, shard, rows.bookings, at_ms=scene.booked_ms)
    audit.append(connection, shard, rows.audit, at_ms=now_ms)
    tally.add(connection, rows.tally, shard)


def _write_register(connection: Connection, rows: Rows) -> None:
    if not rows.register:
        return
    insert = insert_into(connection, register)
    write = insert.on_conflict_do_update(index_elements=["fingerprint"], set_={"state": insert.excluded.state})
    stands = [{"fingerprint": person, "state": state.value} for person, state in sorted(rows.register.items())]
    connection.execute(write, stands)
