"""An opening that should never have been is annulled (domain/dmp.md §15 transition 14): the supervisor's act."""

from __future__ import annotations

from msgspec.structs import replace
from sqlalchemy import Connection, select

from central.audit.tags import AuditTag
from central.dates import paris_day
from central.devices import registry
from central.devices.registry import Device
from central.enrolments import persons
from central.enrolments.models import changes
from central.enrolments.standing import Closing, DossierState, Effect, Motive, Standing
from central.errors import AlreadyThereError, NotFoundError
from central.intake.models import records
from central.intake.opening import Opener
from central.intake.service import IntakeParts
from central.intake.sheet import Sheet
from central.intake.stage import Stage
from central.intake.writing import write_rows
from central.ledger.amending import amend
from central.ledger.reasons import ANNULLED
from central.ledger.service import Saying
from central.ledger.standing import Word
from wire.batch import read_item
from wire.handover import ANNULMENT
from wire.identifiers import RecordId, moment
from wire.vault_parts import VaultChange


def annul(connection: Connection, parts: IntakeParts, record_id: bytes, *, because: str, by: str, now_ms: int) -> int:
    """Annul the opening that a record made; what the office owes back, in cents.

    Steps:

    1. the record opened a dossier (a second enrolment opens none, so there is nothing to annul);
    2. the dossier is closed for ever, its content destroyed at once: the vault is told, unless there is no key to seal
       it to; one that was closed already keeps its closing and is never opened again either;
    3. the amount is taken back, in the open month.

    Not checked: that it was rightly annulled. ``by`` is named in the audit, ``because`` is a word, not a text. Telling
    the holder is a letter, which no program here writes. Whoever was enrolled without being asked and wants a dossier
    later finds a closed one: their record waits for a person (``dossier_closed``).

    Raises:
        NotFoundError: 1. AlreadyThereError: ``annulled``: it was annulled before.
    """
    stage, opener = Stage.of(parts.keys, parts.rules, parts.regime), Opener(parts.keys, parts.authority)
    device, person, standing = _opened(connection, opener, record_id)  # 1
    if connection.scalar(
        select(changes.c.kind).where(changes.c.dossier_id == standing.dossier_id, changes.c.kind == ANNULMENT)
    ):
        raise AlreadyThereError("this opening was annulled before", code="annulled")
    scene = stage.scene(connection, device, [], now_ms=now_ms, actor=f"person:{by}", person=person)
    sheet = Sheet(scene, {person: standing})
    _close_for_ever(sheet, person, standing, because, now_ms=now_ms)  # 2
    write_rows(connection, sheet.rows, scene, shards=parts.shards)
    taken = amend(  # 3
        connection,
        [Saying(standing.dossier_id, Word.REVERSED, ANNULLED)],
        actor=scene.actor,
        shards=parts.shards,
        now_ms=now_ms,
    )
    return -sum(one.owed for one in taken)


def _opened(connection: Connection, opener: Opener, record_id: bytes) -> tuple[Device, bytes, Standing]:
    """Where the record came from, whose it is, and how the dossier stands that it opened."""
    row = connection.execute(
        select(records.c.raw, records.c.kind, records.c.terminal_id, records.c.received_ms).where(
            records.c.record_id == record_id
        )
    ).one_or_none()
    device = None if row is None else registry.find(connection, row.terminal_id)
    if row is None or device is None:
        raise NotFoundError("no such record")
    person = opener.open(read_item(row.raw), row.terminal_id, received_ms=row.received_ms).person
    standing = None if person is None else persons.standings(connection, [person], to_change=True).get(person)
    if person is None or standing is None or standing.dossier_id != persons.dossier_of(record_id):
        raise NotFoundError("this record opened no dossier")
    return device, person, standing


def _close_for_ever(sheet: Sheet, person: bytes, standing: Standing, because: str, *, now_ms: int) -> None:
    """Close what is open, let what was closed end today, and tell the vault."""
    dossier_id, day = standing.dossier_id, paris_day(now_ms)
    own_id = RecordId.new(moment(now_ms)).value  # the vault recognises what it is told by an id, each once
    was_open = standing.state is DossierState.CREATED
    if was_open:
        sheet.change(person, standing.closed(Closing(day, Motive.ANNULMENT, day, deletion_asked=True), at_ms=now_ms))
        sheet.audit(AuditTag.ACCOUNT_DISABLED, dossier_id)
    elif standing.closing is not None:
        closing = replace(standing.closing, motive=Motive.ANNULMENT, purge_on=day, deletion_asked=True)
        sheet.change(person, replace(standing, closing=closing))
    sheet.audit(AuditTag.DOSSIER_ANNULLED, dossier_id, because)
    sheet.rows.changes.append(
        {
            "dossier_id": dossier_id,
            "record_id": own_id,
            "kind": ANNULMENT,
            "decided_ms": now_ms,
            "effect": (Effect.DONE if was_open else Effect.ALREADY).value,
        }
    )
    sheet.hand_over_decided(own_id, ANNULMENT, dossier_id, VaultChange(is_closed=True, delete_now=True))
