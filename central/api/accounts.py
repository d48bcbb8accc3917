"""Programs that may ask for numbers: accounts issued by command, each with one token, a role, and a number of calls.

The token is 256 random bits, told once; the table holds its hash, so that who reads the database can ask nothing.
"""

from __future__ import annotations

import re
import secrets
from collections.abc import Sequence
from dataclasses import dataclass
from datetime import datetime, timedelta

from sqlalchemy import Connection, Engine, delete, insert, select, update

from central.api.models import service_accounts, service_calls
from central.audit.service import AuditEntry, append
from central.audit.tags import AuditTag
from central.db import shard_of
from central.engine import in_transaction, insert_into, reading
from central.errors import AlreadyThereError, NotFoundError, TooManyError
from central.staff.permissions import Role
from central.staff.service import check_name, check_role
from central.staff.sessions import Manager
from wire.identifiers import milliseconds, moment
from wire.records import sha256

TOKEN_PREFIX = "dmp_"  # noqa: S105 - so that a token is recognised where it does not belong
LONGEST_DAYS = 730
_TOKEN_BYTES = 32
_TOKEN = re.compile(rf"{TOKEN_PREFIX}[A-Za-z0-9_-]{{43}}")
_MINUTE = timedelta(minutes=1)
_KEPT_MINUTES = 60  # of calls; older rows are swept out on the way


@dataclass(frozen=True, slots=True)
class AccountRow:
    """One line of the list; nothing in it lets anybody ask."""

    account_id: str
    role: Role
    region: str | None
    expires: datetime
    is_revoked: bool


def issue(
    connection: Connection,
    account_id: str,
    role: Role,
    region: str | None,
    *,
    lasts: timedelta,
    now: datetime,
    shards: int,
) -> str:
    """Make an account, and return its token, which nobody can read again.

    The name of an account that was revoked or has expired may be issued anew, with another token.

    Raises:
        SetupError: ``manager_name`` or ``role``: not a name, or a role without its region.
        AlreadyThereError: the account is in use.
    """
    account_id = check_name(account_id)
    check_role(role, region)
    token = TOKEN_PREFIX + secrets.token_urlsafe(_TOKEN_BYTES)
    if _is_live(connection, account_id, now):
        raise AlreadyThereError("this service account is in use: revoke it first")
    connection.execute(delete(service_accounts).where(service_accounts.c.account_id == account_id))
    connection.execute(
        insert(service_accounts).values(
            account_id=account_id,
            role=role.value,
            region=region,
            token_hash=_hash(token),
            created_ms=milliseconds(now),
            expires_ms=milliseconds(now + lasts),
        )
    )
    _audit(connection, AuditTag.SERVICE_ISSUED, account_id, now, shards, f"{role.value} {region or 'national'}")
    return token


def revoke(connection: Connection, account_id: str, *, now: datetime, shards: int) -> None:
    """Let an account ask no more, from now on.

    Raises:
        NotFoundError: ``service_unknown``: no account of this name is in use.
    """
    change = update(service_accounts).where(
        service_accounts.c.account_id == account_id, service_accounts.c.revoked_ms.is_(None)
    )
    if connection.execute(change.values(revoked_ms=milliseconds(now))).rowcount != 1:
        raise NotFoundError("no service account of this name is in use", code="service_unknown")
    _audit(connection, AuditTag.SERVICE_REVOKED, account_id, now, shards)


def list_accounts(connection: Connection) -> Sequence[AccountRow]:
    """Every account, by name."""
    rows = connection.execute(select(service_accounts).order_by(service_accounts.c.account_id))
    return [
        AccountRow(row.account_id, Role(row.role), row.region, moment(row.expires_ms), row.revoked_ms is not None)
        for row in rows
    ]


def admit(engine: Engine, token: str, *, now: datetime, per_minute: int) -> Manager | None:
    """Who asks with this token, or None.

    Steps:

    1. it looks like one of ours: nothing else is looked up;
    2. its hash is that of an account (256 random bits: comparing hashes tells nothing that helps guessing);
    3. the account is not revoked and has not expired; its role and region are read now;
    4. it has calls left in this minute, this one counted.

    Raises:
        TooManyError: 4.
    """
    if not _TOKEN.fullmatch(token):  # 1
        return None

    query = select(service_accounts).where(service_accounts.c.token_hash == _hash(token))
    with reading(engine) as connection:  # nothing is written, and nobody waits, for a token that is none
        row = connection.execute(query).one_or_none()  # 2
    if row is None or row.revoked_ms is not None or milliseconds(now) >= row.expires_ms:  # 3
        return None
    calls = in_transaction(engine, lambda connection: _count(connection, row.account_id, now))
    if calls > per_minute:  # 4
        raise TooManyError("too many questions in this minute")
    return Manager(row.account_id, row.region, Role(row.role))


def seconds_left(now: datetime) -> int:
    """How long this minute lasts: after it there are calls again."""
    return int((_MINUTE - timedelta(seconds=now.second, microseconds=now.microsecond)).total_seconds()) + 1


def _count(connection: Connection, account_id: str, now: datetime) -> int:
    minute = milliseconds(now) // (_MINUTE // timedelta(milliseconds=1))
    calls = service_calls.c
    stale = delete(service_calls).where(calls.account_id == account_id, calls.minute < minute - _KEPT_MINUTES)
    connection.execute(stale)
    first = insert_into(connection, service_calls).values(account_id=account_id, minute=minute, calls=1)
    one_more = {"calls": calls.calls + 1}
    connection.execute(first.on_conflict_do_update(index_elements=["account_id", "minute"], set_=one_more))
    counted = select(calls.calls).where(calls.account_id == account_id, calls.minute == minute)
    return int(connection.execute(counted).scalar_one())


def _is_live(connection: Connection, account_id: str, now: datetime) -> bool:
    query = select(service_accounts.c.account_id).where(
        service_accounts.c.account_id == account_id,
        service_accounts.c.revoked_ms.is_(None),
        service_accounts.c.expires_ms > milliseconds(now),
    )
    return connection.execute(query).first() is not None


def _hash(token: str) -> bytes:
    return sha256(b"dmp-service-token-v1" + token.encode())


def _audit(
    connection: Connection, tag: AuditTag, account_id: str, now: datetime, shards: int, detail: str | None = None
) -> None:
    subject = account_id.encode()
    entry = AuditEntry(tag, subject, "command", detail)
    append(connection, shard_of(subject, shards), [entry], at_ms=milliseconds(now))
