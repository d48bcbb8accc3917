"""A desk over a real database, a terminal with its key, and a person's phone."""

from __future__ import annotations

import itertools
from collections.abc import Callable
from dataclasses import dataclass, field
from datetime import datetime, timedelta

import pytest

from central.engine import reading
from central.proofs.book import ProofLimits, proved
from central.proofs.codes import ProofSecret
from central.proofs.questions import QuestionLimits
from central.proofs.service import ProofDesk
from tests.central.intake_rig import ARRIVAL, IntakeRig, rig  # noqa: F401 - a fixture is found by its name here
from tests.fakes.messenger import FakeMessenger
from tests.fakes.terminal import FakeTerminal
from wire.identifiers import RecordId, TerminalId
from wire.proofs import (
    CheckCode,
    ContactKind,
    ProofAnswer,
    SendCode,
    open_proof_answer,
    write_request,
)

EMAIL, MOBILE = "marie.canari@exemple.fr", "+33612345678"


@dataclass
class Counter:
    """Central's desk and one terminal that asks; ``now`` is everybody's time."""

    rig: IntakeRig
    limits: ProofLimits = field(default_factory=ProofLimits)
    question_limits: QuestionLimits = field(default_factory=QuestionLimits)
    messenger: FakeMessenger = field(default_factory=FakeMessenger)
    now: datetime = ARRIVAL

    def __post_init__(self) -> None:
        self.terminal = self.rig.terminal()
        self.secret = ProofSecret.of(self.rig.keys)
        codes = itertools.count(31_415, 1000)  # no two alike, which chance does not promise
        self.desk = ProofDesk(
            self.rig.engine,
            self.rig.keys,
            self.messenger,
            shards=self.rig.shards,
            limits=self.limits,
            question_limits=self.question_limits,
            make_code=lambda: f"{next(codes):06d}",
        )

    def pass_by(self, **span: float) -> None:
        self.now += timedelta(**span)

    def write(self, asked: SendCode | CheckCode, nonce: RecordId, terminal: FakeTerminal | None = None) -> bytes:
        who = terminal or self.terminal
        return write_request(
            asked, TerminalId(who.name), self.rig.keys.intake.public_key(), who.key, at=self.now, nonce=nonce
        )

    def ask(self, asked: SendCode | CheckCode, terminal: FakeTerminal | None = None) -> ProofAnswer:
        nonce, who = RecordId.new(self.now), terminal or self.terminal
        document = self.desk.answer(self.write(asked, nonce, who), now=self.now)
        public = self.rig.keys.answer.public_key()
        return open_proof_answer(document, public, terminal=TerminalId(who.name), nonce=nonce)

    def send(self, address: str = EMAIL, *, language: str = "fr", terminal: FakeTerminal | None = None) -> ProofAnswer:
        contact = ContactKind.EMAIL if "@" in address else ContactKind.MOBILE
        return self.ask(SendCode(contact=contact, address=address, language=language), terminal)

    def check(self, proof: bytes | None, code: str, terminal: FakeTerminal | None = None) -> ProofAnswer:
        return self.ask(CheckCode(proof=proof or b"", code=code), terminal)

    @property
    def code(self) -> str:
        """What the person reads on their phone."""
        return self.messenger.sent[-1].code

    @property
    def wrong_code(self) -> str:
        """Any other code."""
        return f"{(int(self.code) + 1) % 1_000_000:06d}"

    def is_proved(
        self,
        proof: bytes | None,
        address: str = EMAIL,
        contact: ContactKind = ContactKind.EMAIL,
        terminal_id: str | None = None,
    ) -> bool:
        with reading(self.rig.engine) as connection:
            claim = contact, proof or b"", address
            return bool(proved(connection, self.secret, [claim], terminal_id=terminal_id or self.terminal.name))


@pytest.fixture
def counter(rig: IntakeRig) -> Counter:  # noqa: F811 - the fixture above
    return Counter(rig)


@pytest.fixture
def counter_with(rig: IntakeRig) -> Callable[..., Counter]:  # noqa: F811 - the fixture above
    return lambda **given: Counter(rig, **given)
