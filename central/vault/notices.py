"""What a holder is told without having asked: queued with the change, sent by the guard, gone once sent.

A notice of a new code, or of a closing, goes to the contact known *before* the change that asked for it, and to those
that were replaced a short while ago: who takes over somebody's contact first, even twice, is not alone with it.
"""

from __future__ import annotations

from collections.abc import Iterable
from dataclasses import dataclass
from datetime import timedelta
from typing import Any

from sqlalchemy import Connection, delete, func, insert, select, update

from central.vault import contacts
from central.vault.contacts import Address, Channel, Reachable
from central.vault.models import NoticeKind, notices
from central.vault.work import Work
from central.vault.wraps import Bound
from wire.evidence import Contact
from wire.identifiers import DossierId, RecordId

TRIES = 8
"""With the pauses below a notice is tried for two hours (ours); what cannot be sent then is written to the audit."""

_PAUSE = timedelta(minutes=1)


@dataclass(frozen=True, slots=True, repr=False)
class Notice:
    """One notice to one address, as queued; ``sealed`` is opened by who sends it."""

    dossier_id: DossierId
    record_id: RecordId
    number: int
    kind: NoticeKind
    sealed: bytes
    language: str
    tries: int


def all_heard(held: Reachable | None, work: Work) -> list[Address]:
    """Who is told of a request for a new code, and of a closing."""
    if held is None:
        return []
    found = list(contacts.addresses(held.contact, work.ways))
    for former in held.still_heard(now_ms=work.now_ms):
        found += contacts.addresses(former, work.ways)
    return _each_once(found)


def of_replaced_contact(held: Reachable | None, new: Contact, work: Work) -> list[Address]:
    """Who is told that their address was replaced: those that are no longer among the new ones."""
    if held is None:
        return []
    kept = {address.value for address in contacts.addresses(new, work.ways)}
    return [address for address in contacts.addresses(held.contact, work.ways) if address.value not in kept]


def queue(
    work: Work,
    dossier: DossierId,
    bound: Bound,
    record: RecordId,
    kind: NoticeKind,
    to: Iterable[Address],
    language: str,
) -> None:
    """Leave notices to the guard; ``bound`` is the dossier's own context."""
    first = work.conn.execute(
        select(func.count()).where(notices.c.dossier_id == dossier.value, notices.c.record_id == record.value)
    ).scalar_one()
    for number, address in enumerate(to, first):
        work.conn.execute(
            insert(notices).values(
                dossier_id=dossier.value,
                record_id=record.value,
                number=number,
                kind=kind.value,
                sealed=work.book.seal(_only(address), bound),
                language=language,
                tries=0,
                next_ms=work.now_ms,
            )
        )


def drop(conn: Connection, dossier: DossierId, *kinds: NoticeKind) -> None:
    """What those tell of is no longer so."""
    words = [kind.value for kind in kinds]
    conn.execute(delete(notices).where(notices.c.dossier_id == dossier.value, notices.c.kind.in_(words)))


def due(conn: Connection, *, now_ms: int, limit: int) -> list[Notice]:
    """Notices whose time has come, oldest first."""
    rows = conn.execute(select(notices).where(notices.c.next_ms <= now_ms).order_by(notices.c.next_ms).limit(limit))
    return [_notice(row) for row in rows]


def is_waiting(conn: Connection, dossier: DossierId, record: RecordId) -> bool:
    """Whether somebody is still to be told of that record."""
    of_record = (notices.c.dossier_id == dossier.value, notices.c.record_id == record.value)
    return conn.execute(select(notices.c.number).where(*of_record).limit(1)).first() is not None


def settle(conn: Connection, notice: Notice) -> bool:
    """It was sent, or given up: the row goes, the address with it. False when another worker settled it before."""
    return bool(conn.execute(delete(notices).where(*_is(notice))).rowcount)


def put_off(conn: Connection, notice: Notice, *, now_ms: int) -> None:
    """It could not be sent: again later, each time after twice as long."""
    pause_ms = _PAUSE // timedelta(milliseconds=1) * 2**notice.tries
    conn.execute(update(notices).where(*_is(notice)).values(tries=notice.tries + 1, next_ms=now_ms + pause_ms))


def address_of(contact: Contact) -> Address:
    """The one address of a queued notice."""
    if contact.email is not None:
        return Address(Channel.EMAIL, contact.email, contact.email_proved)
    return Address(Channel.MOBILE, contact.mobile or "", contact.mobile_proved)


def _only(address: Address) -> Contact:
    if address.channel is Channel.EMAIL:
        return Contact(email=address.value)
    return Contact(mobile=address.value)


def _each_once(found: Iterable[Address]) -> list[Address]:
    return list({address.value: address for address in found}.values())


def _is(notice: Notice) -> tuple[Any, ...]:
    return (
        notices.c.dossier_id == notice.dossier_id.value,
        notices.c.record_id == notice.record_id.value,
        notices.c.number == notice.number,
    )


def _notice(row: Any) -> Notice:
    return Notice(
        DossierId(row.dossier_id),
        RecordId(row.record_id),
        row.number,
        NoticeKind(row.kind),
        row.sealed,
        row.language,
        row.tries,
    )
