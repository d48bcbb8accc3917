"""Whoever asks central something is a terminal in use that signed its question today."""

from __future__ import annotations

from dataclasses import dataclass
from datetime import datetime, timedelta

import pytest
from cryptography.hazmat.primitives.asymmetric.ed25519 import Ed25519PublicKey

from central.devices.asking import FRESHNESS_MS, asked_by
from central.engine import reading
from central.errors import NonceUsedError, NotSignedError, TerminalUnknownError
from tests.central.intake_rig import ARRIVAL, IntakeRig
from wire.errors import SignatureError
from wire.identifiers import milliseconds


@dataclass(frozen=True)
class Asked:
    asked_ms: int


def ask(rig: IntakeRig, named: str, at: datetime = ARRIVAL) -> tuple[str, Asked]:
    question = Asked(milliseconds(at))
    with reading(rig.engine) as connection:
        device, asked = asked_by(connection, named, lambda _key: question, now_ms=milliseconds(ARRIVAL))
    return device.terminal_id, asked


def test_a_terminal_in_use_is_named_with_its_question(rig: IntakeRig) -> None:
    name = rig.terminal().name
    assert ask(rig, name) == (name, Asked(milliseconds(ARRIVAL)))


def test_nobody_knows_a_terminal_that_never_registered(rig: IntakeRig) -> None:
    with pytest.raises(TerminalUnknownError):
        ask(rig, "T-NOBODY")


def test_the_question_is_opened_with_the_key_of_the_terminal_it_names(rig: IntakeRig) -> None:
    terminal = rig.terminal()

    def refuse(key: Ed25519PublicKey) -> Asked:
        assert key.public_bytes_raw() == terminal.key.public_key().public_bytes_raw()
        raise SignatureError("not hers")

    with reading(rig.engine) as connection, pytest.raises(NotSignedError):
        asked_by(connection, terminal.name, refuse, now_ms=milliseconds(ARRIVAL))


@pytest.mark.parametrize("off", [FRESHNESS_MS + 1, -FRESHNESS_MS - 1])
def test_a_question_of_another_day_is_refused(rig: IntakeRig, off: int) -> None:
    with pytest.raises(NonceUsedError) as refused:
        ask(rig, rig.terminal().name, ARRIVAL + timedelta(milliseconds=off))
    assert refused.value.code == "query_stale"


@pytest.mark.parametrize("off", [FRESHNESS_MS, -FRESHNESS_MS])
def test_a_clock_may_be_a_day_off(rig: IntakeRig, off: int) -> None:
    assert ask(rig, rig.terminal().name, ARRIVAL + timedelta(milliseconds=off))
