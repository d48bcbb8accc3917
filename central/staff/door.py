"""What every proof of a sign-in has in common: charging the try, writing the audit, and what comes after it."""

from __future__ import annotations

import enum
from dataclasses import dataclass
from datetime import datetime
from typing import Any

from sqlalchemy import Connection, Engine, select

from central.audit.service import AuditEntry, append
from central.audit.tags import AuditTag
from central.db import shard_of
from central.engine import in_transaction, reading
from central.passwords import Passwords
from central.staff import sessions, tries
from central.staff.models import managers
from central.staff.sessions import Stage
from central.staff.tries import Charge, Counted
from wire.identifiers import milliseconds


class SignInOutcome(enum.Enum):
    """What the page says."""

    WELCOME = "welcome"
    WRONG = "wrong"
    LOCKED = "locked"


@dataclass(frozen=True, slots=True, repr=False)
class SignIn:
    """The outcome of one proof; with WELCOME the new session's id for the cookie, and how far it has come."""

    outcome: SignInOutcome
    session_id: str | None = None
    stage: Stage = Stage.OPEN
    until: datetime | None = None  # with LOCKED, when the lock opens

    @property
    def opened(self) -> bool:
        """Whether the last proof was given."""
        return self.session_id is not None and self.stage is Stage.OPEN


WRONG = SignIn(SignInOutcome.WRONG)


@dataclass(frozen=True, slots=True, repr=False)
class Door:
    """One central's door: its managers, the key of their second factors, and whether those are asked for."""

    engine: Engine
    passwords: Passwords
    factor_key: bytes
    shards: int
    asks_second_factor: bool = True

    def manager(self, name: str) -> Any | None:
        """The row of a manager who may sign in; None for names we do not know and for those who are locked."""
        with reading(self.engine) as connection:
            query = select(managers).where(managers.c.manager_id == name, managers.c.locked_ms.is_(None))
            return connection.execute(query).one_or_none()

    def under_way(self, session_id: str, stage: Stage, *, now: datetime) -> Any | None:
        """The row of the manager whose sign-in stands at ``stage``."""
        with reading(self.engine) as connection:
            name = sessions.under_way(connection, session_id, stage, now=now)
        return None if name is None else self.manager(name)

    def charge(self, name: str, address: str, *, now: datetime) -> Charge:
        """Count a try of address and name, before anything is looked at; the address's lock spares the name."""

        def count(connection: Connection) -> Charge:
            of_address = tries.address_key(address, self.factor_key)
            charged = tries.charge(connection, of_address, Counted.ADDRESS, now=now)
            if not charged.is_allowed:
                return charged
            return tries.charge(connection, tries.name_key(name), Counted.NAME, now=now)

        return in_transaction(self.engine, count)

    def refuse(self, name: str, charged: Charge, *, known: bool, now: datetime) -> SignIn:
        """What a wrong proof gets; the one that locks the name of a manager is audited."""
        if charged.locks is None:
            return WRONG
        if known:
            in_transaction(self.engine, lambda connection: self.audit(connection, AuditTag.MANAGER_LOCKED, name, now))
        return SignIn(SignInOutcome.LOCKED, until=charged.locks)

    def onward(
        self, connection: Connection, name: str, address: str, *, now: datetime, stage: Stage, detail: str | None = None
    ) -> SignIn:
        """A proof was right: begin the session of the stage that follows; the last one clears the name's count."""
        tries.give_back(connection, tries.address_key(address, self.factor_key))
        if stage is Stage.OPEN:
            tries.forget(connection, tries.name_key(name))
            self.audit(connection, AuditTag.MANAGER_SIGNED_IN, name, now, detail)
        return SignIn(SignInOutcome.WELCOME, sessions.begin(connection, name, now=now, stage=stage), stage)

    def audit(
        self, connection: Connection, tag: AuditTag, manager_id: str, now: datetime, detail: str | None = None
    ) -> None:
        """One entry about a manager, by themselves."""
        subject = manager_id.encode()
        entry = AuditEntry(tag, subject, f"manager:{manager_id}", detail)
        append(connection, shard_of(subject, self.shards), [entry], at_ms=milliseconds(now))
