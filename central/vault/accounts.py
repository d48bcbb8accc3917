"""States of a holder's account: each move has its audit entry, and is told to central unless central decided it.

none → to_activate → active → locked, and disabled while the dossier is closed (design.md §6). An active account stays
active while a new code waits or lives: the passphrase is good until the code has replaced it.
"""

from __future__ import annotations

from sqlalchemy import Connection, update

from central.vault import audit, events
from central.vault.audit import Tag
from central.vault.models import AccountState, dossiers
from wire.handover import VaultEventKind
from wire.identifiers import DossierId, RecordId

_TOLD = {
    AccountState.TO_ACTIVATE: (Tag.ACCOUNT_TO_ACTIVATE, VaultEventKind.ACCOUNT_TO_ACTIVATE),
    AccountState.ACTIVE: (Tag.ACCOUNT_ACTIVATED, VaultEventKind.ACCOUNT_ACTIVATED),
    AccountState.LOCKED: (Tag.ACCOUNT_LOCKED, VaultEventKind.ACCOUNT_LOCKED),
    AccountState.DISABLED: (Tag.ACCOUNT_DISABLED, VaultEventKind.ACCOUNT_DISABLED),
}


def move(conn: Connection, dossier: DossierId, to: AccountState, *, record: RecordId | None, now_ms: int) -> None:
    """Another state of the account; to NONE is silent towards central, which decided it."""
    conn.execute(update(dossiers).where(dossiers.c.dossier_id == dossier.value).values(account=to.value))
    if to is AccountState.NONE:
        audit.write_entry(conn, Tag.ACCOUNT_ENABLED, at_ms=now_ms, dossier=dossier, record=record)
        return
    tag, kind = _TOLD[to]
    audit.write_entry(conn, tag, at_ms=now_ms, dossier=dossier, record=record)
    events.tell(conn, kind, dossier, at_ms=now_ms)


def open_to_activate(conn: Connection, dossier: DossierId, *, record: RecordId, now_ms: int) -> None:
    """A new dossier whose first slip is live: central knows it from the enrolment, and is not told."""
    to = AccountState.TO_ACTIVATE
    conn.execute(update(dossiers).where(dossiers.c.dossier_id == dossier.value).values(account=to.value))
    audit.write_entry(conn, Tag.ACCOUNT_TO_ACTIVATE, at_ms=now_ms, dossier=dossier, record=record)
