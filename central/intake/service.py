"""A batch arrives: recognised, verified, opened, planned, and kept in one transaction; a signed answer goes back."""

from __future__ import annotations

from collections.abc import Iterable, Sequence
from dataclasses import dataclass
from datetime import datetime

from sqlalchemy import Connection, Engine, select

from central.chains import wait_for_others
from central.db import shard_of
from central.devices import quota, registry
from central.devices.quota import Quota
from central.devices.registry import Device, DeviceState
from central.engine import in_transaction, reading
from central.enrolments import persons
from central.errors import NotSignedError, TerminalRevokedError, TerminalUnknownError
from central.intake import incidents
from central.intake.authenticity import UNREACHED, Judged, judge
from central.intake.continuity import Incident, IncidentKind, Position, before_first, follow
from central.intake.models import records
from central.intake.opening import Opened, Opener
from central.intake.planning import REVOKED, BatchPlan, Situation
from central.intake.stage import Stage
from central.intake.waiting import resume
from central.intake.writing import write_rows
from central.keys import CentralKeys
from central.ledger.rules import Rules
from central.lookups import Lookup
from central.sqlite_turn import one_at_a_time
from wire.batch import Batch, BatchAnswer, BatchItem, Outcome, RecordOutcome, read_batch, write_answer
from wire.configuration import Regime
from wire.errors import FormatError, SignatureError
from wire.failpoints import Failpoint, Reach, pass_by
from wire.identifiers import milliseconds
from wire.nir import InsAuthority

DAMAGED_RETRY_MS = 60_000
"""After how long a record that came damaged, or stood before one, is to come again."""

FORGERY_QUIET_MS = 60_000
"""Forged batches of one terminal's name are written down once in this time: who can only guess a name must not be able
to make central write to its disk with each request."""

_SEQUENCES = range(1 << 53)
_KNOWN = Lookup(select(records.c.record_id, records.c.record_hash), records.c.record_id)


@dataclass(frozen=True, slots=True)
class IntakeParts:
    """What intake works with; ``authority``: of the numbers that are accepted; ``quota``: None bounds no terminal."""

    engine: Engine
    keys: CentralKeys
    rules: Rules
    shards: int
    authority: InsAuthority
    regime: Regime = Regime.OPT_IN
    quota: Quota | None = None


