"""One terminal of the fleet: the sync worker's loop without a disk, as a coroutine.

When it refreshes, what it sends, how long it waits and what it forgets are decided by the terminal's own code; this
only carries it out.
"""

from __future__ import annotations

import asyncio
import contextlib
import time
from collections.abc import Sequence
from datetime import UTC, datetime
from itertools import islice

from bench.opening.asking import Asker, Surroundings
from bench.opening.documents import Documents
from bench.opening.fleet import Member
from bench.opening.line import LIMITS, Reply
from bench.opening.size import RECORDS_A_VISIT
from bench.opening.tally import Request
from kiosk.settings import START_SPREAD_S
from kiosk.sync import planning
from kiosk.sync.outbox import StoredRecord
from kiosk.sync.outcomes import Settlement, settle
from kiosk.sync.planning import Idle, Pace, SendNow, Waiting, WaitUntil
from tests.fakes.terminal import fictitious_nir, hash_of
from wire.batch import RECORDS_LIMIT, open_answer
from wire.identifiers import RecordId
from wire.status import open_status, write_query
from wire.trust import KeyUse

JOURNEY_S = 90.0
"""From the card to the record, by the terminal's clock."""

SLIPS_S = 10.0
"""From the record to the fates of its slips."""


class LoadTerminal:
    """Plays one terminal. What it holds acknowledgements for stands in ``acknowledged`` (sequences)."""

    def __init__(self, member: Member, around: Surroundings) -> None:
        self.made = made = member.made
        self.backlog = member.backlog
        self.acknowledged: set[int] = set()
        self.sent: set[int] = set()
        self.configured_s: float | None = None  # wall seconds from being switched on to the first configuration
        self.asker = Asker(around)
        self._around = around
        self._documents = Documents(made, self.asker, around)
        self._expected = iter(member.expected)
        self._released = 0
        self._waiting: dict[int, StoredRecord] = {}
        self._pace = Pace()
        self._postponed: dict[int, float] = {}
        self._woken = asyncio.Event()
        self._stopping = False

    @property
    def is_empty(self) -> bool:
        """Whether everything released so far is acknowledged, or refused for good."""
        return not self._waiting

    def release(self, count: int) -> None:
        """The next records of the chain are on the disk now; the worker is woken."""
        for raw in self.made.made[self._released : self._released + count]:
            self._released += 1
            self._waiting[self._released] = StoredRecord(self._released, hash_of(raw), raw)
        self._woken.set()

    def stop(self) -> None:
        """End :meth:`live` after the exchange under way."""
        self._stopping = True
        self._woken.set()

    async def live(self, switched_on_after_s: float) -> None:
        """From being switched on to the end of the run."""
        await self._rest(switched_on_after_s)
        on_s = time.monotonic()
        await self._rest(START_SPREAD_S / self._around.clocks * self._around.chance.random())
        while not self._stopping:
            self._woken.clear()
            wait_s = await self._turn()
            if self.configured_s is None and self._documents.has_configuration:
                self.configured_s = time.monotonic() - on_s
            if wait_s > 0 and not self._stopping:
                await self._rest(wait_s / self._around.clocks)

    async def _rest(self, wall_s: float) -> None:
        with contextlib.suppress(TimeoutError):
            async with asyncio.timeout(wall_s):
                await self._woken.wait()

    async def _turn(self) -> float:
        """As :meth:`kiosk.sync.worker.SyncWorker.turn`: seconds of the terminal's clock until the next one."""
        await self._documents.refresh(self._around.clock_s())
        now_s = self._around.clock_s()
        oldest = islice(self._waiting.values(), RECORDS_LIMIT + len(self._postponed))
        queue = [Waiting(record.sequence, len(record.raw)) for record in oldest]
        match planning.plan(queue, self._postponed, self._pace, now_s):
            case SendNow(sequences):
                await self._send([self._waiting[sequence] for sequence in sequences])
                return 0.0
            case WaitUntil(at_s):
                return max(0.0, min(at_s, self._documents.due_s) - now_s)
            case Idle():
                return max(0.0, self._documents.due_s - now_s)

    async def _send(self, records: Sequence[StoredRecord]) -> None:
        batch = self.made.batch([record.raw for record in records])
        request = Request.BACKLOG if records[0].sequence <= self.backlog else Request.BATCH
        self._note_sent({record.sequence for record in records})
        reply = await self.asker.ask(request, lambda line: line.post("/v1/batches", batch, within_s=LIMITS.exchange_s))
        settlement = None if reply is None else self._settlement(request, records, batch, reply)
        now_s = self._around.clock_s()
        if settlement is None:
            self._pace = planning.after_failure(self._pace, now_s, self._around.chance.random())
            return
        self._pace = planning.after_success(self._pace)
        self._settle(request, settlement, now_s)

    def _note_sent(self, sequences: set[int]) -> None:
        if not self.asker.is_down:
            self._around.tally.sent_again += len(sequences & self.sent)
            self.sent |= sequences

    def _settlement(
        self, request: Request, records: Sequence[StoredRecord], batch: bytes, reply: Reply
    ) -> Settlement | None:
        if self._around.chance.random() < self._around.lost_answers:
            self._around.tally.answers_lost += 1
            return None
        key = self._around.trust.verifying_key(KeyUse.ANSWER)
        return self.asker.believe(
            request, lambda: settle(records, open_answer(reply.body, key, terminal=self.made.name, batch=batch))
        )

    def _settle(self, request: Request, settlement: Settlement, now_s: float) -> None:
        for sequence in (*settlement.forget, *settlement.reject):
            del self._waiting[sequence]
            self._postponed.pop(sequence, None)
        self.acknowledged.update(settlement.forget)
        for code in settlement.reject.values():
            self._around.tally.failed(request, f"rejected: {code}")
        self._postponed |= {sequence: now_s + wait_s for sequence, wait_s in settlement.postpone_s.items()}

    async def visited(self) -> None:
        """Somebody comes, enrols and takes their slips: a question, a record, and the fates of two slips."""
        await self._ask_status(next(self._expected))
        await asyncio.sleep(JOURNEY_S / self._around.clocks)
        self.release(1)
        await asyncio.sleep(SLIPS_S / self._around.clocks)
        self.release(RECORDS_A_VISIT - 1)

    async def _ask_status(self, person: int) -> None:
        """Is there a dossier? Nobody waits longer for the answer than a terminal does."""
        made, now = self.made, datetime.now(UTC)
        nonce, intake = RecordId.new(now), self._around.trust.sealing_key(KeyUse.INTAKE)
        query = write_query(fictitious_nir(person), made.name, intake, made.key, at=now, nonce=nonce)
        reply = await self.asker.ask(
            Request.STATUS, lambda line: line.post("/v1/status", query, within_s=LIMITS.status_s)
        )
        if reply is not None:
            key = self._around.trust.verifying_key(KeyUse.ANSWER)
            self.asker.believe(Request.STATUS, lambda: open_status(reply.body, key, terminal=made.name, nonce=nonce))
