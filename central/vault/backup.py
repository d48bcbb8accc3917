"""The vault's part in a backup: where its chains end, who signs it, and what is done after it was put back.

A backup brings back what was deleted since: a wrap for an emergency access that was refused later, a code that was
used. So the vault is put back *closed*: it serves again once central has told it what came after (``hand-over-since``).
"""

from __future__ import annotations

from datetime import datetime
from pathlib import Path

from sqlalchemy import Connection, Engine, delete, func, select

from central.backup.manifest import ChainEnd, Manifest
from central.backup.service import Subject, file_for, make_backup, restore_backup
from central.backup.snapshot import Tools
from central.engine import in_transaction, reading
from central.vault.audit import verify_chain
from central.vault.db import migrate, revisions
from central.vault.keys import answer_publics, load_keys
from central.vault.models import audit, challenges, events
from central.vault.settings import VaultSettings
from wire import homes
from wire.identifiers import moment

SERVICE = "vault"
_AUDIT, _EVENTS = "audit", "events"


def back_up(settings: VaultSettings, engine: Engine, target: Path, *, now: datetime, tools: Tools) -> list[str]:
    """Write one backup into a new file, or into a folder; what is said of it.

    Raises:
        BackupError: see :func:`central.backup.service.make_backup`. HomeError: a key is missing.
    """
    key, recipients = load_keys(settings.home).answer, settings.home / homes.BACKUP_RECIPIENTS
    target = file_for(SERVICE, target, now=now)
    made = make_backup(_subject(settings, engine), key, recipients, target, now=now, tools=tools)
    return [f"{target}: {_said(made)}"]


def put_back(settings: VaultSettings, engine: Engine, source: Path, identity: Path, *, tools: Tools) -> list[str]:
    """Put one back, raise it to this release, end activations that were under way; what an operator does next.

    Raises:
        BackupError: see :func:`central.backup.service.restore_backup`. AuditError: the chain does not hold.
    """
    keys = answer_publics(settings.home)
    manifest = restore_backup(_subject(settings, engine), keys, identity, source, tools=tools)
    migrate(engine)
    in_transaction(engine, lambda conn: conn.execute(delete(challenges)))
    with reading(engine) as conn:
        entries = verify_chain(conn)
    told = next((end.number for end in manifest.ends if end.chain == _EVENTS), 0)
    return [
        f"put back: {_said(manifest)}",
        f"audit: {entries} entries, chain intact",
        "before holders may come in again, start the vault for central alone, and at central run:",
        f"  python -m central hand-over-since {moment(manifest.made_ms):%Y-%m-%dT%H:%M:%S} --events {told}",
        "with a time well before that when records may have waited then: what is known is recognised",
    ]


def _subject(settings: VaultSettings, engine: Engine) -> Subject:
    return Subject(SERVICE, settings.home, engine, _ends, revisions())


def _ends(conn: Connection) -> tuple[ChainEnd, ...]:
    last = conn.execute(select(audit.c.number, audit.c.hash).order_by(audit.c.number.desc()).limit(1)).first()
    number, link = (0, b"") if last is None else (last.number, last.hash)
    told = conn.scalar(select(func.max(events.c.number))) or 0
    return (
        ChainEnd(chain=_AUDIT, shard=0, number=number, hash=link),
        ChainEnd(chain=_EVENTS, shard=0, number=told, hash=b""),
    )


def _said(manifest: Manifest) -> str:
    ends = ", ".join(f"{end.chain} end at {end.number}" for end in manifest.ends)
    return f"{moment(manifest.made_ms):%Y-%m-%d %H:%M:%S} UTC, {manifest.size} bytes, {ends}"
