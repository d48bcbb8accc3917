"""The end of a dossier: when it comes, and what is left then. Nobody can open it again, whatever key they hold.

Source: domain/dmp.md §15 transitions 13 and 14. With the wraps of all generations the private halves of the dossier's
key are gone, and with them whatever was sealed to it, wherever that lies.
"""

from __future__ import annotations

from collections.abc import Callable
from datetime import date, datetime, timedelta
from functools import partial

from sqlalchemy import Connection, Engine, Table, delete, select, update

from central.engine import in_transaction, reading
from central.vault import audit, events
from central.vault.audit import Tag
from central.vault.models import (
    awaited,
    challenges,
    contacts,
    decisions,
    dossiers,
    generations,
    notices,
    owed,
    wraps,
)
from wire.handover import ANNULMENT, VaultEventKind
from wire.identifiers import DossierId, milliseconds, moment
from wire.retention import DAYS_ON_THE_WAY, last_day_kept

AT_ONCE = 50  # in one round, so that codes and notices do not wait for it
_WIPED: tuple[Table, ...] = (wraps, generations, contacts, notices, challenges, decisions, owed, awaited)
_A_DAY_FOR_PARIS = timedelta(days=2)  # the day after; its date may be one ahead of ours


def due_ms(kind: str, *, delete_now: bool, now_ms: int) -> int:
    """When a dossier closed now by a record of that kind is to be destroyed.

    At once for an opening that should never have been; else when central can no longer have it opened again.
    """
    if kind == ANNULMENT:
        return now_ms
    now = moment(now_ms)
    last = last_day_kept(now.date(), delete_now=delete_now)
    return milliseconds(datetime(last.year, last.month, last.day, tzinfo=now.tzinfo) + _A_DAY_FOR_PARIS)


def promised_until(destroy_due_ms: int) -> date:
    """A day until which a dossier that is due then can surely be opened again.

    Central counts from the day of the closing, and a terminal that was offline has told us of it later.
    """
    return (moment(destroy_due_ms) - _A_DAY_FOR_PARIS - timedelta(days=DAYS_ON_THE_WAY)).date()


class Destruction:
    """Rounds of what is due; two at once do no harm: each dossier is looked at again inside its transaction."""

    def __init__(self, engine: Engine, clock: Callable[[], datetime]) -> None:
        self._engine = engine
        self._clock = clock

    def round(self) -> int:
        """Destroy what is due now, each in its own transaction; how many."""
        now_ms = milliseconds(self._clock())
        with reading(self._engine) as conn:
            due = select(dossiers.c.dossier_id).where(dossiers.c.destroy_due_ms <= now_ms)
            found = conn.execute(due.order_by(dossiers.c.destroy_due_ms).limit(AT_ONCE)).scalars().all()
        return sum(in_transaction(self._engine, partial(_destroy, raw=raw, now_ms=now_ms)) for raw in found)


def _destroy(conn: Connection, raw: bytes, now_ms: int) -> bool:
    """Destroy one dossier, unless it was opened again meanwhile.

    Steps:

    1. it is closed and due still;
    2. all wraps of all generations go, and contact, notices, decisions and what was owed;
    3. its row stays without a due time, and its slips as void as they were: who asks again is told that it is no more;
    4. the entry of the audit is the certificate: which dossier, when; and central is told.

    Not done: what older backups hold stays there until they are destroyed (docs/operations.md); an item of a hand-over
    that was put aside keeps its sealed part until a person settles it.
    """
    is_due = (dossiers.c.closed_ms.is_not(None), dossiers.c.destroy_due_ms <= now_ms)
    ended = update(dossiers).where(dossiers.c.dossier_id == raw, *is_due)
    if not conn.execute(ended.values(destroy_due_ms=None, destroyed_ms=now_ms)).rowcount:  # 1, 3
        return False
    for table in _WIPED:  # 2
        conn.execute(delete(table).where(table.c.dossier_id == raw))
    dossier = DossierId(raw)
    audit.write_entry(conn, Tag.DOSSIER_DESTROYED, at_ms=now_ms, dossier=dossier)  # 4
    events.tell(conn, VaultEventKind.DOSSIER_DESTROYED, dossier, at_ms=now_ms)
    return True
