"""A manager's session: a random name in a signed cookie, its hash in a table, so that signing out really ends it.

What the cookie holds: the session's random id, and when the person last asked for something. The table holds only the
hash of the id: who reads the database cannot take over a session. Between password and last proof a session stands at
a stage that opens no page; each step ends it and begins the next under a new id.
"""

from __future__ import annotations

import enum
import secrets
from dataclasses import dataclass
from datetime import datetime, timedelta

from sqlalchemy import Connection, delete, func, insert, select

from central.staff.models import managers, staff_sessions
from central.staff.permissions import Role
from wire.identifiers import milliseconds
from wire.records import sha256

IDLE = timedelta(minutes=15)
LONGEST = timedelta(hours=10)  # a working day
UNDER_WAY = timedelta(minutes=10)  # from the password to the last proof: time to set up an authenticator
_ID_BYTES = 32


@enum.unique
class Stage(enum.Enum):
    """How far a sign-in has come; the word is stored."""

    FACTOR_DUE = "factor_due"  # the password was right
    PASSWORD_DUE = "password_due"  # noqa: S105 - a stage; the printed password is to be replaced
    OPEN = "open"


@dataclass(frozen=True, slots=True)
class Manager:
    """Who is signed in; ``region`` is an INSEE code, None for the whole country."""

    manager_id: str
    region: str | None
    role: Role


def begin(connection: Connection, manager_id: str, *, now: datetime, stage: Stage = Stage.OPEN) -> str:
    """Open a session and return its id for the cookie; sessions that are over are swept out on the way."""
    session_id = secrets.token_urlsafe(_ID_BYTES)
    connection.execute(delete(staff_sessions).where(staff_sessions.c.started_ms <= milliseconds(now - LONGEST)))
    connection.execute(
        insert(staff_sessions).values(
            session_hash=_hash(session_id), manager_id=manager_id, stage=stage.value, started_ms=milliseconds(now)
        )
    )
    return session_id


def whose(connection: Connection, session_id: str, *, last_asked: datetime, now: datetime) -> Manager | None:
    """The manager of a session that is still on.

    Steps:

    1. the person asked for something within the last 15 minutes (by the signed cookie);
    2. the session was opened by every proof, not closed, and is not older than a working day;
    3. the manager still exists and is not locked; their role and region are read now, not remembered.
    """
    if not timedelta(0) <= now - last_asked < IDLE:  # 1
        return None
    row = connection.execute(
        select(managers.c.manager_id, managers.c.region, managers.c.role)
        .join(staff_sessions, staff_sessions.c.manager_id == managers.c.manager_id)  # 3
        .where(
            staff_sessions.c.session_hash == _hash(session_id),
            staff_sessions.c.stage == Stage.OPEN.value,  # 2
            staff_sessions.c.started_ms > milliseconds(now - LONGEST),
            managers.c.locked_ms.is_(None),  # 3
        )
    ).one_or_none()
    return None if row is None else Manager(row.manager_id, row.region, Role(row.role))


def under_way(connection: Connection, session_id: str, stage: Stage, *, now: datetime) -> str | None:
    """The name behind a sign-in that stands at ``stage`` and began not long ago."""
    query = (
        select(staff_sessions.c.manager_id)
        .join(managers, managers.c.manager_id == staff_sessions.c.manager_id)
        .where(
            staff_sessions.c.session_hash == _hash(session_id),
            staff_sessions.c.stage == stage.value,
            staff_sessions.c.started_ms > milliseconds(now - UNDER_WAY),
            managers.c.locked_ms.is_(None),
        )
    )
    found: str | None = connection.execute(query).scalar()
    return found


def count(connection: Connection, manager_id: str, *, now: datetime) -> int:
    """How many sessions of a manager are on."""
    query = (
        select(func.count())
        .select_from(staff_sessions)
        .where(
            staff_sessions.c.manager_id == manager_id,
            staff_sessions.c.stage == Stage.OPEN.value,
            staff_sessions.c.started_ms > milliseconds(now - LONGEST),
        )
    )
    return int(connection.execute(query).scalar_one())


def end(connection: Connection, session_id: str) -> None:
    """Close a session; its cookie is worth nothing from now on."""
    connection.execute(delete(staff_sessions).where(staff_sessions.c.session_hash == _hash(session_id)))


def end_all(connection: Connection, manager_id: str) -> None:
    """Close every session of a manager: signed out everywhere, new password, other region, locked."""
    connection.execute(delete(staff_sessions).where(staff_sessions.c.manager_id == manager_id))


def _hash(session_id: str) -> bytes:
    return sha256(b"dmp-staff-session-v1" + session_id.encode())
