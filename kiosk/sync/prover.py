"""Asks central to send a one-time code, and tells it what the person typed: a word within seconds, or "not now"."""

from __future__ import annotations

import logging

from kiosk.enrolment.desks import ContactProver, ProofWord
from kiosk.enrolment.errors import EnrolmentError
from kiosk.sync.asking import Asker
from kiosk.sync.errors import LinkError
from kiosk.sync.keys import DeviceKey
from kiosk.sync.link import CentralLink
from kiosk.sync.server_time import ServerTime
from kiosk.sync.whereabouts import HeldWhereabouts
from wire.errors import WireError
from wire.identifiers import RecordId
from wire.proofs import CheckCode, ContactKind, ProofAnswer, ProofOutcome, SendCode, open_proof_answer
from wire.trust import KeyUse

_NOT_NOW = ProofWord(ProofOutcome.NOT_NOW)
_AFTER_SENDING = frozenset({ProofOutcome.SENT, ProofOutcome.TOO_SOON, ProofOutcome.NOT_NOW})
_AFTER_CHECKING = frozenset({ProofOutcome.PROVED, ProofOutcome.WRONG, ProofOutcome.SPENT, ProofOutcome.NOT_NOW})
_log = logging.getLogger(__name__)


class OnlineProver(ContactProver):
    """ContactProver over the link. A question that hangs costs its deadline once; the next is NOT_NOW at once."""

    def __init__(
        self,
        link: CentralLink,
        key: DeviceKey,
        whereabouts: HeldWhereabouts,
        server_time: ServerTime,
        *,
        deadline_s: float = 5.0,
    ) -> None:
        self._link = link
        self._key = key
        self._whereabouts = whereabouts
        self._server_time = server_time
        self._asker: Asker[ProofWord] = Asker(deadline_s)

    def send(self, contact: ContactKind, address: str, language: str) -> ProofWord:
        """Central's word on sending a code there."""
        asked = SendCode(contact=contact, address=address, language=language)
        return self._asker.ask(lambda: self._ask(asked)) or _NOT_NOW

    def check(self, proof: bytes, code: str) -> ProofWord:
        """Central's word on what was typed."""
        asked = CheckCode(proof=proof, code=code)
        return self._asker.ask(lambda: self._ask(asked)) or _NOT_NOW

    def _ask(self, asked: SendCode | CheckCode) -> ProofWord:
        """One question.

        Steps:

        1. it is sealed to central's intake under a fresh nonce, and signed;
        2. the answer is central's, to this terminal and this nonce;
        3. it is one that fits the question: "proved" is no answer to "send";
        4. its time is taken as the new floor.
        """
        try:
            place = self._whereabouts.current()
            at = self._server_time.clock()
            nonce = RecordId.new(at)
            intake = place.trust.sealing_key(KeyUse.INTAKE)
            request = self._key.proof_request(asked, place.terminal, intake, at=at, nonce=nonce)  # 1
            answer_key = place.trust.verifying_key(KeyUse.ANSWER)
            answer = open_proof_answer(self._link.proof(request), answer_key, terminal=place.terminal, nonce=nonce)  # 2
            self._server_time.learn(answer.server_ms)  # 4
        except (LinkError, WireError, EnrolmentError) as error:
            self._whereabouts.heed(error)
            _log.info("no proof now: %s", error.code)
            return _NOT_NOW
        fitting = _AFTER_SENDING if isinstance(asked, SendCode) else _AFTER_CHECKING
        return _as_word(answer) if answer.outcome in fitting else _NOT_NOW  # 3


def _as_word(answer: ProofAnswer) -> ProofWord:
    retry_s = None if answer.retry_ms is None else max(0.0, (answer.retry_ms - answer.server_ms) / 1000)
    return ProofWord(answer.outcome, answer.proof, retry_s, answer.tries_left)
