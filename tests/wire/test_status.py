from __future__ import annotations

from datetime import datetime, timedelta

import pytest
from cryptography.hazmat.primitives.asymmetric.ed25519 import Ed25519PrivateKey
from cryptography.hazmat.primitives.asymmetric.x25519 import X25519PrivateKey

from wire.errors import ChainError, SealError, SignatureError
from wire.identifiers import RecordId, TerminalId
from wire.nir import Nir
from wire.status import PersonStatus, open_query, open_status, unseal_query, write_query, write_status

TERMINAL = TerminalId("TERM-TEST-1")
PERSON = Nir.parse("285022A00400180")


@pytest.fixture
def device() -> Ed25519PrivateKey:
    return Ed25519PrivateKey.generate()


@pytest.fixture
def intake() -> X25519PrivateKey:
    return X25519PrivateKey.generate()


@pytest.fixture
def nonce(now: datetime) -> RecordId:
    return RecordId.new(now)


@pytest.fixture
def query(device: Ed25519PrivateKey, intake: X25519PrivateKey, nonce: RecordId, now: datetime) -> bytes:
    return write_query(PERSON, TERMINAL, intake.public_key(), device, at=now, nonce=nonce)


def test_intake_learns_whom_it_is_about(query: bytes, device: Ed25519PrivateKey, intake: X25519PrivateKey) -> None:
    assert unseal_query(open_query(query, device.public_key()), intake) == PERSON


def test_the_number_is_not_in_the_question(query: bytes) -> None:
    assert PERSON.body.encode() not in query


def test_only_intake_can_open_the_question(query: bytes, device: Ed25519PrivateKey) -> None:
    with pytest.raises(SealError):
        unseal_query(open_query(query, device.public_key()), X25519PrivateKey.generate())


def test_a_question_of_another_terminal_is_refused(query: bytes) -> None:
    with pytest.raises(SignatureError):
        open_query(query, Ed25519PrivateKey.generate().public_key())


def test_the_answer_is_for_this_question_only(
    query: bytes, device: Ed25519PrivateKey, nonce: RecordId, now: datetime
) -> None:
    central = Ed25519PrivateKey.generate()
    asked = open_query(query, device.public_key())
    answer = write_status(asked, PersonStatus.ACTIVE, central, at=now + timedelta(seconds=1))
    opened = open_status(answer, central.public_key(), terminal=TERMINAL, nonce=nonce)
    assert opened.status is PersonStatus.ACTIVE
    with pytest.raises(ChainError):
        open_status(answer, central.public_key(), terminal=TERMINAL, nonce=RecordId.new(now))
    with pytest.raises(SignatureError):
        open_status(answer, device.public_key(), terminal=TERMINAL, nonce=nonce)
