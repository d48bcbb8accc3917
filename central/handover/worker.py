"""The worker that hands over: sends what waits, settles what the vault kept, then asks what the vault has to tell.

Run it beside the server (a thread) or alone (``python -m central hand-over``); two at once do no harm, the vault
recognises records by their id. While the vault is down the outbox grows and nothing is lost.
"""

from __future__ import annotations

import logging
import random
from collections.abc import Callable
from dataclasses import dataclass
from datetime import datetime
from threading import Event

from cryptography.hazmat.primitives.asymmetric.ed25519 import Ed25519PrivateKey, Ed25519PublicKey
from sqlalchemy import Connection, Engine

from central.audit import service as audit
from central.db import shard_of
from central.engine import in_transaction, reading
from central.errors import VaultError
from central.handover import events, outbox
from central.handover.link import VaultLink
from central.handover.outbox import Waiting
from central.ledger.amending import amend
from central.ledger.reasons import VAULT_REFUSED
from central.ledger.service import Saying
from central.ledger.standing import Word
from wire.errors import WireError
from wire.failpoints import Failpoint, Reach, pass_by
from wire.handover import (
    EventsQuery,
    HandOver,
    HandOverAnswer,
    open_events_answer,
    open_hand_over_answer,
    write_events_query,
    write_hand_over,
)
from wire.identifiers import milliseconds

_EVENTS_AT_ONCE = 500
_log = logging.getLogger("central.handover")


@dataclass(frozen=True, slots=True)
class Pace:
    """Seconds between two rounds: ``idle_s`` when nothing waited, up to ``longest_s`` while the vault fails."""

    idle_s: float = 2.0
    longest_s: float = 60.0


@dataclass(frozen=True, slots=True)
class Round:
    """What a round did."""

    sent: int
    events: int

    @property
    def was_busy(self) -> bool:
        """Whether more may be waiting: the next round follows at once."""
        return bool(self.sent or self.events)


@dataclass(frozen=True, slots=True)
class HandOverParts:
    """What the worker works with: database, vault, central's hand-over key, the vault's answer key, time, shards."""

    engine: Engine
    link: VaultLink
    key: Ed25519PrivateKey
    vault_key: Ed25519PublicKey
    clock: Callable[[], datetime]
    shards: int


class HandOverWorker:
    """Rounds of hand-over and events."""

    def __init__(self, parts: HandOverParts, *, pace: Pace | None = None, reach: Reach = pass_by) -> None:
        self._parts = parts
        self._pace = pace or Pace()
        self._reach = reach

    def run(self, stop: Event) -> None:
        """Rounds until ``stop`` is set. A failure is logged by its code and answered by waiting longer."""
        failures = 0
        while not stop.is_set():
            try:
                wait_s = 0.0 if self.round().was_busy else self._pace.idle_s
                failures = 0
            except Exception as error:  # noqa: BLE001 - a worker that dies hands nothing over; the next round may
                failures += 1
                wait_s = self._backoff_s(failures)
                # Code or class only: the text of a database error may quote what was written.
                reason = error.code if isinstance(error, (VaultError, WireError)) else type(error).__name__
                _log.warning("hand-over put off for %.0f s: %s", wait_s, reason)
            stop.wait(wait_s)

    def round(self) -> Round:
        """Send once what is due, and take in what the vault tells.

        Raises:
            VaultError: no answer. WireError: an answer that is not the vault's to this request; nothing was settled.
        """
        return Round(self._hand_over(), self._pull_events())

    def _hand_over(self) -> int:
        now_ms = milliseconds(self._parts.clock())
        with reading(self._parts.engine) as connection:
            waiting = outbox.due(connection, now_ms=now_ms)
        if not waiting:
            return 0
        self._reach(Failpoint.HAND_OVER_BEFORE)
        request = write_hand_over(HandOver(sent_ms=now_ms, items=tuple(row.item for row in waiting)), self._parts.key)
        answer = open_hand_over_answer(self._parts.link.hand_over(request), self._parts.vault_key, request=request)
        self._reach(Failpoint.HAND_OVER_AFTER)
        in_transaction(self._parts.engine, lambda connection: self._settle(connection, waiting, answer))
        return len(waiting)

    def _settle(self, connection: Connection, waiting: list[Waiting], answer: HandOverAnswer) -> None:
        now_ms = milliseconds(self._parts.clock())
        for entry in outbox.settle(connection, waiting, answer.results, now_ms=now_ms):
            audit.append(connection, shard_of(entry.subject, self._parts.shards), [entry], at_ms=now_ms)
        refused = outbox.refused_now(waiting, answer.results)
        sayings = [Saying(dossier_id, Word.REVERSED, VAULT_REFUSED) for dossier_id in refused]
        amend(connection, sayings, actor="vault", shards=self._parts.shards, now_ms=now_ms)

    def _pull_events(self) -> int:
        now_ms = milliseconds(self._parts.clock())
        with reading(self._parts.engine) as connection:
            after = events.cursor(connection)
        query = write_events_query(EventsQuery(after=after, limit=_EVENTS_AT_ONCE, sent_ms=now_ms), self._parts.key)
        answer = open_events_answer(self._parts.link.events(query), self._parts.vault_key, request=query)
        if not answer.events:
            return 0
        return in_transaction(
            self._parts.engine,
            lambda connection: events.take_in(connection, answer.events, shards=self._parts.shards, now_ms=now_ms),
        )

    def _backoff_s(self, failures: int) -> float:
        longest = min(self._pace.longest_s, self._pace.idle_s * 2.0 ** min(failures, 16))
        return random.uniform(longest / 2, longest)  # noqa: S311 - spreads load, protects nothing
