"""A vault without keys, pages or database: recognises records, tells events, fails when it is told to."""

from __future__ import annotations

from cryptography.hazmat.primitives.asymmetric.ed25519 import Ed25519PrivateKey, Ed25519PublicKey

from central.errors import VaultError
from central.handover.link import VaultLink
from wire.errors import FormatError
from wire.handover import (
    HAND_OVER_COUNT,
    EventsAnswer,
    HandOverAnswer,
    HandOverItem,
    HandOverOutcome,
    HandOverResult,
    VaultEvent,
    VaultEventKind,
    open_events_query,
    open_hand_over,
    write_events_answer,
    write_hand_over_answer,
)
from wire.records import sha256


class FakeVault(VaultLink):
    """Keeps what it is handed in ``kept``; ``verdicts`` overrules the outcome of a record, ``down`` answers nothing."""

    def __init__(self, key: Ed25519PrivateKey, central: Ed25519PublicKey) -> None:
        self.key = key
        self.central = central
        self.kept: dict[bytes, HandOverItem] = {}
        self.requests: list[bytes] = []
        self.verdicts: dict[bytes, HandOverResult] = {}
        self.silent_about: set[bytes] = set()
        self.told: list[VaultEvent] = []
        self.down = False

    def hand_over(self, request: bytes) -> bytes:
        if self.down:
            raise VaultError("the vault does not answer", code="vault_silent")
        self.requests.append(request)
        items = open_hand_over(request, self.central).items
        if len(items) > HAND_OVER_COUNT:
            raise FormatError("too many items", code="hand_over_count")
        results = tuple(self._take(item) for item in items if item.record_id not in self.silent_about)
        answer = HandOverAnswer(request_digest=sha256(request), server_ms=0, results=results)
        return write_hand_over_answer(answer, self.key)

    def events(self, query: bytes) -> bytes:
        if self.down:
            raise VaultError("the vault does not answer", code="vault_silent")
        asked = open_events_query(query, self.central)
        after = [event for event in self.told if event.number > asked.after][: asked.limit]
        return write_events_answer(EventsAnswer(request_digest=sha256(query), events=tuple(after)), self.key)

    def tell(self, kind: VaultEventKind | str, dossier_id: bytes, *, at_ms: int) -> None:
        word = kind if isinstance(kind, str) else kind.value
        self.told.append(VaultEvent(number=len(self.told) + 1, kind=word, dossier_id=dossier_id, at_ms=at_ms))

    def _take(self, item: HandOverItem) -> HandOverResult:
        if item.record_id in self.verdicts:
            return self.verdicts[item.record_id]
        known = self.kept.setdefault(item.record_id, item) is not item
        outcome = HandOverOutcome.ALREADY if known else HandOverOutcome.KEPT
        return HandOverResult(record_id=item.record_id, outcome=outcome)
