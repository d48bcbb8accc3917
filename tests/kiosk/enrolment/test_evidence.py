from __future__ import annotations

import dataclasses
from typing import Any

import pytest

from kiosk.enrolment.course import Party
from kiosk.enrolment.drafting import Drawn, draft
from kiosk.enrolment.errors import StepError
from kiosk.enrolment.evidence import attestation
from kiosk.enrolment.journey import Journey
from kiosk.enrolment.ports import RecordDraft
from kiosk.enrolment.steps import JourneyKind, Step
from kiosk.enrolment.texts import load_texts
from tests.fakes.enrolment_rig import EnrolmentRig
from tests.fakes.programme import Programme
from wire.evidence import Question
from wire.facts import EnrolmentFacts
from wire.identifiers import RecordId

TEXTS = load_texts()
RIG = EnrolmentRig(JourneyKind.HALL, Programme())
ASKED = (Question.CREATION, Question.BREAK_GLASS, Question.CENTRE_15)


@pytest.fixture(scope="module")
def complete() -> Journey:
    RIG.go(Step.CONFIRM)
    return RIG.journey


def drafted(journey: Journey) -> RecordDraft:
    at, tools = journey.shown_at, RIG.session._stage.tools
    drawn = Drawn(RecordId.new(at), tools.make_dossier_key(), tools.make_slip_secrets())
    return draft(journey, RIG.whereabouts.place, at, drawn, "fr")


@pytest.mark.parametrize("missing", ["card", "person", "notice", "contact", "identity", "aim", "status"])
def test_no_record_without(complete: Journey, missing: str) -> None:
    changes: dict[str, Any] = {missing: None}
    with pytest.raises(StepError):
        drafted(dataclasses.replace(complete, **changes))


@pytest.mark.parametrize("question", ASKED)
def test_no_record_without_an_answer_to(complete: Journey, question: Question) -> None:
    others = tuple(answer for answer in complete.answers if answer.question is not question)
    with pytest.raises(StepError):
        drafted(dataclasses.replace(complete, answers=others))


def test_nobody_is_drafted_as_accompanied_without_their_company(complete: Journey) -> None:
    with pytest.raises(StepError):
        drafted(dataclasses.replace(complete, party=Party.CHILD))


def test_each_answer_names_the_very_words_it_answers(complete: Journey) -> None:
    facts = drafted(complete).administrative
    assert isinstance(facts, EnrolmentFacts)
    assert [answer.question for answer in facts.answers] == list(ASKED)
    for answer in facts.answers:
        assert answer.shown.sha256 == TEXTS.asked(answer.question).shown(complete.shown_at).sha256


def test_the_counters_statement_holds_the_consent_box_and_the_identity_box() -> None:
    points = attestation(TEXTS, JourneyKind.COUNTER, Party.SELF).points
    assert "consentement exprès" in points[0]
    assert "carte Vitale" in points[1]


@pytest.mark.parametrize("kind", JourneyKind)
def test_with_company_the_statement_names_who_acts(kind: JourneyKind) -> None:
    assert "accompagne" in " ".join(attestation(TEXTS, kind, Party.CHILD).points)


@pytest.mark.parametrize("missing", ["notice", "contact", "identity"])
def test_a_confirmation_screen_that_should_not_be_there_confirms_nothing(complete: Journey, missing: str) -> None:
    changes: dict[str, Any] = {missing: None}
    with pytest.raises(StepError):
        dataclasses.replace(complete, **changes).confirmed(complete.shown_at)
