"""Backups of central's database, putting one back, and what the vault must be told again after it was put back."""

from __future__ import annotations

import argparse
import uuid
from datetime import UTC, datetime
from pathlib import Path

from sqlalchemy import Connection, Engine, delete, select

from central import schema
from central.audit import service as audit
from central.audit.service import AuditEntry
from central.audit.tags import AuditTag
from central.backup.custody import make_identity
from central.backup.manifest import ChainEnd, Manifest
from central.backup.service import Subject, file_for, make_backup, restore_backup
from central.backup.snapshot import Tools
from central.chains import chain_heads
from central.commands.desk import Desk, Parsers, offer
from central.db import shard_of
from central.engine import in_transaction, make_engine
from central.errors import SetupError
from central.handover import again, events
from central.keys import answer_publics, load_answer_key
from central.ledger.rules import load_rules
from central.settings import CentralSettings
from central.staff.models import staff_sessions
from central.verification.service import verify_all
from wire import homes
from wire.identifiers import milliseconds, moment

SERVICE = "central"
_VAULT = b"vault"


def add_parsers(parsers: Parsers) -> None:
    """Offer the commands."""
    key = offer(
        parsers, "backup-key", _make_key, help="make the key that opens backups: where it will be kept, offline"
    )
    key.add_argument("file", type=Path, help="a new file for the private half")

    backup = offer(parsers, "backup", _backup, help="one sealed file of the database as it is now; the service goes on")
    backup.add_argument("file", type=Path, help="a new file, or the folder for one named by the time")
    _offer_tools(backup)

    restore = offer(parsers, "restore", _restore, help="make a backup the database; there must be none yet")
    restore.add_argument("file", type=Path)
    restore.add_argument("--identity", type=Path, required=True, help="the private half that backup-key made")
    _offer_tools(restore)

    told = offer(
        parsers, "hand-over-since", _hand_over_since, help="the vault was put back: tell it again what it lost"
    )
    told.add_argument("since", type=_instant, help="when its backup was made, in UTC: 2026-11-22T03:00")
    told.add_argument("--events", type=int, required=True, metavar="NUMBER", help="as the vault's restore said")


def _offer_tools(parser: argparse.ArgumentParser) -> None:
    parser.add_argument("--postgresql-bin", type=Path, metavar="DIR", help="where pg_dump and pg_restore are")


def _instant(text: str) -> datetime:
    return datetime.fromisoformat(text).replace(tzinfo=UTC)


def _make_key(desk: Desk, options: argparse.Namespace) -> int:
    desk.say(make_identity(options.file))
    return 0


def _backup(desk: Desk, options: argparse.Namespace) -> int:
    home = desk.settings.home
    subject = _subject(desk.settings, desk.engine)
    recipients = home / homes.BACKUP_RECIPIENTS
    target = file_for(SERVICE, options.file, now=desk.clock())
    made = make_backup(
        subject,
        load_answer_key(home),
        recipients,
        target,
        now=desk.clock(),
        tools=Tools(options.postgresql_bin),
    )
    desk.say(f"{target}: {_said(made)}")
    return 0


def _restore(desk: Desk, options: argparse.Namespace) -> int:
    """Steps: put back; raise to this release; end every session; write it into the audit; count everything again."""
    settings = desk.settings
    engine = make_engine(settings.database)
    try:
        subject = _subject(settings, engine)
        keys = answer_publics(settings.home)
        put_back = restore_backup(subject, keys, options.identity, options.file, tools=Tools(options.postgresql_bin))
        schema.upgrade(engine)
        in_transaction(engine, lambda connection: _begin_anew(connection, put_back, desk))
        report = verify_all(engine, shards=settings.shards, rules=load_rules())
    finally:
        engine.dispose()
    for line in (f"put back: {_said(put_back)}", *report.lines(), *_to_do(put_back)):
        desk.say(line)
    return 0 if report.agrees else 1


def _begin_anew(connection: Connection, put_back: Manifest, desk: Desk) -> None:
    connection.execute(delete(staff_sessions))  # one that ended since then must not live again
    made = f"{moment(put_back.made_ms):%Y-%m-%dT%H:%M:%SZ}"
    entry = AuditEntry(AuditTag.DATABASE_RESTORED, put_back.digest, "command", made)
    now_ms = milliseconds(desk.clock())
    audit.append(connection, shard_of(put_back.digest, desk.settings.shards), [entry], at_ms=now_ms)


def _to_do(put_back: Manifest) -> list[str]:
    return [
        f"what happened after {moment(put_back.made_ms):%Y-%m-%d %H:%M} UTC is not here: before the service starts,",
        "revoke again the terminals, operators and managers that were revoked since (docs/operations.md §5)",
    ]


def _hand_over_since(desk: Desk, options: argparse.Namespace) -> int:
    """Steps: the cursor goes back to where the vault counts on from; then everything since is queued, and audited."""
    since_ms, now_ms = milliseconds(options.since), milliseconds(desk.clock())
    if since_ms > now_ms or options.events < 0:
        raise SetupError("a time that has been, and the number that the vault's restore said")

    def work(connection: Connection) -> tuple[int, list[bytes]]:
        events.rewind(connection, options.events)
        number = again.queue_again(connection, since_ms=since_ms)
        entry = AuditEntry(AuditTag.HANDOVER_REPEATED, _VAULT, "command", str(number))
        audit.append(connection, shard_of(_VAULT, desk.settings.shards), [entry], at_ms=now_ms)
        return number, again.closed_here(connection, since_ms=since_ms)

    number, closed = in_transaction(desk.engine, work)
    desk.say(f"{number} will be handed over again")
    for dossier_id in closed:
        desk.say(f"closed by central itself, to be closed at the vault by a person: {uuid.UUID(bytes=dossier_id)}")
    return 0


def _subject(settings: CentralSettings, engine: Engine) -> Subject:
    return Subject(SERVICE, settings.home, engine, _ends, schema.revisions())


def _ends(connection: Connection) -> tuple[ChainEnd, ...]:
    rows = connection.execute(select(chain_heads).order_by(chain_heads.c.chain, chain_heads.c.shard))
    return tuple(ChainEnd(chain=row.chain, shard=row.shard, number=row.number, hash=row.hash) for row in rows)


def _said(manifest: Manifest) -> str:
    entries = ", ".join(f"{end.chain} {end.shard} ends at {end.number}" for end in manifest.ends)
    return f"{moment(manifest.made_ms):%Y-%m-%d %H:%M:%S} UTC, {manifest.size} bytes, {entries or 'no entries yet'}"
