"""What the vault lost after its backup is handed over again, from the records that central keeps for good.

Every record lies here as it came, with the part that only the vault can open. The vault recognises by its id what it
has already, so the time asked for may be too early, never too late. What only the vault knew is not among it:
activations, passphrases, tries (docs/operations.md §5).
"""

from __future__ import annotations

from collections.abc import Iterator
from typing import Any

from sqlalchemy import Connection, Select, and_, or_, select

from central.automatic.due import LETTER
from central.devices.registry import NO_TERMINAL
from central.engine import insert_into
from central.enrolments.models import changes, consents, dossiers
from central.enrolments.standing import Effect
from central.handover.models import outbox
from central.handover.outbox import WAITING
from central.intake.models import records
from wire.batch import read_item
from wire.handover import ANNULMENT, HandOverAction
from wire.records import RecordKind

_ROWS_AT_ONCE = 500
_DONE, _ALREADY, _SOONER = (effect.value for effect in (Effect.DONE, Effect.ALREADY, Effect.DELETION_ASKED))
_CHANGES = (
    RecordKind.REACTIVATION,
    RecordKind.CODE_REISSUE,
    RecordKind.CONSENT_CHANGE,
    RecordKind.CONTACT_CHANGE,
    RecordKind.CLOSURE_REQUEST,
)
_TOLD_EVEN_WHEN_OPEN = (RecordKind.REACTIVATION.value, RecordKind.CONSENT_CHANGE.value)
_DECIDED_HERE = (ANNULMENT, RecordKind.OPPOSITION.value)
_KEPT = (records.c.record_id, records.c.kind, records.c.terminal_id, records.c.received_ms, records.c.raw)


def queue_again(connection: Connection, *, since_ms: int) -> int:
    """Queue everything for the vault that reached central from ``since_ms`` on, in the order in which it came.

    Returns:
        How many rows wait more than before. Scans the records: minutes on a full database.
    """
    rows: list[dict[str, Any]] = []
    number = 0
    for row in _all(connection, since_ms):
        rows.append(row)
        if len(rows) == _ROWS_AT_ONCE:
            number += _insert(connection, rows)
            rows = []
    return number + _insert(connection, rows)


def closed_here(connection: Connection, *, since_ms: int) -> list[bytes]:
    """Dossiers that central itself closed since then: it sealed that word to the vault and kept no copy."""
    here = (changes.c.kind.in_(_DECIDED_HERE), changes.c.effect == _DONE, changes.c.decided_ms >= since_ms)
    return list(connection.execute(select(changes.c.dossier_id).where(*here)).scalars())


def _all(connection: Connection, since_ms: int) -> Iterator[dict[str, Any]]:
    for row in _read(connection, _openings().where(records.c.received_ms >= since_ms)):
        is_first = row.opened_by == row.record_id
        if row.kind == RecordKind.PENDING_INS.value:
            if is_first:
                yield _row(row, HandOverAction.MAKE, b"")
        else:
            yield _row(row, HandOverAction.OPEN if is_first else HandOverAction.CODE_REQUEST, _vault_part(row.raw))
    for row in _read(connection, _changes().where(records.c.received_ms >= since_ms)):
        yield _row(row, HandOverAction.CHANGE, _vault_part(row.raw))
    for row in _read(connection, _letters().where(dossiers.c.received_ms >= since_ms)):
        yield _row(row, HandOverAction.MAKE, b"")


def _read(connection: Connection, query: Select[Any]) -> Any:
    return connection.execute(query.execution_options(yield_per=_ROWS_AT_ONCE))


def _openings() -> Select[Any]:
    kinds = (RecordKind.ENROLMENT.value, RecordKind.PENDING_INS.value)
    return (
        select(*_KEPT, dossiers.c.dossier_id, dossiers.c.record_id.label("opened_by"))
        .join(consents, consents.c.record_id == records.c.record_id)
        .join(dossiers, dossiers.c.dossier_id == consents.c.dossier_id)
        .where(records.c.kind.in_(kinds))
    )


def _changes() -> Select[Any]:
    told = or_(
        changes.c.effect.in_((_DONE, _SOONER)),
        and_(changes.c.effect == _ALREADY, changes.c.kind.in_(_TOLD_EVEN_WHEN_OPEN)),
    )
    return (
        select(*_KEPT, changes.c.dossier_id)
        .join(changes, changes.c.record_id == records.c.record_id)
        .where(changes.c.kind.in_([kind.value for kind in _CHANGES]), told)
    )


def _letters() -> Select[Any]:
    """Dossiers that opened by themselves: no record tells of them."""
    return (
        select(dossiers.c.record_id, dossiers.c.terminal_id, dossiers.c.received_ms, dossiers.c.dossier_id)
        .add_columns(dossiers.c.sub_channel.label("kind"))
        .where(dossiers.c.sub_channel == LETTER)
    )


def _vault_part(raw: bytes) -> bytes:
    return read_item(raw).record.vault or b""


def _row(row: Any, action: HandOverAction, vault: bytes) -> dict[str, Any]:
    return {
        "queued_ms": row.received_ms,
        "dossier_id": row.dossier_id,
        "record_id": row.record_id,
        "action": action.value,
        "kind": row.kind,
        "terminal_id": row.terminal_id or NO_TERMINAL,
        "vault": vault,
        "state": WAITING,
        "attempts": 0,
        "next_ms": 0,
    }


def _insert(connection: Connection, rows: list[dict[str, Any]]) -> int:
    number = 0
    for row in rows:  # one by one: what waits still must neither be doubled nor stop the others
        number += connection.execute(insert_into(connection, outbox).values(row).on_conflict_do_nothing()).rowcount
    return number
