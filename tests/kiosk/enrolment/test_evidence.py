from __future__ import annotations

import dataclasses
from typing import Any

import pytest

from kiosk.enrolment.errors import StepError
from kiosk.enrolment.evidence import attestation, enrolment_facts
from kiosk.enrolment.journey import Journey
from kiosk.enrolment.steps import JourneyKind, Step
from kiosk.enrolment.texts import load_texts
from tests.fakes.enrolment_rig import EnrolmentRig
from tests.fakes.programme import Programme
from wire.evidence import Question

TEXTS = load_texts()
RIG = EnrolmentRig(JourneyKind.HALL, Programme())


@pytest.fixture(scope="module")
def complete() -> Journey:
    RIG.go(Step.CONFIRM)
    return RIG.journey


@pytest.mark.parametrize("missing", ["card", "person", "notice", "contact", "identity"])
def test_no_facts_without(complete: Journey, missing: str) -> None:
    changes: dict[str, Any] = {missing: None}
    with pytest.raises(StepError):
        enrolment_facts(dataclasses.replace(complete, **changes), RIG.whereabouts.place)


@pytest.mark.parametrize("question", Question)
def test_no_facts_without_an_answer_to(complete: Journey, question: Question) -> None:
    others = tuple(answer for answer in complete.answers if answer.question is not question)
    with pytest.raises(StepError):
        enrolment_facts(dataclasses.replace(complete, answers=others), RIG.whereabouts.place)


def test_each_answer_names_the_very_words_it_answers(complete: Journey) -> None:
    facts = enrolment_facts(complete, RIG.whereabouts.place)
    for answer in facts.answers:
        assert answer.shown.sha256 == TEXTS.asked(answer.question).shown(complete.shown_at).sha256


def test_the_counters_statement_holds_the_consent_box_and_the_identity_box() -> None:
    points = attestation(TEXTS, JourneyKind.COUNTER).points
    assert "consentement exprès" in points[0]
    assert "carte Vitale" in points[1]


@pytest.mark.parametrize("missing", ["notice", "contact", "identity"])
def test_a_confirmation_screen_that_should_not_be_there_confirms_nothing(complete: Journey, missing: str) -> None:
    changes: dict[str, Any] = {missing: None}
    with pytest.raises(StepError):
        dataclasses.replace(complete, **changes).confirmed(complete.shown_at)
