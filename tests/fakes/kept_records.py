"""A ``RecordStore`` in memory; ``full`` makes it a full disk."""

from __future__ import annotations

from datetime import datetime

from kiosk.enrolment.errors import StoreError
from kiosk.enrolment.ports import KeptRecord, RecordDraft, RecordStore
from wire.records import RecordKind


class FakeRecordStore(RecordStore):
    def __init__(self) -> None:
        self.drafts: list[RecordDraft] = []
        self.full = False

    def add(self, draft: RecordDraft) -> None:
        if self.full:
            raise StoreError("no space left")
        self.drafts.append(draft)

    def waiting(self) -> int:
        return len(self.drafts)

    def openings_since(self, instant: datetime) -> int:
        return sum(draft.captured_at >= instant for draft in self.of(RecordKind.ENROLMENT))

    def kept_since(self, instant: datetime) -> tuple[KeptRecord, ...]:
        kept = [KeptRecord(draft.record_id.made_at, draft.kind) for draft in self.drafts]
        return tuple(sorted((one for one in kept if one.at >= instant), key=lambda one: one.at))

    def of(self, kind: RecordKind) -> list[RecordDraft]:
        return [draft for draft in self.drafts if draft.kind is kind]
