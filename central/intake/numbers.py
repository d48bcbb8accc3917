"""A child's own number was found (dmp.md §15 row 6): an agent gives it, and the dossier opens as it was asked for."""

from __future__ import annotations

from collections.abc import Iterator

from sqlalchemy import Connection, select, update

from central.audit.tags import AuditTag
from central.devices import registry
from central.enrolments import persons
from central.enrolments.fingerprint import fingerprint
from central.enrolments.models import pending_ins
from central.enrolments.opening_time import opening_time
from central.enrolments.standing import DossierState
from central.errors import AlreadyThereError, NotFoundError, SetupError
from central.intake.models import records
from central.intake.opening import Opened, Opener
from central.intake.openings import give_number
from central.intake.planning import fact_of
from central.intake.service import IntakeParts
from central.intake.sheet import Sheet
from central.intake.stage import Stage
from central.intake.waiting import resume
from central.intake.writing import write_rows
from wire.batch import read_item
from wire.facts import PendingInsFacts
from wire.nir import Nir, NirKind

_MONTHS = 12


def give(connection: Connection, parts: IntakeParts, record_id: bytes, nir: Nir, *, by: str, now_ms: int) -> str | None:
    """Open the dossier of a record that waits for a number; ``second_enrolment`` when the child has one already.

    Steps:

    1. the record waits for a number;
    2. the number is of a registered person and tells the child's year of birth, and the month where it tells one: a
       parent's number, or a slip of the finger, opens nothing;
    3. the child has no closed dossier (that is for a reactivation, with its own consent);
    4. opened as of the day on which it was asked for, with the bonus of that day; the vault makes the key.

    Not checked: that the number is this child's. Whoever gives it has asked the INSi service, and is named.

    Raises:
        NotFoundError: 1. SetupError: ``ins_birth``, ``pending_ins``: 2. AlreadyThereError: ``dossier_closed``: 3.
    """
    stage, opener = Stage.of(parts.keys, parts.rules, parts.regime), Opener(parts.keys, parts.authority)
    row = connection.execute(
        select(records.c.raw, records.c.terminal_id, records.c.received_ms)
        .join(pending_ins, pending_ins.c.record_id == records.c.record_id)
        .where(records.c.record_id == record_id, pending_ins.c.given_ms.is_(None))
    ).one_or_none()
    device = None if row is None else registry.find(connection, row.terminal_id)
    if row is None or device is None:  # 1
        raise NotFoundError("no such record waits for a number")
    opened = opener.open(read_item(row.raw), row.terminal_id, received_ms=row.received_ms)
    for sentence, fault in _faults(nir, opened):  # 2
        raise SetupError(sentence, code=fault)
    assert isinstance(opened.facts, PendingInsFacts)
    person = fingerprint(nir, parts.keys.person_index)
    standings = persons.standings(connection, [person], to_change=True)
    if person in standings and standings[person].state is DossierState.CLOSED:  # 3
        raise AlreadyThereError(
            "this child's dossier was closed: it is reactivated at a terminal", code="dossier_closed"
        )
    time = opening_time(opened.item.routing, registered_ms=device.registered_ms, received_ms=row.received_ms)
    scene = stage.scene(connection, device, [opened], now_ms=now_ms, actor=f"person:{by}", person=person)
    sheet = Sheet(scene, standings)
    code = give_number(sheet, fact_of(opened, time, person), opened.facts)  # 4
    sheet.audit(AuditTag.RECORD_NUMBER_GIVEN, record_id)
    write_rows(connection, sheet.rows, scene, shards=parts.shards)
    connection.execute(
        update(pending_ins).where(pending_ins.c.record_id == record_id).values(given_ms=now_ms, given_by=by)
    )
    resume(connection, opener, stage, sheet.rows.reopened, shards=parts.shards, now_ms=now_ms)
    return code


def _faults(nir: Nir, opened: Opened) -> Iterator[tuple[str, str]]:
    if opened.quarantine is not None or not isinstance(opened.facts, PendingInsFacts):
        yield "the record cannot be opened any more: look at central's keys", "not_opened"
        return
    if nir.kind is not NirKind.NIR:
        yield "this is a provisional number: wait for the child's own", "pending_ins"
    born = opened.facts.person.birth_date or ""
    year, month = nir.body[1:3], nir.body[3:5]
    if year != born[2:4] or (int(month) <= _MONTHS and born[4:6] not in {month, "00"}):
        yield "this number tells another birth than the child's: whose is it?", "ins_birth"
