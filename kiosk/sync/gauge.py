"""What the terminal knows of central without asking: waiting records, the last exchange, documents, the signed time."""

from __future__ import annotations

from datetime import datetime

from kiosk.enrolment.errors import NotReadyError
from kiosk.enrolment.machine import CentralGauge, CentralReading, DeadRecord
from kiosk.sync.errors import REVOKED
from kiosk.sync.outbox import Outbox
from kiosk.sync.refresh import Refresher
from kiosk.sync.server_time import ServerTime
from kiosk.sync.whereabouts import HeldWhereabouts
from kiosk.sync.worker import SyncWorker
from wire.identifiers import moment

OLDEST_SHOWN = 8
"""Ids of waiting records that a person can read over the telephone."""

_NO_WORD = frozenset({"unreachable", "timeout"})
# The disk, a mistake of ours, or a revocation: each has a fault of its own and is no quarrel with central.
_NOT_OF_CENTRAL = frozenset({"store", "internal", REVOKED})


class HeldGauge(CentralGauge):
    """CentralGauge over the parts that send and refresh."""

    def __init__(
        self,
        outbox: Outbox,
        worker: SyncWorker,
        refresher: Refresher,
        whereabouts: HeldWhereabouts,
        server_time: ServerTime,
    ) -> None:
        self._outbox = outbox
        self._worker = worker
        self._refresher = refresher
        self._whereabouts = whereabouts
        self._server_time = server_time

    def read(self) -> CentralReading:
        """All of it now."""
        trust_until, trust_code = self._trust()
        failure = self._failure(trust_code)
        return CentralReading(
            clock_off=self._server_time.clock_off(),
            trust_until=trust_until,
            configuration_version=self._whereabouts.configuration_version(),
            configuration_confirmed_at=self._whereabouts.confirmed_at(),
            last_contact_at=self._last_contact(),
            failure=failure,
            unreachable=failure in _NO_WORD,
            waiting=self._outbox.waiting(),
            oldest=self._outbox.oldest(OLDEST_SHOWN),
            dead=tuple(DeadRecord(letter.record_id, letter.code) for letter in self._outbox.dead_letters()),
        )

    def _trust(self) -> tuple[datetime | None, str | None]:
        try:
            return moment(self._whereabouts.trust().valid_until_ms), None
        except NotReadyError as error:
            return None, error.code

    def _failure(self, trust_code: str | None) -> str | None:
        for code in (self._worker.state().failure, self._refresher.failure):
            if code is not None and code != trust_code and code not in _NOT_OF_CENTRAL:
                return code
        return None

    def _last_contact(self) -> datetime | None:
        floor_ms = self._server_time.floor().floor_ms
        heard = [self._whereabouts.confirmed_at(), None if floor_ms is None else moment(floor_ms)]
        return max((at for at in heard if at is not None), default=None)
