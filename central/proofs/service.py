"""Sends a code to the address a person gave at a terminal, and says whether what they typed there is that code."""

from __future__ import annotations

import logging
from collections.abc import Callable
from dataclasses import dataclass
from datetime import datetime

from sqlalchemy import Connection, Engine

from central.audit import service as audit
from central.audit.service import AuditEntry
from central.audit.tags import AuditTag
from central.db import shard_of
from central.engine import in_transaction, insert_into
from central.keys import CentralKeys
from central.messaging.errors import NotSentError
from central.messaging.ports import Messenger
from central.proofs import book
from central.proofs.book import ProofLimits
from central.proofs.codes import ProofSecret, new_code
from central.proofs.models import contact_proofs
from central.proofs.questions import QuestionLimits, open_question, use
from central.proofs.wording import wording_for
from central.turns import take_turns
from wire.errors import IdentifierError
from wire.identifiers import RecordId, milliseconds, moment
from wire.proofs import (
    CheckCode,
    ContactKind,
    ProofAnswer,
    ProofOutcome,
    ProofRequest,
    SendCode,
    unseal_request,
    write_proof_answer,
)

_log = logging.getLogger(__name__)
_MINUTE_MS = 60_000


@dataclass(frozen=True, slots=True)
class _Word:
    outcome: ProofOutcome
    proof: RecordId | None = None
    valid_until_ms: int | None = None
    retry_ms: int | None = None
    tries_left: int | None = None


