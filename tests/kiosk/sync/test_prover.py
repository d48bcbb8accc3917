"""One-time codes over the line: what is believed, and how long a person waits at the most."""

from __future__ import annotations

import threading
import time
from dataclasses import replace

import pytest

from kiosk.enrolment.errors import NotReadyError
from kiosk.sync.errors import RefusedError
from kiosk.sync.prover import OnlineProver
from tests.fakes.central_simulator import CentralSimulator
from tests.fakes.programme import TERMINAL, Programme
from tests.fakes.terminal_rig import TerminalRig
from wire.identifiers import milliseconds
from wire.proofs import ContactKind, ProofAnswer, ProofOutcome, open_request, write_proof_answer

EMAIL = "marie.canari@exemple.fr"


def prover_of(rig: TerminalRig, programme: Programme, deadline_s: float = 5.0) -> OnlineProver:
    return OnlineProver(rig.link, programme.device, rig.whereabouts, rig.server_time, deadline_s=deadline_s)


def send(prover: OnlineProver) -> ProofOutcome:
    return prover.send(ContactKind.EMAIL, EMAIL, "fr").outcome


def test_the_language_and_the_address_reach_central(
    rig: TerminalRig, central: CentralSimulator, programme: Programme
) -> None:
    prover_of(rig, programme).send(ContactKind.EMAIL, EMAIL, "ar")
    [sent] = central.proofs.sent
    assert (sent.contact, sent.address, sent.language) == (ContactKind.EMAIL, EMAIL, "ar")


def test_neither_address_nor_code_crosses_the_line_in_clear(
    rig: TerminalRig, central: CentralSimulator, programme: Programme, monkeypatch: pytest.MonkeyPatch
) -> None:
    crossed: list[bytes] = []
    honest = central.proof

    def overhear(request: bytes) -> bytes:
        crossed.append(request)
        crossed.append(honest(request))
        return crossed[-1]

    monkeypatch.setattr(central, "proof", overhear)
    prover = prover_of(rig, programme)
    sent = prover.send(ContactKind.EMAIL, EMAIL, "fr")
    code = central.proofs.sent[-1].code
    prover.check(sent.proof or b"", code)
    assert len(crossed) == 4
    assert not any(word in line for line in crossed for word in (b"canari", code.encode()))


def test_an_answer_signed_by_another_is_not_now(
    rig: TerminalRig, central: CentralSimulator, programme: Programme
) -> None:
    central.programme = programme.with_new_answer_key()
    assert send(prover_of(rig, programme)) is ProofOutcome.NOT_NOW


def test_an_answer_to_an_earlier_question_is_not_now(
    rig: TerminalRig, central: CentralSimulator, programme: Programme, monkeypatch: pytest.MonkeyPatch
) -> None:
    honest = central.proof
    answers: list[bytes] = []

    def replaying(request: bytes) -> bytes:
        answers.append(honest(request))
        return answers[0]

    monkeypatch.setattr(central, "proof", replaying)
    prover = prover_of(rig, programme)
    assert [send(prover), send(prover)] == [ProofOutcome.SENT, ProofOutcome.NOT_NOW]


@pytest.mark.parametrize("outcome", [ProofOutcome.PROVED, ProofOutcome.WRONG, ProofOutcome.SPENT])
def test_a_word_that_does_not_fit_the_question_is_not_now(
    outcome: ProofOutcome,
    rig: TerminalRig,
    central: CentralSimulator,
    programme: Programme,
    monkeypatch: pytest.MonkeyPatch,
) -> None:
    def confused(request: bytes) -> bytes:
        nonce = open_request(request, programme.device_public()).nonce
        answer = ProofAnswer(terminal=TERMINAL, nonce=nonce, outcome=outcome, server_ms=milliseconds(central.now))
        return write_proof_answer(answer, programme.answer)

    monkeypatch.setattr(central, "proof", confused)
    assert send(prover_of(rig, programme)) is ProofOutcome.NOT_NOW


def test_a_revoked_terminal_does_not_ask(rig: TerminalRig, central: CentralSimulator, programme: Programme) -> None:
    rig.whereabouts.revoke()
    assert send(prover_of(rig, programme)) is ProofOutcome.NOT_NOW
    assert central.proofs.sent == []


def test_a_terminal_learns_here_that_it_is_revoked(
    rig: TerminalRig, central: CentralSimulator, programme: Programme, monkeypatch: pytest.MonkeyPatch
) -> None:
    def refuse(_request: bytes) -> bytes:
        raise RefusedError("no", status=403, code="terminal_revoked")

    monkeypatch.setattr(central, "proof", refuse)
    send(prover_of(rig, programme))
    with pytest.raises(NotReadyError):
        rig.whereabouts.current()


def test_a_line_that_hangs_costs_the_deadline_once_and_then_nothing(
    rig: TerminalRig, central: CentralSimulator, programme: Programme, monkeypatch: pytest.MonkeyPatch
) -> None:
    released = threading.Event()

    def hanging(request: bytes) -> bytes:
        released.wait(10)
        return request

    monkeypatch.setattr(central, "proof", hanging)
    prover = prover_of(rig, programme, deadline_s=0.2)
    began = time.monotonic()
    assert send(prover) is ProofOutcome.NOT_NOW
    waited = time.monotonic() - began
    assert send(prover) is ProofOutcome.NOT_NOW
    assert 0.2 <= waited < 1
    assert time.monotonic() - began - waited < 0.1
    released.set()


def test_the_signed_time_is_learned(rig: TerminalRig, central: CentralSimulator, programme: Programme) -> None:
    send(prover_of(rig, programme))
    assert rig.server_time.floor().floor_ms == milliseconds(central.now)


def test_nothing_of_a_person_is_logged(
    rig: TerminalRig, central: CentralSimulator, programme: Programme, caplog: pytest.LogCaptureFixture
) -> None:
    caplog.set_level("DEBUG")
    central.down = True
    word = prover_of(rig, programme).send(ContactKind.EMAIL, EMAIL, "fr")
    assert "canari" not in caplog.text + repr(replace(word))
