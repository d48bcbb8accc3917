from __future__ import annotations

import pytest
from cryptography.hazmat.primitives.asymmetric.ed25519 import Ed25519PrivateKey

from wire.errors import ChainError, SignatureError
from wire.handover import (
    EventsAnswer,
    EventsQuery,
    HandOver,
    HandOverAnswer,
    open_events_answer,
    open_events_query,
    open_hand_over,
    open_hand_over_answer,
    write_events_answer,
    write_events_query,
    write_hand_over,
    write_hand_over_answer,
)
from wire.records import sha256


@pytest.fixture
def central() -> Ed25519PrivateKey:
    return Ed25519PrivateKey.generate()


@pytest.fixture
def vault() -> Ed25519PrivateKey:
    return Ed25519PrivateKey.generate()


def test_the_vault_takes_only_what_central_signed(central: Ed25519PrivateKey, vault: Ed25519PrivateKey) -> None:
    request = write_hand_over(HandOver(sent_ms=1, items=()), central)
    assert open_hand_over(request, central.public_key()).items == ()
    with pytest.raises(SignatureError):
        open_hand_over(request, vault.public_key())


def test_a_question_for_events_does_not_pass_for_a_hand_over(central: Ed25519PrivateKey) -> None:
    with pytest.raises(SignatureError):
        open_hand_over(write_events_query(EventsQuery(after=0, limit=1, sent_ms=1), central), central.public_key())


def test_an_answer_belongs_to_one_request(central: Ed25519PrivateKey, vault: Ed25519PrivateKey) -> None:
    request = write_hand_over(HandOver(sent_ms=1, items=()), central)
    answer = write_hand_over_answer(HandOverAnswer(request_digest=sha256(request), server_ms=2, results=()), vault)
    assert open_hand_over_answer(answer, vault.public_key(), request=request).server_ms == 2
    with pytest.raises(ChainError):
        open_hand_over_answer(answer, vault.public_key(), request=request + b"x")


def test_events_answer_one_question(central: Ed25519PrivateKey, vault: Ed25519PrivateKey) -> None:
    query = write_events_query(EventsQuery(after=7, limit=10, sent_ms=1), central)
    assert open_events_query(query, central.public_key()).after == 7
    answer = write_events_answer(EventsAnswer(request_digest=sha256(query), events=()), vault)
    assert open_events_answer(answer, vault.public_key(), request=query).events == ()
    with pytest.raises(ChainError):
        open_events_answer(answer, vault.public_key(), request=b"another")
