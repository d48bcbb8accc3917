"""A ``ContactProver`` over codes in memory; the same codes serve the simulated central."""

from __future__ import annotations

from collections.abc import Callable
from dataclasses import dataclass, field
from datetime import datetime, timedelta

from kiosk.enrolment.desks import ContactProver, ProofWord
from tests.fakes.programme import PRESENT
from wire.identifiers import RecordId
from wire.proofs import ContactKind, ProofOutcome

VALID = timedelta(minutes=10)
PAUSE = timedelta(seconds=60)
TRIES = 3
_NOT_NOW = ProofWord(ProofOutcome.NOT_NOW)
_SPENT = ProofWord(ProofOutcome.SPENT)


@dataclass
class SentCode:
    """One message that a person received."""

    contact: ContactKind
    address: str
    language: str
    code: str
    proof: bytes
    at: datetime
    tries_left: int = TRIES
    alive: bool = True


@dataclass
class MemoryProofs:
    """What central does with codes, as far as a terminal can tell."""

    now: Callable[[], datetime] = lambda: PRESENT
    sent: list[SentCode] = field(default_factory=list)
    can_send: bool = True

    def send(self, contact: ContactKind, address: str, language: str) -> ProofWord:
        at = self.now()
        earlier = [one for one in self.sent if one.address == address and at - one.at < PAUSE]
        if earlier:
            return ProofWord(ProofOutcome.TOO_SOON, retry_s=(earlier[-1].at + PAUSE - at).total_seconds())
        if not self.can_send:
            return _NOT_NOW
        for one in self.sent:
            one.alive = one.alive and one.address != address
        code = f"{314159 + len(self.sent):06d}"
        self.sent.append(SentCode(contact, address, language, code, RecordId.new(at).value, at))
        return ProofWord(ProofOutcome.SENT, self.sent[-1].proof, PAUSE.total_seconds(), TRIES)

    def check(self, proof: bytes, code: str) -> ProofWord:
        found = [one for one in self.sent if one.proof == proof and one.alive and self.now() - one.at < VALID]
        if not found:
            return _SPENT
        one = found[0]
        if one.code == code:
            one.alive = False
            return ProofWord(ProofOutcome.PROVED, proof)
        one.tries_left -= 1
        one.alive = one.tries_left > 0
        return ProofWord(ProofOutcome.WRONG if one.alive else ProofOutcome.SPENT, tries_left=one.tries_left)


class FakeContactProver(ContactProver):
    """``down`` cuts the line; ``proofs.sent`` are the messages that people received."""

    def __init__(self, now: Callable[[], datetime] = lambda: PRESENT) -> None:
        self.proofs = MemoryProofs(now)
        self.down = False

    def send(self, contact: ContactKind, address: str, language: str) -> ProofWord:
        return _NOT_NOW if self.down else self.proofs.send(contact, address, language)

    def check(self, proof: bytes, code: str) -> ProofWord:
        return _NOT_NOW if self.down else self.proofs.check(proof, code)

    @property
    def last_code(self) -> str:
        """What the person reads on their phone."""
        return self.proofs.sent[-1].code
