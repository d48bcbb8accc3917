"""A ``SlipJournal`` in memory."""

from __future__ import annotations

from datetime import datetime

from kiosk.enrolment.ports import DoubtfulSlip, SlipJournal
from kiosk.enrolment.slip import SlipKind
from wire.identifiers import RecordId

_OPEN = frozenset({"rendered", "printing"})
_DOUBTFUL = frozenset({"unknown", "failed"})


class FakeSlipJournal(SlipJournal):
    def __init__(self) -> None:
        self.lines: list[tuple[SlipKind, int, str]] = []
        self._states: dict[tuple[RecordId, SlipKind, int], str] = {}
        self._at: dict[tuple[RecordId, SlipKind, int], datetime] = {}

    def settle(self, record_id: RecordId, kind: SlipKind, copy_number: int, state: str, at: datetime) -> None:
        self.lines.append((kind, copy_number, state))
        self._states[record_id, kind, copy_number] = state
        self._at[record_id, kind, copy_number] = at

    def unsettled(self) -> tuple[tuple[RecordId, SlipKind, int], ...]:
        return tuple(slip for slip, state in self._states.items() if state in _OPEN)

    def doubtful(self, since: datetime) -> tuple[DoubtfulSlip, ...]:
        latest = {(record_id, kind): copy for record_id, kind, copy in sorted(self._states, key=lambda key: key[2])}
        found = [(*slip, copy) for slip, copy in latest.items()]
        doubtful = [key for key in found if self._states[key] in _DOUBTFUL and self._at[key] >= since]
        doubtful.sort(key=lambda key: self._at[key], reverse=True)
        return tuple(DoubtfulSlip(*key, self._states[key]) for key in doubtful)
