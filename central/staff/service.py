"""Making managers, by command."""

from __future__ import annotations

import re
from datetime import datetime

from sqlalchemy import Connection

from central.audit.service import AuditEntry, append
from central.audit.tags import AuditTag
from central.db import shard_of
from central.engine import insert_into
from central.errors import SetupError
from central.staff import sessions
from central.staff.models import managers
from wire.identifiers import milliseconds

PASSWORD_LEAST = 12  # characters
_NAME = re.compile(r"[A-Z0-9][A-Z0-9-]{2,31}")


def check_name(text: str) -> str:
    """A manager's sign-in name in capitals: 3 to 32 capitals, digits and dashes.

    Raises:
        SetupError: ``manager_name``.
    """
    name = text.strip().upper()
    if not _NAME.fullmatch(name):
        raise SetupError("a manager's name has 3 to 32 capitals, digits or dashes", code="manager_name")
    return name


def add_manager(
    connection: Connection, manager_id: str, *, region: str | None, password_hash: str, now: datetime, shards: int
) -> None:
    """Let a manager sign in; the same name again replaces password and region and ends the sessions that are on."""
    values = {"region": region, "password_hash": password_hash, "created_ms": milliseconds(now)}
    write = insert_into(connection, managers).values(manager_id=manager_id, **values)
    connection.execute(write.on_conflict_do_update(index_elements=["manager_id"], set_=values))
    sessions.end_all(connection, manager_id)
    subject = manager_id.encode()
    entry = AuditEntry(AuditTag.MANAGER_ADDED, subject, "command", region or "national")
    append(connection, shard_of(subject, shards), [entry], at_ms=milliseconds(now))
