"""One-time codes in the database: which activation waits for one, what was sent when, how often it was missed.

A challenge is named by the hash of a secret that only the browser's session holds, and a code is kept as a keyed code
(HMAC) over that name and its digits: a code is good in the session that asked for it and nowhere else.
"""

from __future__ import annotations

import hmac
import secrets
from dataclasses import dataclass
from typing import Any

from sqlalchemy import Connection, delete, insert, select, update

from central.vault.contacts import Channel
from central.vault.models import challenges
from central.vault.takeover import PENDING_LIMIT, PendingWraps
from wire.canonical import decode, encode
from wire.identifiers import DossierId, RecordId
from wire.records import sha256

DIGITS = 6
_SECRET_BYTES = 32


@dataclass(frozen=True, slots=True, repr=False)
class Challenge:
    """An activation that waits for a one-time code; ``channel`` and the times are of the last code sent."""

    name: bytes
    dossier_id: DossierId
    record_id: RecordId
    pending: PendingWraps
    is_required: bool
    channel: Channel | None
    code_mac: bytes | None
    wrong_tries: int
    sent_ms: int | None
    made_ms: int


def begin(
    conn: Connection, dossier: DossierId, record: RecordId, pending: PendingWraps, *, is_required: bool, now_ms: int
) -> str:
    """A new challenge; the secret for the session. An older one of that dossier ends."""
    end_all(conn, dossier)
    secret = secrets.token_urlsafe(_SECRET_BYTES)
    conn.execute(
        insert(challenges).values(
            challenge=_name(secret),
            dossier_id=dossier.value,
            record_id=record.value,
            pending=encode(pending),
            is_required=is_required,
            wrong_tries=0,
            made_ms=now_ms,
        )
    )
    return secret


def find(conn: Connection, secret: str) -> Challenge | None:
    """The challenge of a session."""
    row = conn.execute(select(challenges).where(challenges.c.challenge == _name(secret))).one_or_none()
    if row is None:
        return None
    return Challenge(
        name=row.challenge,
        dossier_id=DossierId(row.dossier_id),
        record_id=RecordId(row.record_id),
        pending=decode(row.pending, PendingWraps, limit=PENDING_LIMIT),
        is_required=row.is_required,
        channel=None if row.channel is None else Channel(row.channel),
        code_mac=row.code_mac,
        wrong_tries=row.wrong_tries,
        sent_ms=row.sent_ms,
        made_ms=row.made_ms,
    )


def draw_code() -> str:
    """Six digits."""
    return f"{secrets.randbelow(10**DIGITS):0{DIGITS}d}"


def expect(conn: Connection, challenge: Challenge, channel: Channel, code: str, key: bytes, *, now_ms: int) -> None:
    """A code is on its way there; one that was sent before is good no more."""
    mac = _mac(challenge, code, key)
    values = {"channel": channel.value, "code_mac": mac, "wrong_tries": 0, "sent_ms": now_ms}
    conn.execute(_of(challenge).values(**values))


def is_right(challenge: Challenge, code: str, key: bytes) -> bool:
    """Whether this is the code that was sent; the comparison takes constant time."""
    mac = _mac(challenge, code, key)
    return challenge.code_mac is not None and hmac.compare_digest(challenge.code_mac, mac)


def miss(conn: Connection, challenge: Challenge, *, is_last: bool) -> None:
    """A wrong try; after the last one the code is good no more."""
    mac = None if is_last else challenge.code_mac
    conn.execute(_of(challenge).values(wrong_tries=challenge.wrong_tries + 1, code_mac=mac))


def end(conn: Connection, challenge: Challenge) -> None:
    """It was answered, or can no longer be."""
    conn.execute(delete(challenges).where(challenges.c.challenge == challenge.name))


def end_all(conn: Connection, dossier: DossierId) -> None:
    """A dossier's challenges end: what they asked about has changed."""
    conn.execute(delete(challenges).where(challenges.c.dossier_id == dossier.value))


def forget(conn: Connection, *, before_ms: int) -> None:
    """Drop what nobody came back to."""
    conn.execute(delete(challenges).where(challenges.c.made_ms < before_ms))


def _name(secret: str) -> bytes:
    return sha256(secret.encode())


def _mac(challenge: Challenge, code: str, key: bytes) -> bytes:
    return hmac.digest(key, challenge.name + code.encode(), "sha256")


def _of(challenge: Challenge) -> Any:
    return update(challenges).where(challenges.c.challenge == challenge.name)
