"""Invariant 4: no dossier without the whole evidence of consent."""

from __future__ import annotations

from typing import Any

import msgspec
import pytest

from central.enrolments.evidence import ConsentEvidence, evidence_of, is_complete, is_refused
from tests.fakes.terminal import enrolment_facts, fictitious_nir, text_shown
from wire.canonical import decode
from wire.evidence import Question
from wire.facts import EnrolmentFacts

WHOLE = enrolment_facts(fictitious_nir(1))


def changed(**changes: Any) -> EnrolmentFacts:
    return msgspec.structs.replace(WHOLE, **changes)


def without(question: Question) -> EnrolmentFacts:
    return changed(answers=tuple(answer for answer in WHOLE.answers if answer.question is not question))


def check(**changes: Any) -> EnrolmentFacts:
    return changed(identity_check=msgspec.structs.replace(WHOLE.identity_check, **changes))


def test_whole_evidence_opens_a_dossier() -> None:
    assert is_complete(WHOLE)


def test_refused_emergency_accesses_are_answers_like_others() -> None:
    assert is_complete(
        enrolment_facts(fictitious_nir(1), accepted={Question.BREAK_GLASS: False, Question.CENTRE_15: False})
    )


@pytest.mark.parametrize("question", list(Question))
def test_each_question_must_have_been_answered(question: Question) -> None:
    assert not is_complete(without(question))


def test_an_answer_given_twice_is_no_answer() -> None:
    assert not is_complete(changed(answers=(*WHOLE.answers, WHOLE.answers[0])))
    assert not is_complete(changed(answers=(*WHOLE.answers[:2], WHOLE.answers[0])))


def test_creation_must_have_been_accepted() -> None:
    assert not is_complete(enrolment_facts(fictitious_nir(1), accepted={Question.CREATION: False}))


@pytest.mark.parametrize(
    "shown",
    [{"version": ""}, {"language": ""}, {"text_id": ""}, {"sha256": b""}, {"sha256": bytes(20)}, {"shown_ms": 0}],
    ids=lambda shown: next(iter(shown)),
)
def test_what_was_shown_must_be_named_everywhere(shown: dict[str, Any]) -> None:
    unnamed = msgspec.structs.replace(text_shown("x"), **shown)
    first = msgspec.structs.replace(WHOLE.answers[0], shown=unnamed)
    assert not is_complete(changed(notice=unnamed))
    assert not is_complete(changed(answers=(first, *WHOLE.answers[1:])))
    assert not is_complete(check(statement=unnamed))


@pytest.mark.parametrize(
    "missing", [{"operator": ""}, {"operator": "a name"}, {"role": ""}, {"method": ""}, {"checked_ms": 0}]
)
def test_somebody_must_have_attested_the_identity(missing: dict[str, Any]) -> None:
    assert not is_complete(check(**missing))


def test_silence_about_an_access_is_a_refusal() -> None:
    assert is_refused(without(Question.BREAK_GLASS), Question.BREAK_GLASS)
    assert not is_refused(WHOLE, Question.BREAK_GLASS)


def test_what_is_kept_names_texts_answers_and_operator_and_no_person() -> None:
    kept = evidence_of(WHOLE)
    read = decode(kept, ConsentEvidence, limit=4096)
    assert (read.notice, read.answers, read.identity_check) == (WHOLE.notice, WHOLE.answers, WHOLE.identity_check)
    for secret in (WHOLE.traits.nir, WHOLE.traits.family_name, str(WHOLE.contact.email)):
        assert secret.encode() not in kept
