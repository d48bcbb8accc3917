"""Outcomes: only what is durable by the very hash is forgotten."""

from __future__ import annotations

import pytest
from hypothesis import given
from hypothesis import strategies as st

from kiosk.sync.errors import AnswerError
from kiosk.sync.outbox import StoredRecord
from kiosk.sync.outcomes import PENDING_DEFAULT_S, settle
from wire.batch import BatchAnswer, Outcome, RecordOutcome

SERVER_MS = 1_800_000_000_000
SENT = tuple(StoredRecord(sequence, bytes([sequence]) * 32, b"") for sequence in (1, 2, 3))


def answer(*outcomes: RecordOutcome) -> BatchAnswer:
    return BatchAnswer(terminal="T-HALL-01", batch_digest=bytes(32), server_ms=SERVER_MS, outcomes=outcomes)


def of(sequence: int, outcome: Outcome, **more: object) -> RecordOutcome:
    return RecordOutcome(record_hash=bytes([sequence]) * 32, outcome=outcome, **more)  # type: ignore[arg-type]


def test_each_record_gets_what_the_answer_says_of_it() -> None:
    done = settle(
        SENT,
        answer(
            of(3, Outcome.REJECTED, code="record_version"),
            of(1, Outcome.DURABLE_NEW, code="quarantined"),
            of(2, Outcome.PENDING, retry_ms=SERVER_MS + 90_000),
        ),
    )
    assert (done.forget, done.reject, done.postpone_s) == ((1,), {3: "record_version"}, {2: 90.0})


@pytest.mark.parametrize(("code", "told"), [("quarantined", True), ("second_enrolment", False), (None, False)])
def test_a_record_set_aside_by_central_is_told_from_one_that_counts(code: str | None, told: bool) -> None:
    assert settle(SENT, answer(of(1, Outcome.DURABLE_NEW, code=code))).has_quarantined is told


def test_a_record_that_is_not_named_is_postponed_not_forgotten() -> None:
    done = settle(SENT, answer(of(1, Outcome.DURABLE_ALREADY)))
    assert done.forget == (1,)
    assert done.postpone_s == {2: PENDING_DEFAULT_S, 3: PENDING_DEFAULT_S}


def test_an_outcome_for_a_hash_that_was_not_sent_is_ignored() -> None:
    done = settle(SENT[:1], answer(of(9, Outcome.DURABLE_NEW), of(1, Outcome.PENDING)))
    assert done.forget == ()


def test_an_answer_about_nothing_that_was_sent_is_no_answer() -> None:
    with pytest.raises(AnswerError) as refused:
        settle(SENT, answer(of(9, Outcome.DURABLE_NEW)))
    assert refused.value.code == "answer_empty"


def test_an_answer_that_contradicts_itself_is_no_answer() -> None:
    with pytest.raises(AnswerError) as refused:
        settle(SENT, answer(of(1, Outcome.DURABLE_NEW), of(1, Outcome.PENDING)))
    assert refused.value.code == "answer_contradicts"


@pytest.mark.parametrize(("retry_ms", "wait_s"), [(SERVER_MS - 5000, 1.0), (SERVER_MS + 10**12, 3600.0), (0, 1.0)])
def test_a_wait_beyond_reason_is_cut_to_reason(retry_ms: int, wait_s: float) -> None:
    done = settle(SENT[:1], answer(of(1, Outcome.PENDING, retry_ms=retry_ms)))
    assert done.postpone_s == {1: wait_s}


outcomes = st.lists(
    st.builds(
        of,
        st.integers(1, 5),
        st.sampled_from(Outcome),
        code=st.none() | st.text(max_size=200),
        retry_ms=st.none() | st.integers(),
    ),
    max_size=6,
)


@given(outcomes)
def test_every_record_has_exactly_one_fate_and_is_forgotten_only_when_durable(given_: list[RecordOutcome]) -> None:
    try:
        done = settle(SENT, answer(*given_))
    except AnswerError:
        return
    fates = [*done.forget, *done.reject, *done.postpone_s]
    assert sorted(fates) == [1, 2, 3]
    durable = {one.record_hash[0] for one in given_ if one.outcome in {Outcome.DURABLE_NEW, Outcome.DURABLE_ALREADY}}
    assert set(done.forget) <= durable
