"""Whether a name and a password open a session; every try is charged before it is checked.

Names that do not exist are counted, locked and answered like names that do, in the same time: the page tells nobody
who is a manager.
"""

from __future__ import annotations

import enum
from dataclasses import dataclass
from datetime import datetime, timedelta

from sqlalchemy import Connection, Engine, delete, select

from central.audit.service import AuditEntry, append
from central.audit.tags import AuditTag
from central.db import shard_of
from central.engine import in_transaction, insert_into, reading
from central.passwords import Passwords
from central.staff import sessions
from central.staff.models import managers, sign_in_tries
from wire.identifiers import milliseconds
from wire.records import sha256

TRIES = 5  # wrong passwords before a name is locked
LOCK = timedelta(minutes=15)
NAME_LIMIT = 32  # characters
PASSWORD_LIMIT = 128  # characters: argon2 reads them all, so a limit keeps a try cheap
_FORGET_TRIES = timedelta(days=1)  # how long names that never signed in stay in the table


class SignInOutcome(enum.Enum):
    """What the page says."""

    WELCOME = "welcome"
    WRONG = "wrong"
    LOCKED = "locked"


@dataclass(frozen=True, slots=True, repr=False)
class SignIn:
    """The outcome; with WELCOME the new session's id for the cookie."""

    outcome: SignInOutcome
    session_id: str | None = None


@dataclass(frozen=True, slots=True, repr=False)
class Credentials:
    """What was typed."""

    name: str
    password: str


class SignInDesk:
    """Checks credentials against the managers of one database."""

    def __init__(self, engine: Engine, passwords: Passwords, *, shards: int) -> None:
        self._engine = engine
        self._passwords = passwords
        self._shards = shards

    def admit(self, given: Credentials, *, now: datetime) -> SignIn:
        """Open a session for the right password.

        Steps:

        1. name and password are not longer than any of ours;
        2. the name is not locked; the try is counted *before* the password is looked at, in a transaction of its own,
           so that no number of tries at once gets a sixth;
        3. the password matches; for a name that does not exist the same work is done;
        4. the count is cleared, the session opened and the audit written together.

        Not checked: from where one tries (many names from one address cost CPU, they open nothing), and whether the
        password is a good one (``add-manager`` sees to that).
        """
        name, password = given.name.strip().upper(), given.password
        if not 0 < len(name) <= NAME_LIMIT or len(password) > PASSWORD_LIMIT:  # 1
            return SignIn(SignInOutcome.WRONG)
        failures = in_transaction(self._engine, lambda connection: self._charge(connection, name, now))  # 2
        if failures is None:
            return SignIn(SignInOutcome.LOCKED)
        stored = self._stored(name)
        if not self._passwords.matches(stored, password):  # 3
            return self._refuse(name, failures, known=stored is not None, now=now)
        return SignIn(  # 4
            SignInOutcome.WELCOME, in_transaction(self._engine, lambda connection: self._open(connection, name, now))
        )

    def leave(self, session_id: str, manager_id: str, *, now: datetime) -> None:
        """Close the session."""

        def close(connection: Connection) -> None:
            sessions.end(connection, session_id)
            self._audit(connection, AuditTag.MANAGER_SIGNED_OUT, manager_id, now)

        in_transaction(self._engine, close)

    def _refuse(self, name: str, failures: int, *, known: bool, now: datetime) -> SignIn:
        if failures < TRIES:
            return SignIn(SignInOutcome.WRONG)
        if known:
            in_transaction(self._engine, lambda connection: self._audit(connection, AuditTag.MANAGER_LOCKED, name, now))
        return SignIn(SignInOutcome.LOCKED)

    def _charge(self, connection: Connection, name: str, now: datetime) -> int | None:
        """Tries since the last success, this one included; None while locked."""
        at = milliseconds(now)
        connection.execute(delete(sign_in_tries).where(sign_in_tries.c.last_ms <= milliseconds(now - _FORGET_TRIES)))
        key = _name_hash(name)
        row = connection.execute(select(sign_in_tries).where(sign_in_tries.c.name_hash == key)).one_or_none()
        failures = 0 if row is None else row.failures
        if row is not None and failures >= TRIES:
            if row.last_ms > milliseconds(now - LOCK):
                return None
            failures = 0
        failures += 1
        write = insert_into(connection, sign_in_tries).values(name_hash=key, failures=failures, last_ms=at)
        connection.execute(
            write.on_conflict_do_update(index_elements=["name_hash"], set_={"failures": failures, "last_ms": at})
        )
        return failures

    def _open(self, connection: Connection, name: str, now: datetime) -> str:
        connection.execute(delete(sign_in_tries).where(sign_in_tries.c.name_hash == _name_hash(name)))
        self._audit(connection, AuditTag.MANAGER_SIGNED_IN, name, now)
        return sessions.begin(connection, name, now=now)

    def _stored(self, name: str) -> str | None:
        with reading(self._engine) as connection:
            query = select(managers.c.password_hash).where(managers.c.manager_id == name)
            found: str | None = connection.execute(query).scalar()
            return found

    def _audit(self, connection: Connection, tag: AuditTag, manager_id: str, now: datetime) -> None:
        subject = manager_id.encode()
        entry = AuditEntry(tag, subject, f"manager:{manager_id}")
        append(connection, shard_of(subject, self._shards), [entry], at_ms=milliseconds(now))


def _name_hash(name: str) -> bytes:
    return sha256(b"dmp-sign-in-v1" + name.encode())
