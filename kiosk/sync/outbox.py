"""What waits for central, and what became of it: the worker's view of the chain on the disk."""

from __future__ import annotations

from collections.abc import Mapping, Sequence
from dataclasses import dataclass
from datetime import datetime

from kiosk.sync.database import TerminalDatabase
from kiosk.sync.planning import Waiting
from wire.failpoints import Failpoint, Reach, pass_by
from wire.identifiers import RecordId, time_prefix


@dataclass(frozen=True, slots=True, repr=False)
class StoredRecord:
    """One waiting record, as sealed."""

    sequence: int
    hash: bytes
    raw: bytes


@dataclass(frozen=True, slots=True)
class DeadLetter:
    """A record that central signed for as malformed beyond storing: kept here, sealed, for a person to look at."""

    record_id: RecordId
    sequence: int
    code: str


class Outbox:
    """Oldest records first; only :meth:`settle` makes the terminal forget."""

    def __init__(self, database: TerminalDatabase, *, reach: Reach = pass_by) -> None:
        self._database = database
        self._reach = reach

    def queue(self, limit: int) -> tuple[Waiting, ...]:
        """Sequence and size (bytes) of the oldest waiting records."""
        with self._database.reading() as database:
            rows = database.execute(
                "SELECT sequence, length(raw) FROM records WHERE state = 'waiting' ORDER BY sequence LIMIT ?", (limit,)
            ).fetchall()
        return tuple(Waiting(row[0], row[1]) for row in rows)

    def oldest(self, limit: int) -> tuple[RecordId, ...]:
        """Ids of the oldest waiting records."""
        with self._database.reading() as database:
            rows = database.execute(
                "SELECT record_id FROM records WHERE state = 'waiting' ORDER BY sequence LIMIT ?", (limit,)
            ).fetchall()
        return tuple(RecordId(row[0]) for row in rows)

    def waiting(self) -> int:
        """How many records central has not yet confirmed."""
        with self._database.reading() as database:
            row = database.execute("SELECT count(*) FROM records WHERE state = 'waiting'").fetchone()
        return int(row[0])

    def load(self, sequences: Sequence[int]) -> tuple[StoredRecord, ...]:
        """The waiting records of a contiguous run, oldest first."""
        with self._database.reading() as database:
            rows = database.execute(
                "SELECT sequence, hash, raw FROM records WHERE state = 'waiting' AND sequence BETWEEN ? AND ? "
                "ORDER BY sequence",
                (sequences[0], sequences[-1]),
            ).fetchall()
        return tuple(StoredRecord(*row) for row in rows)

    def settle(self, forget: Sequence[int], reject: Mapping[int, str]) -> None:
        """Forget what is durable at central and put aside what it refused, in one transaction.

        Only to be called with outcomes of an answer whose signature held (:mod:`kiosk.sync.outcomes`).

        Raises:
            kiosk.enrolment.errors.StoreError: nothing changed; the records are sent again, which is harmless.
        """
        self._reach(Failpoint.FORGET_BEFORE)
        with self._database.transaction() as database:
            for sequence in forget:
                database.execute(
                    "UPDATE records SET state = 'forgotten', raw = NULL, code = NULL WHERE sequence = ?", (sequence,)
                )
            for sequence, code in reject.items():
                database.execute(
                    "UPDATE records SET state = 'rejected', code = ? WHERE sequence = ? AND state = 'waiting'",
                    (code, sequence),
                )
            self._reach(Failpoint.FORGET_INSIDE)
        self._reach(Failpoint.FORGET_AFTER)

    def dead_letters(self) -> tuple[DeadLetter, ...]:
        """What central refused to keep, oldest first."""
        with self._database.reading() as database:
            rows = database.execute(
                "SELECT record_id, sequence, code FROM records WHERE state = 'rejected' ORDER BY sequence"
            ).fetchall()
        return tuple(DeadLetter(RecordId(row[0]), row[1], row[2]) for row in rows)

    def prune(self, before: datetime) -> int:
        """Remove the bare ids and hashes of records forgotten and made before a time, with their slips' states.

        The newest record always stays: the next one will name its hash.
        """
        with self._database.transaction() as database:
            cursor = database.execute(
                "DELETE FROM records WHERE state = 'forgotten' AND record_id < ? "
                "AND sequence < (SELECT max(sequence) FROM records)",
                (time_prefix(before),),
            )
            pruned = int(cursor.rowcount)
        self.tidy()
        return pruned

    def tidy(self) -> None:
        """Cut the write-ahead log, so that what was forgotten has left the disk's files."""
        self._database.tidy()
