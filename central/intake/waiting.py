"""Facts that came before the dossier they are about take effect when it opens.

Two terminals without a line may tell of one person in either order: the consent that was withdrawn at the second must
not be lost because the first, which opened the dossier, was heard later.
"""

from __future__ import annotations

from collections.abc import Iterable

from sqlalchemy import Connection, and_, delete, select

from central.devices import registry
from central.devices.registry import Device, DeviceState
from central.enrolments import persons
from central.enrolments.models import persons as person_rows
from central.enrolments.models import waiting_facts
from central.enrolments.opening_time import opening_time
from central.intake.models import records
from central.intake.opening import Opener
from central.intake.planning import REVOKED, fact_of, set_aside, take_effect
from central.intake.sheet import Fact, Scene, Sheet
from central.intake.stage import Stage
from central.intake.writing import write_rows
from central.lookups import Lookup
from wire.batch import read_item

_DUE = Lookup(
    select(
        waiting_facts.c.fingerprint, records.c.record_id, records.c.raw, records.c.terminal_id, records.c.received_ms
    ).join(records, records.c.record_id == waiting_facts.c.record_id),
    waiting_facts.c.fingerprint,
)
_LEFT = select(waiting_facts.c.fingerprint).join(person_rows, person_rows.c.fingerprint == waiting_facts.c.fingerprint)


def resume(
    connection: Connection, opener: Opener, stage: Stage, people: Iterable[bytes], *, shards: int, now_ms: int
) -> int:
    """Let what waited for these persons' dossiers take effect, oldest word first; how many did or wait again.

    A word from a terminal that was revoked meanwhile is set aside for a person, as if it came now.
    """
    due = [_read(connection, opener, stage, row, now_ms) for row in list(_DUE.rows(connection, people))]
    for fact, scene, device in sorted(due, key=lambda one: (one[0].at_ms, one[0].record_id)):
        connection.execute(
            delete(waiting_facts).where(
                and_(waiting_facts.c.fingerprint == fact.person, waiting_facts.c.record_id == fact.record_id)
            )
        )
        sheet = Sheet(scene, persons.standings(connection, [fact.person], to_change=True))
        if device.state is DeviceState.REVOKED:
            set_aside(sheet, fact.record_id, REVOKED)
        else:
            take_effect(sheet, fact)
        write_rows(connection, sheet.rows, scene, shards=shards)
    return len(due)


def forgotten(connection: Connection) -> list[bytes]:
    """Persons who have a dossier and something that waits for one.

    Mostly a new code of a closed dossier; or two transactions that passed each other on PostgreSQL, neither of which
    saw the other's row: the worker lets those take effect.
    """
    return list(connection.execute(_LEFT.distinct()).scalars())


def _read(connection: Connection, opener: Opener, stage: Stage, row: object, now_ms: int) -> tuple[Fact, Scene, Device]:
    raw, terminal_id, received_ms = row.raw, row.terminal_id, row.received_ms  # type: ignore[attr-defined]
    device = registry.find(connection, terminal_id)
    assert device is not None, "a record is of a terminal that registered"
    item = read_item(raw)
    opened = opener.open(item, terminal_id, received_ms=received_ms)
    time = opening_time(item.routing, registered_ms=device.registered_ms, received_ms=received_ms)
    scene = stage.scene(connection, device, [opened], now_ms=now_ms)
    return fact_of(opened, time), scene, device
