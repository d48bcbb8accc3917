"""A password of one's own in place of the printed one: the last step of a first sign-in."""

from __future__ import annotations

import enum
from dataclasses import dataclass
from datetime import datetime

from sqlalchemy import Connection, update

from central.audit.tags import AuditTag
from central.engine import in_transaction
from central.staff import sessions
from central.staff.door import Door, SignIn
from central.staff.models import managers
from central.staff.service import PASSWORD_LEAST
from central.staff.sessions import Stage
from central.staff.sign_in import PASSWORD_LIMIT


class PasswordFault(enum.Enum):
    """Why a password was not taken."""

    EXPIRED = "expired"  # no sign-in is under way here
    LENGTH = "length"
    TWICE = "twice"
    NAMED = "named"  # holds the sign-in name
    PRINTED = "printed"  # is the one it should replace


@dataclass(frozen=True, slots=True, repr=False)
class NewPassword:
    """What was typed twice in a sign-in under way."""

    session_id: str
    password: str
    again: str
    address: str = ""


class PasswordDesk:
    """Takes a new password and opens the session."""

    def __init__(self, door: Door) -> None:
        self._door = door

    def is_due(self, session_id: str, *, now: datetime) -> bool:
        """Whether a sign-in stands here."""
        return self._door.under_way(session_id, Stage.PASSWORD_DUE, now=now) is not None

    def choose(self, new: NewPassword, *, now: datetime) -> SignIn | PasswordFault:
        """Keep the password and open the session; other sessions of the manager end.

        Not checked: whether the password is a common one; there is no list here, and twelve characters are asked for.
        """
        row = self._door.under_way(new.session_id, Stage.PASSWORD_DUE, now=now)
        if row is None:
            return PasswordFault.EXPIRED
        fault = self._fault(new, row.manager_id, row.password_hash)
        if fault is not None:
            return fault
        hashed = self._door.passwords.hash(new.password)

        def keep(connection: Connection) -> SignIn:
            mine = update(managers).where(managers.c.manager_id == row.manager_id)
            connection.execute(mine.values(password_hash=hashed, password_until_ms=None))
            sessions.end_all(connection, row.manager_id)
            self._door.audit(connection, AuditTag.MANAGER_PASSWORD_CHOSEN, row.manager_id, now)
            return self._door.onward(connection, row.manager_id, new.address, now=now, stage=Stage.OPEN)

        return in_transaction(self._door.engine, keep)

    def _fault(self, new: NewPassword, name: str, printed_hash: str) -> PasswordFault | None:
        if not PASSWORD_LEAST <= len(new.password) <= PASSWORD_LIMIT:
            return PasswordFault.LENGTH
        if new.password != new.again:
            return PasswordFault.TWICE
        if name in new.password.upper():
            return PasswordFault.NAMED
        return PasswordFault.PRINTED if self._door.passwords.matches(printed_hash, new.password) else None
