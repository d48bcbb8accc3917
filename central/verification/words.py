"""Whether each dossier stands as the words about it say: the latest one holds, and none was lost."""

from __future__ import annotations

from sqlalchemy import Connection, Select, case, exists, func, select

from central.enrolments.models import access_decisions, changes, dossiers, waiting_facts
from central.enrolments.standing import AccessName, DossierState, Effect
from central.intake.models import quarantine, records
from wire.handover import ANNULMENT
from wire.records import RecordKind

_RETURNING = (
    RecordKind.REACTIVATION,
    RecordKind.CODE_REISSUE,
    RecordKind.CONSENT_CHANGE,
    RecordKind.CONTACT_CHANGE,
    RecordKind.CLOSURE_REQUEST,
)


def contradictions(connection: Connection) -> dict[str, int]:
    """How many dossiers or records are not as the words say, by what is wrong. Scans all facts: not for a page."""
    return {
        **{
            f"dossiers whose {access.value} is not the latest word": _size(connection, _other_than_latest(access))
            for access in AccessName
        },
        "dossiers open or closed against the words": _size(connection, _wrongly_open_or_closed()),
        "records that changed nothing and wait for nothing": _size(connection, _lost()),
    }


def _other_than_latest(access: AccessName) -> Select[tuple[bytes]]:
    """Of the refusals and grants of an access the latest holds, at equal times the refusal; without one it is given."""
    refused, decided_ms = dossiers.c[f"{access.value}_refused"], dossiers.c[f"{access.value}_decided_ms"]
    word = access_decisions.alias("word")
    latest = (
        select(func.max(word.c.decided_ms))
        .where(word.c.dossier_id == dossiers.c.dossier_id, word.c.access == access.value)
        .scalar_subquery()
    )
    said_no = exists().where(
        access_decisions.c.dossier_id == dossiers.c.dossier_id,
        access_decisions.c.access == access.value,
        access_decisions.c.decided_ms == decided_ms,
        access_decisions.c.refused,
    )
    return select(dossiers.c.dossier_id).where(
        (func.coalesce(latest, 0) != decided_ms) | (said_no & ~refused) | (~said_no & refused)
    )


def _wrongly_open_or_closed() -> Select[tuple[bytes]]:
    """Closings and reactivations alternate: one closing more than reactivations is closed, as many is open."""
    opens = case((changes.c.kind == RecordKind.REACTIVATION.value, -1), else_=1)
    balance = (
        select(func.coalesce(func.sum(opens), 0))
        .where(changes.c.dossier_id == dossiers.c.dossier_id, changes.c.effect == Effect.DONE.value)
        .where(
            changes.c.kind.in_(
                [
                    RecordKind.REACTIVATION.value,
                    RecordKind.CLOSURE_REQUEST.value,
                    RecordKind.OPPOSITION.value,
                    ANNULMENT,
                ]
            )
        )
        .scalar_subquery()
    )
    closed = case((dossiers.c.state == DossierState.CLOSED.value, 1), else_=0)
    return select(dossiers.c.dossier_id).where(balance != closed)


def _lost() -> Select[tuple[bytes]]:
    told = records.c.record_id
    return (
        select(told)
        .where(records.c.kind.in_([kind.value for kind in _RETURNING]))
        .where(told.not_in(select(quarantine.c.record_id)))
        .where(told.not_in(select(changes.c.record_id)))
        .where(told.not_in(select(waiting_facts.c.record_id)))
    )


def _size(connection: Connection, query: Select[tuple[bytes]]) -> int:
    return connection.scalar(select(func.count()).select_from(query.subquery())) or 0
