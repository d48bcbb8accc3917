"""What waits for the vault: read oldest first, settled by the vault's word, row by row."""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import dataclass
from typing import Any

from sqlalchemy import ColumnElement, Connection, and_, delete, exists, func, or_, select, tuple_, update

from central.audit.service import AuditEntry
from central.audit.tags import AuditTag
from central.enrolments.models import dossiers
from central.enrolments.standing import DossierState
from central.handover.models import outbox
from wire.handover import HAND_OVER_COUNT, HandOverAction, HandOverItem, HandOverOutcome, HandOverResult
from wire.records import RecordKind

WAITING = "waiting"
DEAD = "dead"
_RETRY_BASE_MS = 5_000
_RETRY_CAP_MS = 15 * 60 * 1000
_DOUBLINGS = 10
_CODE_LENGTH = 64
_FLAGS = (
    dossiers.c.break_glass_refused,
    dossiers.c.break_glass_decided_ms,
    dossiers.c.centre_15_refused,
    dossiers.c.centre_15_decided_ms,
)
_OPENING = (HandOverAction.OPEN.value, HandOverAction.MAKE.value)
REFUSED_OPENINGS = select(outbox.c.dossier_id).where(outbox.c.state == DEAD, outbox.c.action.in_(_OPENING))
"""Dossiers that the vault refused to open, until they are sent again: their holders have none."""

_CLOSING = (RecordKind.CLOSURE_REQUEST.value, RecordKind.OPPOSITION.value)
_SETTLED = frozenset({HandOverOutcome.KEPT, HandOverOutcome.ALREADY})


@dataclass(frozen=True, slots=True)
class Waiting:
    """A row that waits, and the item it becomes."""

    queued_ms: int
    attempts: int
    item: HandOverItem


def due(connection: Connection, *, now_ms: int, limit: int = HAND_OVER_COUNT) -> list[Waiting]:
    """The oldest rows that may be sent now, with the refusals as they stand now: one learnt since is told at once.

    Of one dossier only the oldest: a closure must not overtake, or be overtaken by, the reactivation that follows it.
    """
    before = outbox.alias("before")
    older = tuple_(before.c.queued_ms, before.c.record_id) < tuple_(outbox.c.queued_ms, outbox.c.record_id)
    same_dossier = (before.c.dossier_id == outbox.c.dossier_id) & (before.c.state == WAITING)
    rows = connection.execute(
        select(outbox, *_FLAGS)
        .join(dossiers, dossiers.c.dossier_id == outbox.c.dossier_id)
        .where(outbox.c.state == WAITING, outbox.c.next_ms <= now_ms)
        .where(~exists().where(same_dossier & older))
        .order_by(outbox.c.queued_ms, outbox.c.dossier_id, outbox.c.record_id)
        .limit(limit)
    )
    return [Waiting(row.queued_ms, row.attempts, _item(row)) for row in rows]


def settle(
    connection: Connection, sent: Sequence[Waiting], results: Sequence[HandOverResult], *, now_ms: int
) -> list[AuditEntry]:
    """Apply the vault's word; the audit entries of what it refused are the caller's to write.

    Kept or already there: the row leaves. Refused: it stays, dead, for a person. Later, or not named in the answer:
    it comes again, each time after longer.
    """
    words = {result.record_id: result for result in results}
    refused = []
    for row in sent:
        result = words.get(row.item.record_id)
        if result is not None and result.outcome in _SETTLED:
            connection.execute(delete(outbox).where(_is(row)))
        elif result is not None and result.outcome is HandOverOutcome.REFUSED:
            code = (result.code or "refused")[:_CODE_LENGTH]
            connection.execute(update(outbox).where(_is(row)).values(state=DEAD, code=code))
            refused.append(AuditEntry(AuditTag.HANDOVER_REFUSED, row.item.dossier_id, "vault", code))
        else:
            _postpone(connection, row, None if result is None else result.code, now_ms)
    return refused


def refused_now(sent: Sequence[Waiting], results: Sequence[HandOverResult]) -> list[bytes]:
    """Of what was sent, the dossiers that the vault's word refuses to open."""
    refused = {result.record_id for result in results if result.outcome is HandOverOutcome.REFUSED}
    return [row.item.dossier_id for row in sent if row.item.record_id in refused and row.item.action.value in _OPENING]


def revive(connection: Connection, *, now_ms: int) -> int:
    """Send dead rows again, when a person has put right what the vault refused; how many.

    A closing of a dossier that was opened again since, or the other way about, stays dead: the vault knows no time of
    either and would do what nobody wants any more.
    """
    state = select(dossiers.c.state).where(dossiers.c.dossier_id == outbox.c.dossier_id).scalar_subquery()
    undone = or_(
        outbox.c.kind.in_(_CLOSING) & (state != DossierState.CLOSED.value),
        (outbox.c.kind == RecordKind.REACTIVATION.value) & (state == DossierState.CLOSED.value),
    )
    return connection.execute(
        update(outbox).where(outbox.c.state == DEAD, ~undone).values(state=WAITING, attempts=0, next_ms=now_ms)
    ).rowcount


def count(connection: Connection, state: str) -> int:
    """How many rows wait, or are dead."""
    return connection.scalar(select(func.count()).select_from(outbox).where(outbox.c.state == state)) or 0


def _postpone(connection: Connection, row: Waiting, code: str | None, now_ms: int) -> None:
    wait = min(_RETRY_CAP_MS, _RETRY_BASE_MS * 2 ** min(row.attempts, _DOUBLINGS))
    connection.execute(
        update(outbox)
        .where(_is(row))
        .values(attempts=row.attempts + 1, next_ms=now_ms + wait, code=None if code is None else code[:_CODE_LENGTH])
    )


def _is(row: Waiting) -> ColumnElement[bool]:
    return and_(
        outbox.c.queued_ms == row.queued_ms,
        outbox.c.dossier_id == row.item.dossier_id,
        outbox.c.record_id == row.item.record_id,
        outbox.c.state == WAITING,
    )


def _item(row: Any) -> HandOverItem:
    return HandOverItem(
        record_id=row.record_id,
        action=HandOverAction(row.action),
        dossier_id=row.dossier_id,
        terminal=row.terminal_id,
        vault=row.vault,
        break_glass_refused=row.break_glass_refused,
        centre_15_refused=row.centre_15_refused,
        break_glass_decided_ms=row.break_glass_decided_ms,
        centre_15_decided_ms=row.centre_15_decided_ms,
        kind=row.kind,
    )
