"""Invariant 4: nothing about a person takes effect without the whole evidence of what was asked and who attested."""

from __future__ import annotations

from datetime import UTC, datetime
from typing import Any

import msgspec
import pytest

from central.enrolments.evidence import ConsentEvidence, answered, evidence_of, is_complete, is_refused, may_attest
from tests.fakes.terminal import (
    LAUNCH,
    enrolment_facts,
    fictitious_nir,
    pending_facts,
    representation,
    returning_facts,
    text_shown,
)
from wire.canonical import decode
from wire.evidence import Measure, NamedPerson, Question
from wire.facts import EnrolmentFacts
from wire.identifiers import milliseconds

WHOLE = enrolment_facts(fictitious_nir(1))
CAPTURED = milliseconds(LAUNCH)
CHILD, TEEN = "20100315", "20021106"  # on the day of LAUNCH: 8 years, 16 years to the day
RETURNING = ("reactivation", "code_reissue", "consent_change", "contact_change", "closure_request", "opposition")


def complete(facts: Any, captured_ms: int = CAPTURED) -> bool:
    return is_complete(facts, captured_ms=captured_ms)


def changed(**changes: Any) -> EnrolmentFacts:
    return msgspec.structs.replace(WHOLE, **changes)


def without(facts: Any, question: Question) -> Any:
    left = tuple(answer for answer in facts.answers if answer.question is not question)
    return msgspec.structs.replace(facts, answers=left)


def check(**changes: Any) -> EnrolmentFacts:
    return changed(identity_check=msgspec.structs.replace(WHOLE.identity_check, **changes))


def test_whole_evidence_opens_a_dossier() -> None:
    assert complete(WHOLE)


@pytest.mark.parametrize("kind", RETURNING)
def test_whole_evidence_of_each_kind_is_whole(kind: str) -> None:
    assert complete(returning_facts(kind, fictitious_nir(1)))


def test_refused_emergency_accesses_are_answers_like_others() -> None:
    assert complete(
        enrolment_facts(fictitious_nir(1), accepted={Question.BREAK_GLASS: False, Question.CENTRE_15: False})
    )


@pytest.mark.parametrize("question", [Question.CREATION, Question.BREAK_GLASS, Question.CENTRE_15])
def test_each_question_of_an_opening_must_have_been_answered(question: Question) -> None:
    assert not complete(without(WHOLE, question))


@pytest.mark.parametrize(
    ("kind", "question"),
    [
        ("reactivation", Question.REACTIVATION),
        ("reactivation", Question.BREAK_GLASS),
        ("reactivation", Question.CENTRE_15),
        ("closure_request", Question.CLOSURE),
        ("closure_request", Question.DELETION),
        ("opposition", Question.OPPOSITION),
    ],
)
def test_each_question_of_who_comes_back_must_have_been_answered(kind: str, question: Question) -> None:
    assert not complete(without(returning_facts(kind, fictitious_nir(1)), question))


@pytest.mark.parametrize(
    ("kind", "question"),
    [
        ("reactivation", Question.REACTIVATION),
        ("closure_request", Question.CLOSURE),
        ("opposition", Question.OPPOSITION),
    ],
)
def test_what_only_a_yes_leads_to_needs_the_yes(kind: str, question: Question) -> None:
    assert not complete(returning_facts(kind, fictitious_nir(1), accepted={question: False}))


def test_a_change_of_consent_is_about_one_access_at_least() -> None:
    both = returning_facts("consent_change", fictitious_nir(1))
    one = without(both, Question.BREAK_GLASS)
    assert (complete(one), complete(without(one, Question.CENTRE_15))) == (True, False)


def test_an_answer_given_twice_is_no_answer() -> None:
    assert not complete(changed(answers=(*WHOLE.answers, WHOLE.answers[0])))
    assert not complete(changed(answers=(*WHOLE.answers[:2], WHOLE.answers[0])))


def test_creation_must_have_been_accepted() -> None:
    assert not complete(enrolment_facts(fictitious_nir(1), accepted={Question.CREATION: False}))


@pytest.mark.parametrize(
    "shown",
    [{"version": ""}, {"language": ""}, {"text_id": ""}, {"sha256": b""}, {"sha256": bytes(20)}, {"shown_ms": 0}],
    ids=lambda shown: next(iter(shown)),
)
def test_what_was_shown_must_be_named_everywhere(shown: dict[str, Any]) -> None:
    unnamed = msgspec.structs.replace(text_shown("x"), **shown)
    first = msgspec.structs.replace(WHOLE.answers[0], shown=unnamed)
    assert not complete(changed(notice=unnamed))
    assert not complete(changed(answers=(first, *WHOLE.answers[1:])))
    assert not complete(check(statement=unnamed))


@pytest.mark.parametrize(
    "missing", [{"operator": ""}, {"operator": "a name"}, {"role": ""}, {"method": ""}, {"checked_ms": 0}]
)
def test_somebody_must_have_attested_the_identity(missing: dict[str, Any]) -> None:
    assert not complete(check(**missing))


@pytest.mark.parametrize("kind", RETURNING)
def test_no_kind_takes_effect_without_the_identity_check(kind: str) -> None:
    facts = returning_facts(kind, fictitious_nir(1))
    unchecked = msgspec.structs.replace(facts.identity_check, operator="")
    assert not complete(msgspec.structs.replace(facts, identity_check=unchecked))


