"""What central may learn from the vault: an account's states. Central asks with a cursor; the vault never calls."""

from __future__ import annotations

from collections.abc import Callable
from datetime import datetime

from sqlalchemy import Connection, Engine, func, insert, select

from central.engine import reading
from central.vault.keys import VaultKeys
from central.vault.models import events
from central.vault.trust_file import TrustFile
from wire.handover import (
    EventsAnswer,
    VaultEvent,
    VaultEventKind,
    open_events_query,
    write_events_answer,
)
from wire.identifiers import DossierId
from wire.records import sha256
from wire.trust import KeyUse

PAGE_LIMIT = 500  # events in one answer: about 50 KiB of the 128 KiB an answer may have


def tell(conn: Connection, kind: VaultEventKind, dossier: DossierId, *, at_ms: int) -> None:
    """Append an event in the transaction of the change it tells of; the caller holds the write lock."""
    last = conn.execute(select(func.max(events.c.number))).scalar() or 0
    conn.execute(insert(events).values(number=last + 1, kind=kind.value, dossier_id=dossier.value, at_ms=at_ms))


def after(conn: Connection, cursor: int, limit: int) -> tuple[VaultEvent, ...]:
    """At most ``limit`` (and never more than 500) events whose number is above ``cursor``, oldest first."""
    rows = conn.execute(
        select(events).where(events.c.number > cursor).order_by(events.c.number).limit(max(0, min(limit, PAGE_LIMIT)))
    )
    return tuple(
        VaultEvent(number=row.number, kind=row.kind, dossier_id=row.dossier_id, at_ms=row.at_ms) for row in rows
    )


class EventsDesk:
    """Answers central's questions; one instance a process, used by all its threads."""

    def __init__(self, engine: Engine, keys: VaultKeys, trust: TrustFile, clock: Callable[[], datetime]) -> None:
        self._engine = engine
        self._keys = keys
        self._trust = trust
        self._clock = clock

    def receive(self, document: bytes) -> bytes:
        """The signed answer to a question signed by central's hand-over key.

        Not checked: whether the question is fresh. A replayed one tells its sender which dossier ids have an active
        account, which central knows already, and changes nothing.

        Raises:
            SignatureError, FormatError: not central's question. TrustError: no bundle is valid now.
        """
        bundle = self._trust.current(self._clock())
        query = open_events_query(document, bundle.verifying_key(KeyUse.HAND_OVER))
        with reading(self._engine) as conn:
            found = after(conn, query.after, query.limit)
        return write_events_answer(EventsAnswer(request_digest=sha256(document), events=found), self._keys.answer)
