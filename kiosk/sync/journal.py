"""The state of each slip on the disk: record id, slip, copy, state and time; never a word of what the slip says.

A restart reads here which paper may be missing. The schema refuses an entry for a record that is not in the chain.
"""

from __future__ import annotations

from datetime import datetime

from kiosk.enrolment.ports import DoubtfulSlip, SlipJournal
from kiosk.enrolment.slip import SlipKind
from kiosk.sync.database import TerminalDatabase
from wire.identifiers import RecordId, milliseconds


class DurableSlipJournal(SlipJournal):
    """SlipJournal over the terminal's database."""

    def __init__(self, database: TerminalDatabase) -> None:
        self._database = database

    def settle(self, record_id: RecordId, kind: SlipKind, copy_number: int, state: str, at: datetime) -> None:
        """Note the state of one slip, durably.

        Raises:
            kiosk.enrolment.errors.StoreError: the record is not in the chain, the state is no state, or the disk.
        """
        with self._database.transaction() as database:
            database.execute(
                "INSERT INTO slips (record_id, kind, copy_number, state, at_ms) VALUES (?, ?, ?, ?, ?) "
                "ON CONFLICT (record_id, kind, copy_number) "
                "DO UPDATE SET state = excluded.state, at_ms = excluded.at_ms",
                (record_id.value, kind.value, copy_number, state, milliseconds(at)),
            )

    def unsettled(self) -> tuple[tuple[RecordId, SlipKind, int], ...]:
        """Slips that were rendered or printing when the power went, oldest first."""
        with self._database.reading() as database:
            rows = database.execute(
                "SELECT record_id, kind, copy_number FROM slips WHERE state IN ('rendered', 'printing') "
                "ORDER BY record_id, kind, copy_number"
            ).fetchall()
        return tuple((RecordId(row[0]), SlipKind(row[1]), int(row[2])) for row in rows)

    def doubtful(self, since: datetime) -> tuple[DoubtfulSlip, ...]:
        """Slips whose latest copy was settled as unknown or failed since then, newest first."""
        with self._database.reading() as database:
            # SQLite gives the other columns of the row that holds the max().
            rows = database.execute(
                "SELECT record_id, kind, max(copy_number), state, at_ms FROM slips GROUP BY record_id, kind "
                "HAVING state IN ('unknown', 'failed') AND at_ms >= ? ORDER BY at_ms DESC, record_id, kind",
                (milliseconds(since),),
            ).fetchall()
        return tuple(DoubtfulSlip(RecordId(row[0]), SlipKind(row[1]), int(row[2]), row[3]) for row in rows)
