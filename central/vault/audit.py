"""Who would ask "what happened to this dossier's keys?" reads here: one entry per change of state, hash-chained.

An entry's hash covers the hash before it and all its fields in canonical form, so that no entry can be altered,
inserted or taken from the middle without breaking the chain. Not covered: cutting entries off the end; the head must be
anchored outside (design.md §3, invariant 8).
"""

from __future__ import annotations

import enum

from sqlalchemy import Connection, insert, select

from central.vault.errors import AuditError
from central.vault.models import audit
from wire.canonical import WireStruct, encode
from wire.identifiers import DossierId, RecordId
from wire.records import sha256

_DOMAIN = b"dmp-vault-audit-v1"
FIRST_LINK = sha256(_DOMAIN)
"""What stands before the first entry."""


class Tag(enum.Enum):
    """``what:became``. Words are never reused for something else."""

    DOSSIER_OPENED = "dossier:opened"
    BREAK_GLASS_REFUSED = "break_glass:refused"
    CENTRE_15_REFUSED = "centre_15:refused"
    BREAK_GLASS_GRANTED = "break_glass:granted"  # decided; the wraps are made by the guard
    CENTRE_15_GRANTED = "centre_15:granted"
    BREAK_GLASS_WRAPPED = "break_glass:wrapped"  # the guard opened recovery for it
    CENTRE_15_WRAPPED = "centre_15:wrapped"
    KEY_RENEWED = "key:renewed"
    DOSSIER_CLOSED = "dossier:closed"
    DOSSIER_REOPENED = "dossier:reopened"
    DESTRUCTION_DUE = "destruction:due"  # its holder asked for it
    DOSSIER_DESTROYED = "dossier:destroyed"
    CONTACT_CHANGED = "contact:changed"
    EMAIL_PROVED = "email:proved"
    MOBILE_PROVED = "mobile:proved"
    CODE_OBJECTED = "code:objected"
    CODE_FAILED = "code:failed"
    CODE_WRAPPED = "code:wrapped"  # the guard opened recovery for it
    NOTICE_SENT = "notice:sent"
    NOTICE_FAILED = "notice:failed"
    PASSPHRASE_REPLACED = "passphrase:replaced"  # noqa: S105 - a word of the audit
    ACCOUNT_DISABLED = "account:disabled"
    ACCOUNT_ENABLED = "account:enabled"  # of a dossier opened again, before there is a code
    SLIP_LOCKED = "slip:locked"  # while a passphrase stays good
    CODE_REQUESTED = "code:requested"
    ACCOUNT_TO_ACTIVATE = "account:to_activate"
    ACCOUNT_ACTIVATED = "account:activated"
    ACCOUNT_LOCKED = "account:locked"
    RECORD_QUARANTINED = "record:quarantined"
    RECORD_RELEASED = "record:released"


class _Entry(WireStruct, frozen=True):
    number: int
    at_ms: int
    tag: str
    dossier_id: bytes | None
    record_id: bytes | None
    previous_hash: bytes


def write_entry(
    conn: Connection, tag: Tag, *, at_ms: int, dossier: DossierId | None, record: RecordId | None = None
) -> None:
    """Append an entry in the transaction of the change it tells of; the caller holds the write lock."""
    last = conn.execute(select(audit.c.number, audit.c.hash).order_by(audit.c.number.desc()).limit(1)).first()
    number, previous = (0, FIRST_LINK) if last is None else (last.number, last.hash)
    entry = _Entry(
        number=number + 1,
        at_ms=at_ms,
        tag=tag.value,
        dossier_id=None if dossier is None else dossier.value,
        record_id=None if record is None else record.value,
        previous_hash=previous,
    )
    conn.execute(
        insert(audit).values(
            number=entry.number,
            at_ms=entry.at_ms,
            tag=entry.tag,
            dossier_id=entry.dossier_id,
            record_id=entry.record_id,
            previous_hash=entry.previous_hash,
            hash=_hash(entry),
        )
    )


def verify_chain(conn: Connection) -> int:
    """How many entries there are, once each follows from the one before.

    Raises:
        AuditError: names the number of the first entry that does not.
    """
    previous, expected = FIRST_LINK, 1
    for row in conn.execute(select(audit).order_by(audit.c.number)):
        entry = _Entry(
            number=row.number,
            at_ms=row.at_ms,
            tag=row.tag,
            dossier_id=row.dossier_id,
            record_id=row.record_id,
            previous_hash=row.previous_hash,
        )
        if row.number != expected or row.previous_hash != previous or row.hash != _hash(entry):
            raise AuditError(f"the audit chain is broken at entry {row.number}")
        previous, expected = row.hash, expected + 1
    return expected - 1


def _hash(entry: _Entry) -> bytes:
    return sha256(_DOMAIN + encode(entry))
