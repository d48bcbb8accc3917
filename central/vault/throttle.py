"""How often a locator or an address may be tried, or a one-time code sent, in a window. Kept as keyed hashes only.

The key is derived from the pepper, which is not in the database: a dump of the table names no address.
"""

from __future__ import annotations

import enum
import hmac
from collections.abc import Sequence
from datetime import timedelta
from ipaddress import IPv4Address, IPv6Address, ip_address, ip_network

from sqlalchemy import Connection, delete, func, insert, select

from central.vault.models import attempts
from central.vault.settings import Network

_IPV6_HOUSEHOLD = 64  # bits: what one line is given (RFC 6177); within it a caller changes addresses at will
_UNKNOWN = "unknown"


class SubjectKind(enum.Enum):
    """What is counted."""

    LOCATOR = "locator"
    ADDRESS = "address"
    ONE_TIME_CODE = "one_time_code"


def subject(kind: SubjectKind, text: str, key: bytes) -> bytes:
    """The name under which tries are counted."""
    return hmac.digest(key, f"{kind.value}:{text}".encode(), "sha256")


def caller(remote: str | None, forwarded_for: str, proxies: Sequence[Network]) -> str:
    """The address to count: the connection's, or what a trusted proxy says of it; an IPv6 line counts as one.

    ``forwarded_for`` is read from its end, because each proxy appends: the first address that is not a proxy of ours
    is the caller; what stands before it the caller may have written.
    """
    address = _parse(remote)
    for said in reversed([part.strip() for part in forwarded_for.split(",") if part.strip()]):
        if address is None or not any(address in network for network in proxies):
            break
        address = _parse(said)
    if address is None:
        return _UNKNOWN
    if isinstance(address, IPv6Address):
        return str(ip_network((address, _IPV6_HOUSEHOLD), strict=False))
    return str(address)


def _parse(text: str | None) -> IPv4Address | IPv6Address | None:
    try:
        address = ip_address(text or "")
    except ValueError:
        return None
    mapped = address.ipv4_mapped if isinstance(address, IPv6Address) else None
    return mapped or address


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
