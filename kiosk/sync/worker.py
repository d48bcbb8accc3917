"""The loop between disk and central: plan, sign, send, verify the answer, do what it says for each record.

It runs in one thread of its own and is woken when a record is added. It forgets a record only on a signed answer to
the very batch it sent; whatever else happens, the record stays and is sent again, which central recognises.
"""

from __future__ import annotations

import contextlib
import enum
import logging
import random
import threading
from collections.abc import Callable, Sequence
from dataclasses import dataclass
from datetime import timedelta

from kiosk.enrolment.errors import EnrolmentError
from kiosk.sync import planning
from kiosk.sync.errors import AnswerError, LinkError, RefusedError
from kiosk.sync.keys import DeviceKey
from kiosk.sync.link import CentralLink
from kiosk.sync.outbox import Outbox, StoredRecord
from kiosk.sync.outcomes import Settlement, settle
from kiosk.sync.planning import Idle, Pace, SendNow, WaitUntil
from kiosk.sync.refresh import Refresher
from kiosk.sync.server_time import Monotonic, ServerTime
from kiosk.sync.whereabouts import HeldWhereabouts
from wire.batch import RECORDS_LIMIT, BatchAnswer, open_answer
from wire.errors import SignatureError, WireError
from wire.failpoints import Failpoint, Reach, pass_by
from wire.trust import KeyUse

_log = logging.getLogger(__name__)
_LONGEST_WAIT_S = 60.0  # even when idle: the clock of pruning and refreshing goes on
_PATIENCE_S = 10.0  # stop() waits so long for an exchange under way
_PRUNE_EVERY_S = 24 * 3600.0

KEEP_FORGOTTEN = timedelta(days=90)
"""Ids and hashes of forgotten records stay so long, for the states of their slips (a code is good for 42 days)."""

_BATCH_AT_FAULT = frozenset({"too_long", "malformed", "batch_count", "format"})
"""Refusals that a smaller batch, or another record, may not meet."""


class Health(enum.Enum):
    """How the last exchange went; for the operator's panel."""

    NOT_YET = "not_yet"
    WELL = "well"
    FAILING = "failing"


@dataclass(frozen=True, slots=True)
class SyncState:
    """A snapshot: ``failure`` is the stable code of the last failure, None when all is well."""

    health: Health
    failure: str | None
    failures_in_a_row: int


