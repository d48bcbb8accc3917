"""Whether a name and a password lead on; every try is charged before it is checked.

Names that do not exist are counted, locked and answered like names that do, in the same time: the page tells nobody
who is a manager. A name that was locked by command is answered like one that does not exist.
"""

from __future__ import annotations

from dataclasses import dataclass
from datetime import datetime
from typing import Any

from sqlalchemy import Connection

from central.audit.tags import AuditTag
from central.engine import in_transaction
from central.staff import sessions
from central.staff.door import WRONG, Door, SignIn, SignInOutcome
from central.staff.sessions import Stage
from wire.identifiers import milliseconds

NAME_LIMIT = 32  # characters
PASSWORD_LIMIT = 128  # characters: argon2 reads them all, so a limit keeps a try cheap


@dataclass(frozen=True, slots=True, repr=False)
class Credentials:
    """What was typed, and from where; an address of which several are one is counted as one (central/callers.py)."""

    name: str
    password: str
    address: str = ""


class SignInDesk:
    """Checks credentials against the managers of one database."""

    def __init__(self, door: Door) -> None:
        self._door = door

    def admit(self, given: Credentials, *, now: datetime) -> SignIn:
        """Begin a session for the right password; it opens pages only once the other proofs were given.

        Steps:

        1. name and password are not longer than any of ours;
        2. neither the address nor the name is locked; the try is counted *before* the password is looked at, in a
           transaction of its own, so that no number of tries at once gets a sixth;
        3. the password matches; for a name that does not exist, or is locked by command, the same work is done;
        4. a printed password has not run out;
        5. the session of what is due next is begun.

        Not checked: whether the password is a good one (commands and ``PasswordDesk`` see to that).
        """
        name, password = given.name.strip().upper(), given.password
        if not 0 < len(name) <= NAME_LIMIT or len(password) > PASSWORD_LIMIT:  # 1
            return WRONG
        charged = self._door.charge(name, given.address, now=now)  # 2
        if not charged.is_allowed:
            return SignIn(SignInOutcome.LOCKED, until=charged.until)
        row = self._door.manager(name)
        is_right = self._door.passwords.matches(None if row is None else row.password_hash, password)  # 3
        if row is None or not is_right or _has_run_out(row, now):  # 4
            return self._door.refuse(name, charged, known=row is not None, now=now)
        stage = self._due(row)

        def begin(connection: Connection) -> SignIn:
            return self._door.onward(connection, name, given.address, now=now, stage=stage)

        return in_transaction(self._door.engine, begin)  # 5

    def leave(self, session_id: str, manager_id: str, *, now: datetime) -> None:
        """Close the session."""

        def close(connection: Connection) -> None:
            sessions.end(connection, session_id)
            self._door.audit(connection, AuditTag.MANAGER_SIGNED_OUT, manager_id, now)

        in_transaction(self._door.engine, close)

    def leave_everywhere(self, manager_id: str, *, now: datetime) -> None:
        """Close every session of the manager, on whatever machine it is."""

        def close(connection: Connection) -> None:
            sessions.end_all(connection, manager_id)
            self._door.audit(connection, AuditTag.MANAGER_SIGNED_OUT_EVERYWHERE, manager_id, now)

        in_transaction(self._door.engine, close)

    def _due(self, row: Any) -> Stage:
        if self._door.asks_second_factor:
            return Stage.FACTOR_DUE
        return Stage.OPEN if row.password_until_ms is None else Stage.PASSWORD_DUE


def _has_run_out(row: Any, now: datetime) -> bool:
    return row.password_until_ms is not None and row.password_until_ms <= milliseconds(now)