class Intake:
    """The door for batches. Holds no state between two of them: run as many workers as the load wants.

    On SQLite a worker's threads take one batch in at a time (:mod:`central.sqlite_turn`).
    """

    def __init__(self, parts: IntakeParts, *, reach: Reach = pass_by) -> None:
        self._engine = parts.engine
        self._turn = one_at_a_time(parts.engine)
        self._answer_key = parts.keys.answer
        self._opener = Opener(parts.keys, parts.authority)
        self._stage = Stage.of(parts.keys, parts.rules, parts.regime)
        self._shards = parts.shards
        self._quota = parts.quota
        self._reach = reach

    def receive(self, body: bytes, *, now: datetime) -> bytes:
        """Take in a batch and answer for each of its records.

        Steps (design.md §5):

        1. size: the body is a batch within the limits of :mod:`wire.batch`;
        2. the terminal is known; a revoked one is heard, its new records are set aside, up to a bound;
        3. ids are recognised by one query: when central has every record, by id and hash, the answer is given here,
           before anything is verified (it says nothing but that they are kept, to whoever knows their hashes); what
           is new must be within the terminal's quota, before anything is opened or kept (:mod:`central.devices.quota`);
        4. the signature holds over the header, else nothing is kept but an incident;
        5. the chain: authentic records are told from damaged ones (:mod:`central.intake.authenticity`); the
           authentic ones flow on, the others are asked for again, and rejected when the same bytes come twice;
        6. each new authentic record is opened, outside the transaction (:mod:`central.intake.opening`);
        7. in one transaction: ids and persons are read again, gaps and forks are judged against the head
           (:mod:`central.intake.continuity`), everything is planned (:mod:`central.intake.planning`) and written, and
           facts that waited for a dossier that opened now take effect (:mod:`central.intake.waiting`);
        8. the answer, signed, with central's time: only after the commit.

        Not checked: ``sent_ms`` and the terminal's clock (:mod:`central.enrolments.opening_time` bounds it).

        Raises:
            FormatError: step 1. TerminalUnknownError: step 2. TooManyError, TerminalRevokedError: step 3.
            NotSignedError: step 4. Nothing of it was kept.
        """
        batch = _read(body)  # 1
        with self._turn():
            return self._take_in(batch, body, milliseconds(now))

    def _take_in(self, batch: Batch, body: bytes, now_ms: int) -> bytes:
        with reading(self._engine) as connection:
            device = _device(connection, batch)  # 2
            known = _recognise(connection, batch)  # 3
            has_all = all(
                isinstance(item, BatchItem) and known.get(item.routing.record_id) == item.hash for item in batch.items
            )
            if not has_all:
                self._check_quota(connection, device, batch, known, now_ms)
        if has_all:
            return self._answer(batch, _already(batch), now_ms)
        judged = self._judge(batch, body, device, now_ms)  # 4, 5
        opened = {
            entry.hash: self._opener.open(entry.item, device.terminal_id, received_ms=now_ms)  # 6
            for entry in judged
            if entry.item is not None and entry.fault is None and entry.item.routing.record_id not in known
        }
        outcomes = in_transaction(
            self._engine, lambda connection: self._keep(connection, batch, judged, opened, now_ms)
        )
        self._reach(Failpoint.INTAKE_AFTER_COMMIT)
        return self._answer(batch, outcomes, now_ms)  # 8

    def _check_quota(
        self, connection: Connection, device: Device, batch: Batch, known: dict[bytes, bytes], now_ms: int
    ) -> None:
        if self._quota is None:
            return
        records, size = _new_in(batch, known)
        quota.check(connection, device.terminal_id, self._quota, records=records, size=size, now_ms=now_ms)
        if device.state is DeviceState.REVOKED:
            bound = self._quota.revoked
            if incidents.written_of(connection, device.terminal_id, REVOKED, limit=bound) + records > bound:
                raise TerminalRevokedError

    def _judge(self, batch: Batch, body: bytes, device: Device, now_ms: int) -> tuple[Judged, ...]:
        try:
            return judge(batch, body, device.verifying_key())
        except SignatureError as error:
            self._note_forgery(device.terminal_id, now_ms)
            raise NotSignedError from error

    def _note_forgery(self, terminal_id: str, now_ms: int) -> None:
        forged = Incident(IncidentKind.SIGNATURE, 0, b"")
        with reading(self._engine) as connection:
            if incidents.was_noted(connection, terminal_id, forged.kind, since_ms=now_ms - FORGERY_QUIET_MS):
                return
        in_transaction(
            self._engine, lambda connection: incidents.record(connection, terminal_id, [forged], at_ms=now_ms)
        )

    def _keep(
        self, connection: Connection, batch: Batch, judged: Sequence[Judged], opened: dict[bytes, Opened], now_ms: int
    ) -> list[RecordOutcome]:  # 7
        wait_for_others(connection, shard_of(batch.header.terminal.encode(), self._shards))
        device = _device(connection, batch)
        known = _recognise(connection, batch)
        people = {one.person for one in opened.values() if one.person}
        scene = self._stage.scene(connection, device, opened.values(), now_ms=now_ms)
        standings = persons.standings(connection, people, to_change=True)
        plan = BatchPlan(Situation(device=device, known=known, standings=standings, scene=scene))
        damage = _Damage(connection, device, batch, judged, now_ms)
        outcomes = [
            plan.take(opened.get(entry.hash) or Opened(entry.item))
            if entry.item is not None and entry.fault is None
            else damage.outcome(place, entry)
            for place, entry in enumerate(judged)
        ]
        self._continue_chain(connection, device, judged, known, now_ms)
        incidents.record(connection, device.terminal_id, [*plan.rows.incidents, *damage.incidents], at_ms=now_ms)
        if self._quota is not None:
            records, size = _new_in(batch, known)
            quota.add(connection, device.terminal_id, records=records, size=size, now_ms=now_ms)
        write_rows(connection, plan.rows, scene, shards=self._shards)
        resume(connection, self._opener, self._stage, plan.rows.reopened, shards=self._shards, now_ms=now_ms)
        self._reach(Failpoint.INTAKE_BEFORE_COMMIT)
        return outcomes

    def _continue_chain(
        self,
        connection: Connection,
        device: Device,
        judged: Sequence[Judged],
        known: dict[bytes, bytes],
        now_ms: int,
    ) -> None:
        items = [
            (entry.item, known.get(entry.item.routing.record_id) == entry.hash)
            for entry in judged
            # A number that no chain comes to was rejected, and must not become the head either.
            if entry.item is not None and entry.fault is None and entry.item.routing.sequence in _SEQUENCES
        ]
        head = _head(device)
        late = any(not had and item.routing.sequence <= head.sequence for item, had in items)
        gaps = incidents.open_gaps(connection, device.terminal_id) if late else []
        verdict = follow(head, gaps, items)
        incidents.record(connection, device.terminal_id, verdict.incidents, at_ms=now_ms)
        incidents.fill(connection, device.terminal_id, verdict.filled, at_ms=now_ms)
        if verdict.head != head:
            registry.advance(
                connection,
                device.terminal_id,
                sequence=verdict.head.sequence,
                head=verdict.head.hash,
                seen_ms=now_ms,
            )

    def _answer(self, batch: Batch, outcomes: Iterable[RecordOutcome], now_ms: int) -> bytes:
        answer = BatchAnswer(
            terminal=batch.header.terminal, batch_digest=batch.digest, server_ms=now_ms, outcomes=tuple(outcomes)
        )
        return write_answer(answer, self._answer_key)


