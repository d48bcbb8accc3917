"""Central as a terminal sees it, in memory: implements the link with wire's own functions, honest or hostile.

Honest by default: it verifies as central must (signature, chain, parts), keeps each record once by its hash, opens
the administrative part, and answers signed. A test makes it hostile by putting an ``Interference`` into ``plot``,
one an exchange, and reads in ``arrived`` what came, in order.
"""

from __future__ import annotations

from collections.abc import Callable
from dataclasses import dataclass, field
from datetime import datetime

from kiosk.enrolment.desks import MonthFigures
from kiosk.sync.errors import LinkError, RefusedError
from kiosk.sync.link import CentralLink, Fetched
from tests.fakes.programme import PRESENT, TERMINAL, Programme
from tests.fakes.prover import MemoryProofs
from wire.batch import (
    QUARANTINED,
    Batch,
    BatchAnswer,
    BatchItem,
    Outcome,
    RecordOutcome,
    read_batch,
    verify_batch,
    write_answer,
)
from wire.configuration import Condition, open_configuration_query
from wire.facts import Administrative, read_administrative
from wire.figures import OfficeFigures, open_figures_query, write_figures
from wire.identifiers import RecordId, milliseconds
from wire.proofs import ProofAnswer, SendCode, open_request, unseal_request, write_proof_answer
from wire.records import first_link, sha256
from wire.sealing import SealPurpose, unseal
from wire.status import PersonStatus, open_query, unseal_query, write_status

Interference = Callable[["CentralSimulator", bytes], bytes]
"""Given central and a batch: what comes back instead of the honest answer, or an error of the link."""


@dataclass
class Arrived:
    """One record that central keeps."""

    item: BatchItem
    facts: Administrative | None


@dataclass
class CentralSimulator(CentralLink):
    programme: Programme
    now: datetime = PRESENT
    down: bool = False
    plot: list[Interference] = field(default_factory=list)
    outcomes: dict[bytes, RecordOutcome] = field(default_factory=dict)
    arrived: list[Arrived] = field(default_factory=list)
    batches: list[Batch] = field(default_factory=list)
    bundle: bytes = b""
    bundle_etag: str = '"b1"'
    configuration_document: bytes = b""
    configuration_etag: str = '"c1"'
    revoked: bool = False
    told: Condition | None = None
    status_word: PersonStatus = PersonStatus.NONE
    questions: list[str] = field(default_factory=list)
    proofs: MemoryProofs = field(default_factory=MemoryProofs)
    month: MonthFigures | None = None
    figures_asked: int = 0

    def __post_init__(self) -> None:
        self.bundle = self.bundle or self.programme.bundle()
        self.configuration_document = self.configuration_document or self.programme.configuration()

    def submit(self, batch: bytes) -> bytes:
        self._be_there()
        if self.plot:
            return self.plot.pop(0)(self, batch)
        return self.take(batch)

    def take(self, batch: bytes) -> bytes:
        """What honest central does with a batch."""
        opened = read_batch(batch)
        verify_batch(opened, self.programme.device_public())
        self.batches.append(opened)
        answer = BatchAnswer(
            terminal=TERMINAL,
            batch_digest=opened.digest,
            server_ms=milliseconds(self.now),
            outcomes=tuple(self._keep(item) for item in opened.items if isinstance(item, BatchItem)),
        )
        return write_answer(answer, self.programme.answer)

    def status(self, query: bytes) -> bytes:
        self._be_there()
        opened = open_query(query, self.programme.device_public())
        self.questions.append(unseal_query(opened, self.programme.intake).compact)
        return write_status(opened, self.status_word, self.programme.answer, at=self.now)

    def proof(self, request: bytes) -> bytes:
        self._be_there()
        opened = open_request(request, self.programme.device_public())
        asked = unseal_request(opened, self.programme.intake)
        if isinstance(asked, SendCode):
            word = self.proofs.send(asked.contact, asked.address, asked.language)
        else:
            word = self.proofs.check(asked.proof, asked.code)
        server_ms = milliseconds(self.now)
        retry_ms = None if word.retry_s is None else server_ms + int(word.retry_s * 1000)
        answer = ProofAnswer(
            terminal=TERMINAL,
            nonce=opened.nonce,
            outcome=word.outcome,
            server_ms=server_ms,
            proof=word.proof,
            retry_ms=retry_ms,
            tries_left=word.tries_left,
        )
        return write_proof_answer(answer, self.programme.answer)

    def figures(self, query: bytes) -> bytes:
        self._be_there()
        self.figures_asked += 1
        open_figures_query(query, self.programme.device_public())
        if self.month is None:
            raise LinkError("no figures", code="http")
        figures = OfficeFigures(
            terminal=TERMINAL,
            query_digest=sha256(query),
            month=self.month.month,
            openings=self.month.openings,
            cents_accrued=self.month.cents_accrued,
            cents_held=self.month.cents_held,
            server_ms=milliseconds(self.month.told_at),
        )
        return write_figures(figures, self.programme.answer)

    def configuration(self, query: bytes) -> Fetched | None:
        self._be_there()
        asked = open_configuration_query(query, self.programme.device_public())
        held, self.told = asked.held, asked.condition
        if self.revoked:
            raise RefusedError("revoked", status=403, code="terminal_revoked")
        return (
            None if held == self.configuration_etag else Fetched(self.configuration_document, self.configuration_etag)
        )

    def trust(self, etag: str | None) -> Fetched | None:
        self._be_there()
        return None if etag == self.bundle_etag else Fetched(self.bundle, self.bundle_etag)

    def alive(self) -> bool:
        return not self.down

    def close(self) -> None:
        """Nothing is held."""

    def hashes(self) -> list[bytes]:
        return [arrived.item.hash for arrived in self.arrived]

    def unbroken_chain(self) -> bool:
        """Whether all that arrived is one chain from the first record, in whatever order it came."""
        previous = first_link(TERMINAL)
        for arrived in sorted(self.arrived, key=lambda one: one.item.routing.sequence):
            if arrived.item.routing.previous_hash != previous:
                return False
            previous = arrived.item.hash
        return True

    def _be_there(self) -> None:
        if self.down:
            raise LinkError("the line is cut", code="unreachable")

    def _keep(self, item: BatchItem) -> RecordOutcome:
        told = self.outcomes.get(item.hash)
        if told is not None:
            return told
        if item.hash in self.hashes():
            return RecordOutcome(record_hash=item.hash, outcome=Outcome.DURABLE_ALREADY)
        self.arrived.append(Arrived(item, self._opened(item)))
        code = QUARANTINED if self.revoked else None
        return RecordOutcome(record_hash=item.hash, outcome=Outcome.DURABLE_NEW, code=code)

    def _opened(self, item: BatchItem) -> Administrative | None:
        if item.record.administrative is None:
            return None
        record_id = RecordId(item.routing.record_id)
        return read_administrative(
            unseal(item.record.administrative, self.programme.intake, SealPurpose.ADMINISTRATIVE, record_id, TERMINAL)
        )
