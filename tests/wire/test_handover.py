from __future__ import annotations

import pytest
from cryptography.hazmat.primitives.asymmetric.ed25519 import Ed25519PrivateKey

from wire.errors import ChainError, SignatureError
from wire.handover import (
    HAND_OVER_COUNT,
    HAND_OVER_LIMIT,
    EventsAnswer,
    EventsQuery,
    HandOver,
    HandOverAction,
    HandOverAnswer,
    HandOverItem,
    open_events_answer,
    open_events_query,
    open_hand_over,
    open_hand_over_answer,
    write_events_answer,
    write_events_query,
    write_hand_over,
    write_hand_over_answer,
)
from wire.records import VAULT_LIMIT, sha256


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


def test_as_many_of_the_longest_parts_as_one_request_may_hold_fit_into_it(central: Ed25519PrivateKey) -> None:
    """Intake lets no longer part through (central.intake.opening), so nobody's parts can stop the hand-over."""
    longest = HandOverItem(
        record_id=bytes(16),
        action=HandOverAction.CODE_REQUEST,
        dossier_id=bytes(16),
        terminal="T" * 32,
        vault=bytes(VAULT_LIMIT),
        break_glass_refused=False,
        centre_15_refused=False,
    )
    request = write_hand_over(HandOver(sent_ms=1, items=(longest,) * HAND_OVER_COUNT), central)
    assert len(request) <= HAND_OVER_LIMIT