@pytest.mark.parametrize(
    ("role", "place", "may"),
    [
        ("agent", "hall_terminal", True),
        ("pharmacist", "hall_terminal", False),
        ("pharmacist", "counter", True),
        ("agent", "counter", False),
        ("preparer", "counter", False),
        ("preparer", "hall_terminal", False),
    ],
)
def test_who_may_attest_where(role: str, place: str, *, may: bool) -> None:
    assert may_attest(check(role=role).identity_check, place) is may


class TestMinors:
    def child(self, birth_date: str = CHILD, **changes: Any) -> EnrolmentFacts:
        return enrolment_facts(fictitious_nir(1), birth_date=birth_date, **changes)

    def test_a_child_alone_opens_nothing(self) -> None:
        assert not complete(self.child())

    def test_a_child_with_a_parent_who_declares_and_was_heard_may(self) -> None:
        assert complete(self.child(representation=representation()))

    @pytest.mark.parametrize("kind", RETURNING)
    def test_a_child_alone_changes_nothing_either(self, kind: str) -> None:
        alone = returning_facts(kind, fictitious_nir(1), birth_date=CHILD)
        accompanied = returning_facts(kind, fictitious_nir(1), birth_date=CHILD, representation=representation())
        assert (complete(alone), complete(accompanied)) == (False, True)

    @pytest.mark.parametrize("question", [Question.DECLARATION, Question.HEARD])
    def test_the_declaration_and_the_hearing_must_be_there(self, question: Question) -> None:
        assert not complete(without(self.child(representation=representation()), question))

    def test_a_refused_declaration_is_none(self) -> None:
        refused = {Question.DECLARATION: False}
        assert not complete(self.child(representation=representation(), accepted=refused))

    def test_a_small_child_that_can_give_no_opinion_was_heard_all_the_same(self) -> None:
        assert complete(self.child(representation=representation(), accepted={Question.HEARD: False}))

    def test_from_sixteen_the_teenager_says_yes_too(self) -> None:
        teen = self.child(TEEN, representation=representation(), accepted={Question.OWN_WILL: True})
        said_no = self.child(TEEN, representation=representation(), accepted={Question.OWN_WILL: False})
        assert (complete(teen), complete(without(teen, Question.OWN_WILL)), complete(said_no)) == (True, False, False)

    def test_the_day_before_sixteen_they_need_not(self) -> None:
        assert complete(self.child("20021107", representation=representation()))

    def test_majority_begins_at_midnight_in_paris(self) -> None:
        turns_18 = "20001107"
        before = milliseconds(datetime(2018, 11, 6, 22, 59, tzinfo=UTC))
        after = milliseconds(datetime(2018, 11, 6, 23, 1, tzinfo=UTC))
        assert (complete(self.child(turns_18), before), complete(self.child(turns_18), after)) == (False, True)

    def test_a_lunar_date_counts_from_the_first_of_january(self) -> None:
        assert complete(self.child("20004201"))
        assert not complete(self.child("20014201"))

    @pytest.mark.parametrize("unknown", ["", "19900231", "1990", "18500101", "20300101"])
    def test_an_age_that_nobody_can_tell_opens_nothing(self, unknown: str) -> None:
        assert not complete(self.child(unknown))

    @pytest.mark.parametrize(
        "lacks", [{"quality": ""}, {"representative": NamedPerson(family_name="", given_name="A")}]
    )
    def test_who_acts_must_be_said(self, lacks: dict[str, Any]) -> None:
        assert not complete(self.child(representation=representation(**lacks)))

    def test_a_parent_acts_for_no_adult_and_a_curator_for_no_child(self) -> None:
        assert not complete(enrolment_facts(fictitious_nir(1), representation=representation()))
        assert not complete(self.child(representation=representation(measure=Measure.ASSISTANCE)))

    def test_a_child_without_a_number_needs_the_same(self) -> None:
        assert complete(pending_facts())
        assert not complete(without(pending_facts(), Question.HEARD))


class TestProtectedAdults:
    def test_a_represented_adult_was_heard(self) -> None:
        acting = representation(measure=Measure.REPRESENTATION, quality="TUTEUR")
        facts = enrolment_facts(fictitious_nir(1), representation=acting)
        assert (complete(facts), complete(without(facts, Question.HEARD))) == (True, False)

    def test_an_assisted_adult_answers_for_themselves(self) -> None:
        acting = representation(measure=Measure.ASSISTANCE, quality="CURATEUR")
        assert complete(without(enrolment_facts(fictitious_nir(1), representation=acting), Question.HEARD))


def test_silence_about_an_access_is_a_refusal() -> None:
    assert is_refused(without(WHOLE, Question.BREAK_GLASS), Question.BREAK_GLASS)
    assert not is_refused(WHOLE, Question.BREAK_GLASS)


def test_what_was_not_asked_is_no_answer() -> None:
    facts = without(returning_facts("consent_change", fictitious_nir(1)), Question.CENTRE_15)
    assert (answered(facts, Question.BREAK_GLASS), answered(facts, Question.CENTRE_15)) == (True, None)


def test_what_is_kept_names_texts_answers_and_operator_and_no_person() -> None:
    acting = representation(representative=NamedPerson(family_name="TUTRICE", given_name="ANNE"))
    facts = changed(representation=acting)
    kept = evidence_of(facts)
    read = decode(kept, ConsentEvidence, limit=8192)
    assert (read.notice, read.answers, read.identity_check) == (facts.notice, facts.answers, facts.identity_check)
    assert (read.measure, read.quality) == (Measure.PARENTAL, "MTH")
    for secret in (facts.traits.nir, facts.traits.family_name, str(facts.contact.email), "TUTRICE", "ANNE"):
        assert secret.encode() not in kept
