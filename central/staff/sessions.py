"""A manager's session: a random name in a signed cookie, its hash in a table, so that signing out really ends it.

What the cookie holds: the session's random id, and when the person last asked for something. The table holds only the
hash of the id: who reads the database cannot take over a session.
"""

from __future__ import annotations

import secrets
from dataclasses import dataclass
from datetime import datetime, timedelta

from sqlalchemy import Connection, delete, insert, select

from central.staff.models import managers, staff_sessions
from wire.identifiers import milliseconds
from wire.records import sha256

IDLE = timedelta(minutes=15)
LONGEST = timedelta(hours=10)  # a working day
_ID_BYTES = 32


@dataclass(frozen=True, slots=True)
class Manager:
    """Who is signed in; ``region`` is an INSEE code, None for the whole country."""

    manager_id: str
    region: str | None


def begin(connection: Connection, manager_id: str, *, now: datetime) -> str:
    """Open a session and return its id for the cookie; sessions that are over are swept out on the way."""
    session_id = secrets.token_urlsafe(_ID_BYTES)
    connection.execute(delete(staff_sessions).where(staff_sessions.c.started_ms <= milliseconds(now - LONGEST)))
    connection.execute(
        insert(staff_sessions).values(
            session_hash=_hash(session_id), manager_id=manager_id, started_ms=milliseconds(now)
        )
    )
    return session_id


def whose(connection: Connection, session_id: str, *, last_asked: datetime, now: datetime) -> Manager | None:
    """The manager of a session that is still on.

    Steps:

    1. the person asked for something within the last 15 minutes (by the signed cookie);
    2. the session was opened, not closed, and is not older than a working day;
    3. the manager still exists; their region is read now, not remembered.
    """
    if not timedelta(0) <= now - last_asked < IDLE:  # 1
        return None
    row = connection.execute(
        select(managers.c.manager_id, managers.c.region)
        .join(staff_sessions, staff_sessions.c.manager_id == managers.c.manager_id)  # 3
        .where(
            staff_sessions.c.session_hash == _hash(session_id),
            staff_sessions.c.started_ms > milliseconds(now - LONGEST),  # 2
        )
    ).one_or_none()
    return None if row is None else Manager(row.manager_id, row.region)


def end(connection: Connection, session_id: str) -> None:
    """Close a session; its cookie is worth nothing from now on."""
    connection.execute(delete(staff_sessions).where(staff_sessions.c.session_hash == _hash(session_id)))


def end_all(connection: Connection, manager_id: str) -> None:
    """Close every session of a manager (new password, other region)."""
    connection.execute(delete(staff_sessions).where(staff_sessions.c.manager_id == manager_id))


def _hash(session_id: str) -> bytes:
    return sha256(b"dmp-staff-session-v1" + session_id.encode())
