"""What is said of amounts after they were booked: entry, audit and counters, in one transaction."""

from __future__ import annotations

from collections.abc import Iterable, Sequence
from itertools import groupby

from sqlalchemy import Connection, select

from central.audit import service as audit
from central.audit.service import AuditEntry
from central.audit.tags import AuditTag
from central.counters import tally
from central.counters.models import Measure
from central.counters.tally import Place, Tally
from central.dates import paris_day
from central.db import shard_of
from central.devices.models import devices, offices
from central.ledger.months import open_from
from central.ledger.service import Booking, Said, Saying, book, say
from central.ledger.standing import Word

TAG_OF = {
    Word.HELD: AuditTag.LEDGER_HELD_BACK,
    Word.RELEASED: AuditTag.LEDGER_RELEASED,
    Word.REVERSED: AuditTag.LEDGER_REVERSED,
    Word.REINSTATED: AuditTag.LEDGER_REINSTATED,
    Word.CORRECTED: AuditTag.LEDGER_CORRECTED,
}
"""The entry of the audit that goes with each later word."""


def amend(connection: Connection, sayings: Iterable[Saying], *, actor: str, shards: int, now_ms: int) -> list[Said]:
    """Say something of amounts; what was written, without what was so already.

    Booked now, or at the first moment of the open month when now lies in a closed one.
    """
    booked_ms = max(now_ms, open_from(connection))
    written = say(connection, sayings, shards=shards, at_ms=booked_ms)
    day = paris_day(booked_ms)
    for terminal_id in sorted({one.terminal_id for one in written}):
        here = [one for one in written if one.terminal_id == terminal_id]
        shard = shard_of(terminal_id.encode(), shards)
        audit.append(connection, shard, [_told(one, actor) for one in here], at_ms=now_ms)
        tally.add(connection, _counted(_place(connection, terminal_id), here, day), shard)
    return written


def book_late(connection: Connection, bookings: Iterable[Booking], *, actor: str, shards: int, now_ms: int) -> None:
    """Book openings that were not paid when they arrived, in the open month."""
    booked_ms = max(now_ms, open_from(connection))
    told = sorted(bookings, key=lambda one: (one.terminal_id, one.dossier_id))
    for terminal_id, group in groupby(told, key=lambda one: one.terminal_id):
        here, shard = list(group), shard_of(terminal_id.encode(), shards)
        book(connection, shard, here, at_ms=booked_ms)
        entries = [AuditEntry(AuditTag.LEDGER_ACCRUED, one.dossier_id, actor, str(one.cents)) for one in here]
        audit.append(connection, shard, entries, at_ms=now_ms)
        counted = Tally(_place(connection, terminal_id))
        counted.count(Measure.CENTS_ACCRUED, paris_day(booked_ms), sum(one.cents for one in here))
        tally.add(connection, counted, shard)


def audit_detail(step: int, reason: str) -> str:
    """What stands beside the dossier in the audit: which entry, and why."""
    return f"{step} {reason}"


def _told(said: Said, actor: str) -> AuditEntry:
    return AuditEntry(TAG_OF[said.word], said.dossier_id, actor, audit_detail(said.step, said.reason))


def _counted(place: Place, written: Sequence[Said], day: str) -> Tally:
    counted = Tally(place)
    counted.count(Measure.CENTS_ACCRUED, day, sum(one.owed for one in written))
    counted.count(Measure.CENTS_HELD, day, sum(one.cents - one.owed for one in written))
    return counted


def _place(connection: Connection, terminal_id: str) -> Place:
    row = connection.execute(
        select(devices.c.channel, devices.c.sub_channel, offices.c.region, offices.c.departement, offices.c.office_id)
        .join(offices, offices.c.office_id == devices.c.office_id)
        .where(devices.c.terminal_id == terminal_id)
    ).one()
    return Place(row.channel, row.sub_channel, row.region, row.departement, row.office_id, terminal_id)
