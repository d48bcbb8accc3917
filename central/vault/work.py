"""What the work on one item is done with: one transaction at one moment."""

from __future__ import annotations

from dataclasses import dataclass
from datetime import timedelta

from sqlalchemy import Connection

from central.vault import audit
from central.vault.audit import Tag
from central.vault.contacts import ContactBook, Ways
from wire.identifiers import DossierId, RecordId
from wire.trust import TrustBundle


@dataclass(frozen=True, slots=True)
class Work:
    """A connection in a writing transaction, the present, and the means; made anew for each transaction."""

    conn: Connection
    now_ms: int
    trust: TrustBundle
    book: ContactBook
    ways: Ways
    guard_delay: timedelta

    def write(self, tag: Tag, dossier: DossierId | None, record: RecordId | None = None) -> None:
        """An audit entry of this moment."""
        audit.write_entry(self.conn, tag, at_ms=self.now_ms, dossier=dossier, record=record)

    def later_ms(self, span: timedelta) -> int:
        """The moment a while from now."""
        return self.now_ms + span // timedelta(milliseconds=1)
