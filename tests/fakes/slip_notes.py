"""A ``SlipJournal`` in memory."""

from __future__ import annotations

from datetime import datetime

from kiosk.enrolment.ports import SlipJournal
from kiosk.enrolment.slip import SlipKind
from wire.identifiers import RecordId

_OPEN = frozenset({"rendered", "printing"})


class FakeSlipJournal(SlipJournal):
    def __init__(self) -> None:
        self.lines: list[tuple[SlipKind, int, str]] = []
        self._states: dict[tuple[RecordId, SlipKind, int], str] = {}

    def settle(self, record_id: RecordId, kind: SlipKind, copy_number: int, state: str, at: datetime) -> None:
        self.lines.append((kind, copy_number, state))
        self._states[record_id, kind, copy_number] = state

    def unsettled(self) -> tuple[tuple[RecordId, SlipKind, int], ...]:
        return tuple(slip for slip, state in self._states.items() if state in _OPEN)
