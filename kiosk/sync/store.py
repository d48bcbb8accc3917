"""The terminal's disk: a fact is sealed, chained and committed with fsync, or it does not exist (invariants 1 and 3).

What lies here is sealed to keys whose private halves are elsewhere: the terminal itself cannot read it back.
"""

from __future__ import annotations

from collections.abc import Callable
from datetime import datetime

from sqlite_utils import Database

from kiosk.enrolment.errors import NotReadyError, StoreError
from kiosk.enrolment.place import Whereabouts
from kiosk.enrolment.ports import KeptRecord, RecordDraft, RecordStore
from kiosk.sync.database import TerminalDatabase
from kiosk.sync.sealer import ChainPlace, SealedParts, seal_parts
from kiosk.sync.server_time import Floor, ServerTime
from wire.errors import WireError
from wire.failpoints import Failpoint, Reach, pass_by
from wire.identifiers import RecordId, TerminalId, time_prefix
from wire.records import RecordKind, first_link


def _nobody() -> None:
    """Nobody is to be woken."""


class SealedStore(RecordStore):
    """RecordStore over the terminal's database. ``on_added`` wakes the worker; it must return at once."""

    def __init__(
        self,
        database: TerminalDatabase,
        whereabouts: Whereabouts,
        server_time: ServerTime,
        *,
        on_added: Callable[[], None] = _nobody,
        reach: Reach = pass_by,
    ) -> None:
        self._database = database
        self._whereabouts = whereabouts
        self._server_time = server_time
        self._on_added = on_added
        self._reach = reach

    def add(self, draft: RecordDraft) -> None:
        """Seal, chain and commit. When this returns the fact exists, whatever happens next.

        Steps:

        1. both parts are sealed, in memory;
        2. in one transaction: the head of the chain is read, the routing names it, the record becomes the head;
        3. the commit has reached the disk (WAL, synchronous=FULL) before anything else happens.

        Raises:
            kiosk.enrolment.errors.StoreError: nothing was kept: no valid keys, the same id again, or the disk.
        """
        parts, floor = self._sealed(draft), self._server_time.floor()  # 1
        self._reach(Failpoint.COMMIT_BEFORE)
        with self._database.transaction() as database:  # 2, 3
            self._append(database, parts, floor)
            self._reach(Failpoint.COMMIT_INSIDE)
        self._reach(Failpoint.COMMIT_AFTER)
        self._on_added()

    def waiting(self) -> int:
        """How many records central has not yet confirmed; those it refused to keep are counted apart."""
        with self._database.reading() as database:
            row = database.execute("SELECT count(*) FROM records WHERE state = 'waiting'").fetchone()
        return int(row[0])

    def openings_since(self, instant: datetime) -> int:
        """How many enrolments were committed from that instant on, by the time in their ids."""
        with self._database.reading() as database:
            row = database.execute(
                "SELECT count(*) FROM records WHERE opening = 1 AND record_id >= ?", (time_prefix(instant),)
            ).fetchone()
        return int(row[0])

    def kept_since(self, instant: datetime) -> tuple[KeptRecord, ...]:
        """Time and kind of what was committed from that instant on, by the time in the ids."""
        with self._database.reading() as database:
            rows = database.execute(
                "SELECT record_id, kind FROM records WHERE record_id >= ? AND kind <> '' ORDER BY record_id",
                (time_prefix(instant),),
            ).fetchall()
        return tuple(KeptRecord(RecordId(row[0]).made_at, RecordKind(row[1])) for row in rows)

    def _sealed(self, draft: RecordDraft) -> SealedParts:
        try:
            return seal_parts(draft, self._whereabouts.current())
        except (NotReadyError, WireError) as error:
            raise StoreError(f"nothing was kept: the record cannot be sealed ({error.code})") from error

    def _append(self, database: Database, parts: SealedParts, floor: Floor) -> None:
        draft, place = parts.draft, _next_place(database, parts.place.terminal)
        record = parts.at(place, floor)
        database.execute(
            "INSERT INTO records (sequence, record_id, hash, state, raw, opening, kind) "
            "VALUES (?, ?, ?, 'waiting', ?, ?, ?)",
            (
                place.sequence,
                draft.record_id.value,
                record.hash,
                record.raw,
                draft.kind is RecordKind.ENROLMENT,
                draft.kind.value,
            ),
        )


def _next_place(database: Database, terminal: TerminalId) -> ChainPlace:
    head = database.execute("SELECT sequence, hash FROM records ORDER BY sequence DESC LIMIT 1").fetchone()
    return ChainPlace(1, first_link(terminal)) if head is None else ChainPlace(head[0] + 1, head[1])
