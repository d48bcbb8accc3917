"""Managers as commands keep them: made, locked, given a new second factor, mapped to the identity provider, listed."""

from __future__ import annotations

import re
from collections.abc import Sequence
from dataclasses import dataclass
from datetime import datetime, timedelta
from typing import Any

from sqlalchemy import Connection, delete, select, update

from central.audit.service import AuditEntry, append
from central.audit.tags import AuditTag
from central.db import shard_of
from central.engine import insert_into
from central.errors import AlreadyThereError, NotFoundError, SetupError
from central.staff import sessions
from central.staff.models import managers, recovery_codes
from central.staff.permissions import Role, is_regional
from wire.identifiers import milliseconds

PASSWORD_LEAST = 12  # characters
PRINTED_PASSWORD_LASTS = timedelta(days=3)
_NAME = re.compile(r"[A-Z0-9][A-Z0-9-]{2,31}")
_SUBJECT_LIMIT = 255  # characters: OpenID Connect Core §2, sub


def check_name(text: str) -> str:
    """A manager's sign-in name in capitals: 3 to 32 capitals, digits and dashes.

    Raises:
        SetupError: ``manager_name``.
    """
    name = text.strip().upper()
    if not _NAME.fullmatch(name):
        raise SetupError("a manager's name has 3 to 32 capitals, digits or dashes", code="manager_name")
    return name


def check_role(role: Role, region: str | None) -> None:
    """Who sees one region has one; nobody else does.

    Raises:
        SetupError: ``role``.
    """
    if is_regional(role) is (region is None):
        raise SetupError("a regional manager has a region, every other role sees the whole country", code="role")


def add_manager(
    connection: Connection,
    manager_id: str,
    *,
    region: str | None,
    password_hash: str,
    now: datetime,
    shards: int,
    role: Role | None = None,
    is_printed: bool = False,
) -> None:
    """Let a manager sign in; the same name again replaces password, role and region and ends the sessions that are on.

    ``role`` None is a regional manager where there is a region, else a national one. A printed password is good for
    one sign-in within three days. The second factor stays as it is: it has its own command.

    Raises:
        SetupError: ``role``.
    """
    role = role or (Role.NATIONAL if region is None else Role.REGIONAL_MANAGER)
    check_role(role, region)
    values = {
        "role": role.value,
        "region": region,
        "password_hash": password_hash,
        "password_until_ms": milliseconds(now + PRINTED_PASSWORD_LASTS) if is_printed else None,
        "created_ms": milliseconds(now),
    }
    write = insert_into(connection, managers).values(manager_id=manager_id, **values)
    connection.execute(write.on_conflict_do_update(index_elements=["manager_id"], set_=values))
    sessions.end_all(connection, manager_id)
    _audit(connection, AuditTag.MANAGER_ADDED, manager_id, now, shards, f"{role.value} {region or 'national'}")


def bar(connection: Connection, manager_id: str, *, now: datetime, shards: int) -> None:
    """Let a manager sign in no more, and end their sessions at once.

    Raises:
        NotFoundError: ``manager_unknown``.
    """
    _change(connection, manager_id, locked_ms=milliseconds(now))
    sessions.end_all(connection, manager_id)
    _audit(connection, AuditTag.MANAGER_BARRED, manager_id, now, shards)


def admit_again(connection: Connection, manager_id: str, *, now: datetime, shards: int) -> None:
    """Take the lock of :func:`bar` away.

    Raises:
        NotFoundError: ``manager_unknown``.
    """
    _change(connection, manager_id, locked_ms=None)
    _audit(connection, AuditTag.MANAGER_ADMITTED_AGAIN, manager_id, now, shards)


def reset_factor(connection: Connection, manager_id: str, *, now: datetime, shards: int) -> None:
    """Forget the second factor: the next sign-in sets up another one. Sessions end, recovery codes are void.

    Not checked: who asks. Whoever loses a telephone calls; how they are recognised is written in docs/operations.md.

    Raises:
        NotFoundError: ``manager_unknown``.
    """
    _change(connection, manager_id, factor_salt=None, factor_since_ms=None, factor_step=None)
    connection.execute(delete(recovery_codes).where(recovery_codes.c.manager_id == manager_id))
    sessions.end_all(connection, manager_id)
    _audit(connection, AuditTag.MANAGER_FACTOR_RESET, manager_id, now, shards)


def map_to_claim(connection: Connection, manager_id: str, subject: str | None, *, now: datetime, shards: int) -> None:
    """Let a manager come by the identity provider, as whom it names ``subject``; None: no longer.

    Raises:
        NotFoundError: ``manager_unknown``.
        AlreadyThereError: the claim means somebody else already.
        SetupError: ``subject``.
    """
    if subject is not None and not 0 < len(subject) <= _SUBJECT_LIMIT:
        raise SetupError(f"a claim has 1 to {_SUBJECT_LIMIT} characters", code="subject")
    taken = select(managers.c.manager_id).where(managers.c.oidc_subject == subject, managers.c.manager_id != manager_id)
    if subject is not None and connection.execute(taken).first() is not None:
        raise AlreadyThereError("this claim means another manager")
    _change(connection, manager_id, oidc_subject=subject)
    sessions.end_all(connection, manager_id)
    _audit(connection, AuditTag.MANAGER_MAPPED, manager_id, now, shards, None if subject else "no_longer")


@dataclass(frozen=True, slots=True)
class ManagerRow:
    """One line of the list; nothing in it signs anybody in."""

    manager_id: str
    role: Role
    region: str | None
    has_factor: bool
    comes_by_provider: bool
    is_barred: bool


def list_managers(connection: Connection) -> Sequence[ManagerRow]:
    """Everybody who is known, by name."""
    rows = connection.execute(select(managers).order_by(managers.c.manager_id))
    return [
        ManagerRow(
            row.manager_id,
            Role(row.role),
            row.region,
            row.factor_since_ms is not None,
            row.oidc_subject is not None,
            row.locked_ms is not None,
        )
        for row in rows
    ]


def _change(connection: Connection, manager_id: str, **values: Any) -> None:
    done = connection.execute(update(managers).where(managers.c.manager_id == manager_id).values(**values))
    if done.rowcount != 1:
        raise NotFoundError("no manager of this name is known", code="manager_unknown")


def _audit(
    connection: Connection, tag: AuditTag, manager_id: str, now: datetime, shards: int, detail: str | None = None
) -> None:
    subject = manager_id.encode()
    append(
        connection, shard_of(subject, shards), [AuditEntry(tag, subject, "command", detail)], at_ms=milliseconds(now)
    )
