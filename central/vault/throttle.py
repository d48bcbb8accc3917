"""How often a locator or an address may be tried, or a one-time code sent, in a window. Kept as keyed hashes only.

The key is derived from the pepper, which is not in the database: a dump of the table names no address.
"""

from __future__ import annotations

import enum
import hmac
from datetime import timedelta

from sqlalchemy import Connection, delete, func, insert, select

from central.vault.models import attempts


class SubjectKind(enum.Enum):
    """What is counted."""

    LOCATOR = "locator"
    ADDRESS = "address"
    ONE_TIME_CODE = "one_time_code"


def subject(kind: SubjectKind, text: str, key: bytes) -> bytes:
    """The name under which tries are counted."""
    return hmac.digest(key, f"{kind.value}:{text}".encode(), "sha256")


def wait(conn: Connection, name: bytes, *, limit: int, window: timedelta, now_ms: int) -> timedelta | None:
    """How long until another try is open; None when it is open now."""
    since = now_ms - _milliseconds(window)
    recent = conn.execute(
        select(attempts.c.at_ms)
        .where(attempts.c.subject == name, attempts.c.at_ms > since)
        .order_by(attempts.c.at_ms.desc())
        .limit(limit)
    ).scalars()
    times = list(recent)
    if len(times) < limit:
        return None
    return timedelta(milliseconds=times[-1] - since)


def note(conn: Connection, name: bytes, *, window: timedelta, now_ms: int) -> None:
    """Count one try, in the transaction that decides on it; ``window`` is the longest that may ask for it."""
    same = select(func.count()).where(attempts.c.subject == name, attempts.c.at_ms == now_ms)
    number = conn.execute(same).scalar_one()
    until_ms = now_ms + _milliseconds(window)
    conn.execute(insert(attempts).values(subject=name, at_ms=now_ms, number=number, until_ms=until_ms))


def forget(conn: Connection, *, now_ms: int) -> None:
    """Drop what no window reaches any more."""
    conn.execute(delete(attempts).where(attempts.c.until_ms <= now_ms))


def _milliseconds(span: timedelta) -> int:
    return span // timedelta(milliseconds=1)