class _Damage:
    """Outcomes of records that are not authentic.

    Damage on the way heals when the record comes again; the same bytes twice are damage at the source, and waiting
    would hold up the terminal for ever: they are rejected, and a gap will show.
    """

    def __init__(
        self, connection: Connection, device: Device, batch: Batch, judged: Sequence[Judged], now_ms: int
    ) -> None:
        seen = [entry.seen for entry in judged if entry.fault not in {None, UNREACHED}]
        self._before = incidents.seen_damage(connection, device.terminal_id, seen) if seen else frozenset()
        self._first_sequence = batch.header.first_sequence
        self._retry_ms = now_ms + DAMAGED_RETRY_MS
        self.incidents: list[Incident] = []

    def outcome(self, place: int, entry: Judged) -> RecordOutcome:
        """Pending at first sight, rejected when the very same bytes came before."""
        if entry.fault != UNREACHED:
            self.incidents.append(Incident(IncidentKind.DAMAGED, self._first_sequence + place, entry.seen))
            if entry.seen in self._before:
                return RecordOutcome(record_hash=entry.hash, outcome=Outcome.REJECTED, code=entry.fault)
        return RecordOutcome(record_hash=entry.hash, outcome=Outcome.PENDING, code=entry.fault, retry_ms=self._retry_ms)


def _read(body: bytes) -> Batch:
    batch = read_batch(body)
    if batch.header.first_sequence not in _SEQUENCES:
        raise FormatError("the batch begins with a number no chain comes to", code="malformed")
    return batch


def _device(connection: Connection, batch: Batch) -> Device:
    device = registry.find(connection, batch.header.terminal)
    if device is None:
        raise TerminalUnknownError
    return device


def _recognise(connection: Connection, batch: Batch) -> dict[bytes, bytes]:
    ids = [item.routing.record_id for item in batch.items if isinstance(item, BatchItem)]
    return {row.record_id: row.record_hash for row in _KNOWN.rows(connection, ids)}


def _new_in(batch: Batch, known: dict[bytes, bytes]) -> tuple[int, int]:
    """How many records of a batch central has not, and their bytes.

    Damaged ones, and known ids with another content, are among them: each of those is written down.
    """
    sizes = [
        len(item.raw) if isinstance(item, BatchItem) else 0
        for item in batch.items
        if not isinstance(item, BatchItem) or known.get(item.routing.record_id) != item.hash
    ]
    return len(sizes), sum(sizes)


def _already(batch: Batch) -> list[RecordOutcome]:
    return [
        RecordOutcome(record_hash=item.hash, outcome=Outcome.DURABLE_ALREADY)
        for item in batch.items
        if isinstance(item, BatchItem)
    ]


def _head(device: Device) -> Position:
    if device.last_sequence is None or device.last_hash is None:
        return before_first(device.terminal_id)
    return Position(device.last_sequence, device.last_hash)
