"""How often a name, or an address, may be tried; each lock in a row is twice as long as the one before.

Counted under hashes: people type passwords into the field of the name, and an address is somebody's. Every proof is
charged *before* it is looked at, in a transaction of its own, so that no number of tries at once gets one more.
"""

from __future__ import annotations

import enum
import hmac
from dataclasses import dataclass
from datetime import datetime, timedelta

from sqlalchemy import Connection, delete, select, update

from central.engine import insert_into
from central.staff.models import sign_in_tries
from wire.identifiers import milliseconds, moment
from wire.records import sha256

TRIES = 5  # wrong proofs before a name is locked
ADDRESS_TRIES = 40  # the same from one address: an office shares one
LOCK = timedelta(minutes=15)
LONGEST_LOCK = timedelta(hours=8)
_FORGET_TRIES = timedelta(days=1)  # how long names that never signed in stay in the table; longer than any lock


class Counted(enum.Enum):
    """What is counted, and how many tries it has."""

    NAME = TRIES
    ADDRESS = ADDRESS_TRIES


@dataclass(frozen=True, slots=True)
class Charge:
    """A try that was charged.

    ``until``: it was refused, a lock is on until then. ``locks``: it was the last one, so that a lock is on until then
    if the proof is wrong.
    """

    until: datetime | None = None
    locks: datetime | None = None

    @property
    def is_allowed(self) -> bool:
        """Whether the proof may be looked at."""
        return self.until is None


def name_key(name: str) -> bytes:
    """Under what a name's tries are counted."""
    return sha256(b"dmp-sign-in-v1" + name.encode())


def address_key(address: str, key: bytes) -> bytes:
    """Under what an address's tries are counted; keyed, for there are few addresses to guess from."""
    return hmac.digest(key, b"dmp-sign-in-address-v1" + address.encode(), "sha256")


def lock_length(locks: int) -> timedelta:
    """The length of the lock that follows ``locks`` others: 15 minutes, 30, an hour, … at most eight hours."""
    return min(LOCK * (1 << min(locks, 10)), LONGEST_LOCK)


def charge(connection: Connection, key: bytes, counted: Counted, *, now: datetime) -> Charge:
    """Count one try; tries while locked are refused and not counted, so that nobody prolongs another's lock."""
    at = milliseconds(now)
    connection.execute(delete(sign_in_tries).where(sign_in_tries.c.last_ms <= milliseconds(now - _FORGET_TRIES)))
    first = insert_into(connection, sign_in_tries).values(name_hash=key, failures=0, locks=0, last_ms=at)
    connection.execute(first.on_conflict_do_nothing(index_elements=["name_hash"]))
    # Held until the transaction ends: on PostgreSQL two workers count one after the other.
    row = connection.execute(select(sign_in_tries).where(sign_in_tries.c.name_hash == key).with_for_update()).one()
    failures, locks = row.failures, row.locks
    if failures >= counted.value:
        until = moment(row.last_ms) + lock_length(locks)
        if now < until:
            return Charge(until=until)
        failures, locks = 0, locks + 1
    change = update(sign_in_tries).where(sign_in_tries.c.name_hash == key)
    connection.execute(change.values(failures=failures + 1, locks=locks, last_ms=at))
    return Charge(locks=now + lock_length(locks) if failures + 1 >= counted.value else None)


def forget(connection: Connection, key: bytes) -> None:
    """A sign-in came to its end: the name's count and its locks begin anew."""
    connection.execute(delete(sign_in_tries).where(sign_in_tries.c.name_hash == key))


def give_back(connection: Connection, key: bytes) -> None:
    """A proof was right: it was none of the address's wrong tries. Others' wrong ones stay."""
    change = update(sign_in_tries).where(sign_in_tries.c.name_hash == key, sign_in_tries.c.failures > 0)
    connection.execute(change.values(failures=sign_in_tries.c.failures - 1))
