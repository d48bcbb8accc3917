"""Asks central whether a person has a dossier, while they stand there: a word within two seconds, or "unknown"."""

from __future__ import annotations

import logging

from kiosk.enrolment.desks import StatusDesk, StatusWord
from kiosk.enrolment.errors import EnrolmentError
from kiosk.sync.asking import Asker
from kiosk.sync.errors import LinkError
from kiosk.sync.keys import DeviceKey
from kiosk.sync.link import CentralLink
from kiosk.sync.server_time import ServerTime
from kiosk.sync.whereabouts import HeldWhereabouts
from wire.errors import WireError
from wire.identifiers import RecordId
from wire.nir import Nir
from wire.status import PersonStatus, open_status
from wire.trust import KeyUse

_UNKNOWN = StatusWord(PersonStatus.UNKNOWN)
_log = logging.getLogger(__name__)


class OnlineStatusDesk(StatusDesk):
    """StatusDesk over the link. One question at a time; a second one while the first hangs is UNKNOWN at once."""

    def __init__(
        self,
        link: CentralLink,
        key: DeviceKey,
        whereabouts: HeldWhereabouts,
        server_time: ServerTime,
        *,
        deadline_s: float = 2.0,
    ) -> None:
        self._link = link
        self._key = key
        self._whereabouts = whereabouts
        self._server_time = server_time
        self._asker: Asker[StatusWord] = Asker(deadline_s)

    def status_of(self, nir: Nir) -> StatusWord:
        """Central's word; UNKNOWN when it cannot be had by the deadline. Never raises."""
        return self._asker.ask(lambda: self._ask(nir)) or _UNKNOWN

    def _ask(self, nir: Nir) -> StatusWord:
        """One question.

        Steps:

        1. the NIR is sealed to central's intake under a fresh nonce, and the question signed;
        2. the answer is central's, to this terminal and this nonce;
        3. its time is taken as the new floor.

        A stolen terminal learns here, with the first card, that it is revoked.
        """
        try:
            place = self._whereabouts.current()
            at = self._server_time.clock()
            nonce = RecordId.new(at)
            intake = place.trust.sealing_key(KeyUse.INTAKE)
            query = self._key.status_query(nir, place.terminal, intake, at=at, nonce=nonce)  # 1
            answer_key = place.trust.verifying_key(KeyUse.ANSWER)
            answer = open_status(self._link.status(query), answer_key, terminal=place.terminal, nonce=nonce)  # 2
            self._server_time.learn(answer.server_ms)  # 3
        except (LinkError, WireError, EnrolmentError) as error:
            self._whereabouts.heed(error)
            _log.info("status unknown: %s", error.code)
            return _UNKNOWN
        return StatusWord(answer.status, max(0, answer.copies))
