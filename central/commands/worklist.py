"""What waits for a person: incidents, records set aside, refused hand-overs, missing numbers, overdue destructions."""

from __future__ import annotations

import argparse
import uuid
from datetime import timedelta

from sqlalchemy import Connection, select

from central.audit import service as audit
from central.audit.service import AuditEntry
from central.audit.tags import AuditTag
from central.commands.desk import Desk, Parsers, offer
from central.dates import paris_day
from central.db import shard_of
from central.engine import in_transaction, reading
from central.enrolments.models import dossiers, pending_ins
from central.errors import NotFoundError
from central.handover import outbox as outbox_rows
from central.handover.models import outbox
from central.intake import incidents
from central.intake.models import chain_incidents, quarantine
from central.ledger.amending import amend
from central.ledger.reasons import VAULT_REFUSED
from central.ledger.service import Saying
from central.ledger.standing import Word
from wire.identifiers import milliseconds, moment

_GRACE = timedelta(days=10)  # what was closed at an offline terminal is destroyed that much later


def add_parsers(parsers: Parsers) -> None:
    """Offer the commands."""
    offer(parsers, "worklist", _worklist, help="all that waits for a person; names nobody")

    close = offer(parsers, "close-incident", _close, help="somebody has looked at an incident of a terminal's chain")
    close.add_argument("terminal")
    close.add_argument("kind")
    close.add_argument("sequence", type=int)
    close.add_argument("--by", required=True, metavar="NAME", help="who has looked")

    settle = offer(parsers, "settle-record", _settle, help="somebody has decided about a record that was set aside")
    settle.add_argument("record", type=uuid.UUID)
    settle.add_argument("--by", required=True, metavar="NAME", help="who has decided")

    offer(parsers, "hand-over-again", _again, help="send again what the vault refused, once the reason is put right")


def _worklist(desk: Desk, _options: argparse.Namespace) -> int:
    with reading(desk.engine) as connection:
        lines = [
            *_incidents(connection),
            *_set_aside(connection),
            *_refused(connection),
            *_without_number(connection),
            *_not_destroyed(connection, milliseconds(desk.clock())),
        ]
    for line in lines or ["nothing waits for anybody"]:
        desk.say(line)
    return 0


def _incidents(connection: Connection) -> list[str]:
    open_ones = select(chain_incidents).where(chain_incidents.c.closed_ms.is_(None))
    return [
        f"{moment(row.last_ms):%Y-%m-%d %H:%M}  incident  {row.terminal_id}  {row.kind}  {row.sequence}  "
        f"{row.times} time(s){'' if row.missing is None else f', {row.missing} missing'}"
        for row in connection.execute(open_ones.order_by(chain_incidents.c.last_ms))
    ]


def _set_aside(connection: Connection) -> list[str]:
    open_ones = select(quarantine).where(quarantine.c.settled_ms.is_(None))
    return [
        f"{moment(row.received_ms):%Y-%m-%d %H:%M}  set aside  {row.terminal_id}  {row.reason}  "
        f"record {uuid.UUID(bytes=row.record_id)}"
        for row in connection.execute(open_ones.order_by(quarantine.c.received_ms))
    ]


def _refused(connection: Connection) -> list[str]:
    dead = select(outbox).where(outbox.c.state == outbox_rows.DEAD)
    return [
        f"{moment(row.queued_ms):%Y-%m-%d %H:%M}  refused by the vault  {row.terminal_id}  {row.code}  "
        f"record {uuid.UUID(bytes=row.record_id)}"
        for row in connection.execute(dead.order_by(outbox.c.queued_ms))
    ]


def _without_number(connection: Connection) -> list[str]:
    waiting = select(pending_ins).where(pending_ins.c.given_ms.is_(None))
    return [
        f"{moment(row.received_ms):%Y-%m-%d %H:%M}  waits for a number  {row.terminal_id}  "
        f"record {uuid.UUID(bytes=row.record_id)}"
        for row in connection.execute(waiting.order_by(pending_ins.c.received_ms))
    ]


def _not_destroyed(connection: Connection, now_ms: int) -> list[str]:
    """What the vault should have destroyed by now, and has not said so."""
    overdue = paris_day(now_ms - _GRACE // timedelta(milliseconds=1))
    late = select(dossiers.c.dossier_id, dossiers.c.closed_on, dossiers.c.purge_on).where(
        dossiers.c.purge_on.is_not(None), dossiers.c.destroyed_on.is_(None), dossiers.c.purge_on < overdue
    )
    return [
        f"{row.closed_on}  not destroyed by the vault  due {row.purge_on}  dossier {uuid.UUID(bytes=row.dossier_id)}"
        for row in connection.execute(late.order_by(dossiers.c.purge_on))
    ]


def _close(desk: Desk, options: argparse.Namespace) -> int:
    now_ms = milliseconds(desk.clock())

    def work(connection: Connection) -> None:
        closed = incidents.close(
            connection, options.terminal, options.kind, options.sequence, by=options.by, at_ms=now_ms
        )
        if not closed:
            raise NotFoundError("no such incident is open")
        entries = [AuditEntry(AuditTag.INCIDENT_CLOSED, one, f"person:{options.by}", options.kind) for one in closed]
        audit.append(connection, shard_of(options.terminal.encode(), desk.settings.shards), entries, at_ms=now_ms)

    in_transaction(desk.engine, work)
    desk.say(f"{options.terminal}: {options.kind} at {options.sequence} is closed")
    return 0


def _settle(desk: Desk, options: argparse.Namespace) -> int:
    now_ms, record_id = milliseconds(desk.clock()), options.record.bytes

    def work(connection: Connection) -> None:
        reason = incidents.settle(connection, record_id, by=options.by, at_ms=now_ms)
        if reason is None:
            raise NotFoundError("no such record waits")
        entry = AuditEntry(AuditTag.QUARANTINE_SETTLED, record_id, f"person:{options.by}", reason)
        audit.append(connection, shard_of(record_id, desk.settings.shards), [entry], at_ms=now_ms)

    in_transaction(desk.engine, work)
    desk.say(f"record {options.record} is settled; its bytes stay")
    return 0


def _again(desk: Desk, _options: argparse.Namespace) -> int:
    now_ms = milliseconds(desk.clock())

    def work(connection: Connection) -> int:
        openings = connection.execute(outbox_rows.REFUSED_OPENINGS).scalars()
        sayings = [Saying(dossier_id, Word.REINSTATED, VAULT_REFUSED) for dossier_id in openings]
        amend(connection, sayings, actor="command", shards=desk.settings.shards, now_ms=now_ms)
        return outbox_rows.revive(connection, now_ms=now_ms)

    number = in_transaction(desk.engine, work)
    desk.say(f"{number} will be sent again")
    return 0