class SyncWorker:
    """Sends what waits. :meth:`turn` is one step of the loop and all that tests need; :meth:`start` runs the loop."""

    def __init__(
        self,
        *,
        outbox: Outbox,
        link: CentralLink,
        key: DeviceKey,
        whereabouts: HeldWhereabouts,
        server_time: ServerTime,
        refresher: Refresher,
        monotonic: Monotonic,
        jitter: Callable[[], float] = random.random,
        start_spread_s: float = 0.0,
        reach: Reach = pass_by,
    ) -> None:
        self._outbox = outbox
        self._link = link
        self._key = key
        self._whereabouts = whereabouts
        self._server_time = server_time
        self._refresher = refresher
        self._monotonic = monotonic
        self._jitter = jitter
        self._start_spread_s = start_spread_s
        self._reach = reach
        self._pace = Pace()
        self._postponed: dict[int, float] = {}
        self._prune_at_s = 0.0
        self._state = SyncState(Health.NOT_YET, None, 0)
        self._wake = threading.Event()
        self._stopping = threading.Event()
        self._thread: threading.Thread | None = None

    def start(self) -> None:
        """Run the loop in a thread; the first turn waits a drawn part of the spread: many terminals boot together."""
        self._thread = threading.Thread(target=self._run, name="sync", daemon=True)
        self._thread.start()

    def wake(self) -> None:
        """A record was added; returns at once. A back-off under way is not shortened."""
        self._wake.set()

    def stop(self) -> None:
        """End the loop; an exchange under way is waited for, within bounds. Harmless twice."""
        self._stopping.set()
        self._wake.set()
        if self._thread is not None:
            self._thread.join(_PATIENCE_S)
            self._thread = None

    def state(self) -> SyncState:
        """How it goes."""
        return self._state

    def _run(self) -> None:
        self._stopping.wait(self._start_spread_s * self._jitter())
        while not self._stopping.is_set():
            self._wake.clear()
            wait_s = self._guarded_turn()
            if wait_s > 0:
                self._wake.wait(min(wait_s, _LONGEST_WAIT_S))

    def _guarded_turn(self) -> float:
        try:
            return self.turn()
        except EnrolmentError as error:  # the disk, outside an exchange
            self._failed(error.code)
            return _LONGEST_WAIT_S
        except Exception as error:  # noqa: BLE001 - the loop outlives its own faults; the type alone is no personal data
            _log.error("sync turn failed: %s", type(error).__name__)  # no traceback: it may quote values
            self._failed("internal")
            return _LONGEST_WAIT_S

    def turn(self) -> float:
        """One step: refresh if due, send one batch if there is one to send.

        Returns:
            Seconds until the next step is due; zero when there is more to do now.
        """
        self._prune()
        self._refresher.turn(self._monotonic(), self._jitter())
        now_s = self._monotonic()
        queue = self._outbox.queue(RECORDS_LIMIT + len(self._postponed))
        match planning.plan(queue, self._postponed, self._pace, now_s):
            case SendNow(sequences):
                self._send(self._outbox.load(sequences))
                return 0.0
            case WaitUntil(at_s):
                return max(0.0, min(at_s, self._refresher.due_s()) - now_s)
            case Idle():
                return max(0.0, self._refresher.due_s() - now_s)

    def _prune(self) -> None:
        if self._monotonic() >= self._prune_at_s:
            self._prune_at_s = self._monotonic() + _PRUNE_EVERY_S
            self._outbox.prune(self._server_time.clock() - KEEP_FORGOTTEN)

    def _send(self, records: Sequence[StoredRecord]) -> None:
        """One exchange.

        Steps:

        1. the records go out under one signature;
        2. the answer is central's, and to this very batch;
        3. what it says of each record is done in one transaction;
        4. its time is taken as the new floor.
        """
        try:
            answer = self._exchange(records)  # 1, 2
            self._reach(Failpoint.SEND_AFTER)
            settlement = settle(records, answer)
            self._outbox.settle(settlement.forget, settlement.reject)  # 3
            self._server_time.learn(answer.server_ms)  # 4
        except RefusedError as error:
            self._refused(records, error)
        except (LinkError, AnswerError, EnrolmentError) as error:
            self._failed(error.code)
        except WireError as error:
            if isinstance(error, SignatureError):
                self._refresher.hasten()  # perhaps the answer key was rotated
            self._failed(error.code)
        else:
            self._succeeded(settlement)

    def _exchange(self, records: Sequence[StoredRecord]) -> BatchAnswer:
        terminal = self._whereabouts.terminal
        answer_key = self._whereabouts.trust().verifying_key(KeyUse.ANSWER)
        batch = self._key.batch(terminal, [record.raw for record in records], sent_ms=self._server_time.stamp_ms())
        self._reach(Failpoint.SEND_BEFORE)
        return open_answer(self._link.submit(batch), answer_key, terminal=terminal, batch=batch)

    def _succeeded(self, settlement: Settlement) -> None:
        now_s = self._monotonic()
        settled = {*settlement.forget, *settlement.reject}
        self._postponed = {
            **{sequence: at_s for sequence, at_s in self._postponed.items() if sequence not in settled},
            **{sequence: now_s + wait_s for sequence, wait_s in settlement.postpone_s.items()},
        }
        if settlement.has_quarantined:
            self._refresher.hasten()  # perhaps this terminal was revoked, or its documents are behind
        self._pace = planning.after_success(self._pace)
        self._state = SyncState(Health.WELL, None, 0)
        for code in settlement.reject.values():
            _log.error("central refused to keep a record: %s", code)
        with contextlib.suppress(EnrolmentError):
            self._outbox.tidy()  # only cosmetics when it fails: the next turn tries again

    def _failed(self, code: str) -> None:
        self._pace = planning.after_failure(self._pace, self._monotonic(), self._jitter())
        self._note_failure(code)

    def _refused(self, records: Sequence[StoredRecord], error: RefusedError) -> None:
        if error.code not in _BATCH_AT_FAULT:
            self._failed(error.code)
            return
        now_s = self._monotonic()
        if len(records) == 1:
            # The one record that cannot be sent steps aside; unsigned words make nobody forget it.
            self._postponed[records[0].sequence] = now_s + planning.BACKOFF_CAP_S
        self._pace = planning.after_refusal(self._pace, now_s, self._jitter())
        self._note_failure(error.code)

    def _note_failure(self, code: str) -> None:
        self._state = SyncState(Health.FAILING, code, self._pace.failures)
        _log.warning("not sent: %s (%d in a row)", code, self._pace.failures)