class ProofDesk:
    """Answers a terminal's questions about one-time codes."""

    def __init__(
        self,
        engine: Engine,
        keys: CentralKeys,
        messenger: Messenger,
        *,
        shards: int,
        limits: ProofLimits | None = None,
        question_limits: QuestionLimits | None = None,
        make_code: Callable[[], str] = new_code,
    ) -> None:
        self._engine = engine
        self._keys = keys
        self._secret = ProofSecret.of(keys)
        self._messenger = messenger
        self._shards = shards
        self._limits = limits or ProofLimits()
        self._question_limits = question_limits or QuestionLimits()
        self._make_code = make_code

    def answer(self, document: bytes, *, now: datetime) -> bytes:
        """The signed word for a signed question.

        Steps:

        1. terminal, signature, day (:func:`central.proofs.questions.open_question`);
        2. the question opens with the intake key;
        3. its nonce is spent in the transaction of what is done: a question replayed does nothing;
        4. the code is sent, or compared.

        Not checked: that a person is there, and that the address is theirs: the code is for that.

        Raises:
            FormatError, SealError: not a question.
            TerminalUnknownError, TerminalRevokedError, NotSignedError, NonceUsedError, TooManyError: 1 and 3.
        """
        now_ms = milliseconds(now)
        request = open_question(self._engine, document, self._question_limits, now_ms=now_ms)  # 1
        asked = unseal_request(request, self._keys.intake)  # 2
        if isinstance(asked, SendCode):
            word = self._send(request, asked, now_ms)
        else:
            word = self._check(request, asked, now_ms)
        return self._signed(request, word, now_ms)

    def _send(self, request: ProofRequest, asked: SendCode, now_ms: int) -> _Word:
        """Note the code first, then send it: one that nobody knows of could not be checked.

        The gateway is not waited for inside a transaction. If this process dies in between, a row is left that nothing
        can prove; the throttle counts it.
        """
        proof, code = RecordId.new(moment(now_ms)), self._make_code()
        refusal = in_transaction(
            self._engine, lambda connection: self._note(connection, request, asked, proof, code, now_ms)
        )
        if refusal is not None:
            return refusal
        try:
            self._dispatch(asked, code)
        except NotSentError as error:
            _log.warning("a code did not leave: %s", error.code)
            # A message that may still arrive counts for the throttle, one that surely never left does not.
            undo = book.spend if error.code == "silent" else book.forget
            in_transaction(self._engine, lambda connection: undo(connection, proof))
            return _Word(ProofOutcome.NOT_NOW)
        in_transaction(
            self._engine, lambda connection: self._audit(connection, AuditTag.CONTACT_CODE_SENT, proof, request, now_ms)
        )
        return _Word(
            ProofOutcome.SENT,
            proof,
            valid_until_ms=now_ms + self._limits.validity_ms,
            retry_ms=now_ms + self._limits.resend_ms,
            tries_left=self._limits.tries,
        )

    def _note(
        self, connection: Connection, request: ProofRequest, asked: SendCode, proof: RecordId, code: str, now_ms: int
    ) -> _Word | None:
        address_hash = self._secret.address_hash(asked.contact, asked.address)
        take_turns(connection, request.terminal.encode(), address_hash)  # messages to one address one at a time
        use(connection, request, self._question_limits, now_ms=now_ms)  # 3
        book.forget_old(connection, self._limits, now_ms=now_ms)
        retry_ms = book.wait_for_address(connection, address_hash, self._limits, now_ms=now_ms)
        if retry_ms is not None:
            return _Word(ProofOutcome.TOO_SOON, retry_ms=retry_ms)
        if not self._can_send(asked.contact) or book.is_terminal_busy(
            connection, request.terminal, self._limits, now_ms=now_ms
        ):
            return _Word(ProofOutcome.NOT_NOW)
        book.supersede(connection, request.terminal, address_hash)
        connection.execute(
            insert_into(connection, contact_proofs),
            {
                "proof_id": proof.value,
                "terminal_id": request.terminal,
                "contact": asked.contact.value,
                "address_hash": address_hash,
                "code_hash": self._secret.code_hash(proof, address_hash, code),
                "wrong_tries": 0,
                "asked_ms": now_ms,
                "valid_until_ms": now_ms + self._limits.validity_ms,
                "proved_ms": None,
            },
        )
        return None

    def _can_send(self, contact: ContactKind) -> bool:
        return self._messenger.has_email if contact is ContactKind.EMAIL else self._messenger.has_sms

    def _dispatch(self, asked: SendCode, code: str) -> None:
        words = wording_for(asked.language)
        values = {"code": code, "minutes": self._limits.validity_ms // _MINUTE_MS}
        if asked.contact is ContactKind.EMAIL:
            self._messenger.send_email(asked.address, words.subject, words.email.format(**values))
        else:
            self._messenger.send_sms(asked.address, words.sms.format(**values))

    def _check(self, request: ProofRequest, asked: CheckCode, now_ms: int) -> _Word:
        return in_transaction(self._engine, lambda connection: self._judge(connection, request, asked, now_ms))

    def _judge(self, connection: Connection, request: ProofRequest, asked: CheckCode, now_ms: int) -> _Word:
        use(connection, request, self._question_limits, now_ms=now_ms)  # 3
        try:
            proof = RecordId(asked.proof)
        except IdentifierError:
            return _Word(ProofOutcome.SPENT)
        verdict = book.judge(
            connection,
            self._secret,
            proof,
            asked.code,
            terminal_id=request.terminal,
            limits=self._limits,
            now_ms=now_ms,
        )
        if verdict.outcome is ProofOutcome.PROVED:
            self._audit(connection, AuditTag.CONTACT_PROVED, proof, request, now_ms)
            return _Word(ProofOutcome.PROVED, proof)
        return _Word(verdict.outcome, tries_left=verdict.tries_left)

    def _audit(
        self, connection: Connection, tag: AuditTag, proof: RecordId, request: ProofRequest, now_ms: int
    ) -> None:
        entry = AuditEntry(tag, proof.value, f"terminal:{request.terminal}")
        audit.append(connection, shard_of(request.terminal.encode(), self._shards), [entry], at_ms=now_ms)

    def _signed(self, request: ProofRequest, word: _Word, now_ms: int) -> bytes:
        answer = ProofAnswer(
            terminal=request.terminal,
            nonce=request.nonce,
            outcome=word.outcome,
            server_ms=now_ms,
            proof=None if word.proof is None else word.proof.value,
            valid_until_ms=word.valid_until_ms,
            retry_ms=word.retry_ms,
            tries_left=word.tries_left,
        )
        return write_proof_answer(answer, self._keys.answer)
