"""What the vault tells: states of accounts and the end of dossiers, taken in once and in order."""

from __future__ import annotations

from collections.abc import Sequence

from sqlalchemy import Connection, select, update

from central.accounts.service import AccountState, Move, ProvedContact, project, prove
from central.audit import service as audit
from central.audit.service import AuditEntry
from central.audit.tags import AuditTag
from central.counters import tally
from central.counters.models import Measure
from central.counters.tally import Place, Tally
from central.dates import paris_day
from central.db import shard_of
from central.devices.models import offices
from central.engine import insert_into
from central.enrolments.models import dossiers
from central.handover.models import vault_cursor
from wire.handover import VaultEvent, VaultEventKind

_CURSOR = "events"
_STATES = {
    VaultEventKind.ACCOUNT_ACTIVATED.value: (AccountState.ACTIVE, AuditTag.ACCOUNT_ACTIVATED),
    VaultEventKind.ACCOUNT_LOCKED.value: (AccountState.LOCKED, AuditTag.ACCOUNT_LOCKED),
    VaultEventKind.ACCOUNT_TO_ACTIVATE.value: (AccountState.TO_ACTIVATE, AuditTag.ACCOUNT_TO_ACTIVATE),
    VaultEventKind.ACCOUNT_DISABLED.value: (AccountState.DISABLED, AuditTag.ACCOUNT_DISABLED),
}
_PROOFS = {
    VaultEventKind.EMAIL_PROVED.value: (ProvedContact.EMAIL, AuditTag.ACCOUNT_EMAIL_PROVED),
    VaultEventKind.MOBILE_PROVED.value: (ProvedContact.MOBILE, AuditTag.ACCOUNT_MOBILE_PROVED),
}


def cursor(connection: Connection) -> int:
    """The number of the last event that was taken in; 0 before the first."""
    return connection.scalar(select(vault_cursor.c.number).where(vault_cursor.c.name == _CURSOR)) or 0


def rewind(connection: Connection, number: int) -> None:
    """The vault was put back to an earlier day and counts on from there: its events are read again from then on."""
    if number < cursor(connection):
        _move_cursor(connection, number)


def take_in(connection: Connection, events: Sequence[VaultEvent], *, shards: int, now_ms: int) -> int:
    """Project events onto accounts, audit and counts, in one transaction with the cursor; how many were new.

    An event of a kind that is not known here changes nothing and is passed: a newer vault may tell more.
    """
    last = cursor(connection)
    fresh = [event for event in events if event.number > last]
    for event in fresh:
        _take(connection, event, shards, now_ms)
    if fresh:
        _move_cursor(connection, max(event.number for event in fresh))
    return len(fresh)


def _take(connection: Connection, event: VaultEvent, shards: int, now_ms: int) -> None:
    shard = shard_of(event.dossier_id, shards)
    if event.kind in _PROOFS:
        contact, tag = _PROOFS[event.kind]
        if prove(connection, event.dossier_id, contact, at_ms=event.at_ms):
            audit.append(connection, shard, [AuditEntry(tag, event.dossier_id, "vault")], at_ms=now_ms)
        return
    if event.kind == VaultEventKind.DOSSIER_DESTROYED.value:
        _note_destroyed(connection, event, shard, now_ms)
        return
    if event.kind not in _STATES:
        return
    state, tag = _STATES[event.kind]
    move = project(connection, event.dossier_id, state, at_ms=event.at_ms)
    if move is Move.NOTHING:
        return
    audit.append(connection, shard, [AuditEntry(tag, event.dossier_id, "vault")], at_ms=now_ms)
    if move is Move.FIRST_ACTIVATION:
        counted = Tally(_place(connection, event.dossier_id))
        counted.count(Measure.ACCOUNTS_ACTIVATED, paris_day(event.at_ms))
        tally.add(connection, counted, shard)


def _note_destroyed(connection: Connection, event: VaultEvent, shard: int, now_ms: int) -> None:
    not_yet = (dossiers.c.dossier_id == event.dossier_id, dossiers.c.destroyed_on.is_(None))
    on = paris_day(event.at_ms)
    if connection.execute(update(dossiers).where(*not_yet).values(destroyed_on=on)).rowcount:
        audit.append(
            connection, shard, [AuditEntry(AuditTag.DOSSIER_DESTROYED, event.dossier_id, "vault")], at_ms=now_ms
        )


def _place(connection: Connection, dossier_id: bytes) -> Place:
    row = connection.execute(
        select(dossiers, offices.c.region, offices.c.departement)
        .outerjoin(offices, offices.c.office_id == dossiers.c.office_id)  # who opened by itself has none
        .where(dossiers.c.dossier_id == dossier_id)
    ).one()
    region, departement = row.region or "", row.departement or ""
    return Place(row.channel, row.sub_channel, region, departement, row.office_id, row.terminal_id)


def _move_cursor(connection: Connection, number: int) -> None:
    insert = insert_into(connection, vault_cursor)
    connection.execute(
        insert.on_conflict_do_update(index_elements=["name"], set_={"number": insert.excluded.number}),
        {"name": _CURSOR, "number": number},
    )
