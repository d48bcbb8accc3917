"""Minors and protected adults: who stands beside them, what they are asked, and what the record says."""

from __future__ import annotations

from datetime import UTC, date, datetime

import pytest

from kiosk.enrolment.company import SOMEBODY_ELSE, qualities
from kiosk.enrolment.course import Party
from kiosk.enrolment.errors import StepError
from kiosk.enrolment.rules import Admission, Eligibility, admission, read_birth_date
from kiosk.enrolment.slip import SlipKind
from kiosk.enrolment.steps import JourneyKind, Step
from tests.fakes.card_slot import card, person
from tests.fakes.enrolment_rig import EnrolmentRig
from tests.fakes.programme import Programme
from wire.evidence import Measure, Question
from wire.facts import EnrolmentFacts, PendingInsFacts
from wire.records import RecordKind
from wire.status import PersonStatus

PROGRAMME = Programme()
PARENT = person("CAMILLE", "19850214")
CHILD = person("LÉO", "20150830", position=1)
TEEN = person("INÈS", "20100301", position=1)
NAMELESS = person("ZOÉ", "20200101", position=1, number="")


@pytest.fixture
def rig() -> EnrolmentRig:
    return EnrolmentRig(JourneyKind.HALL, PROGRAMME)


def choose(rig: EnrolmentRig, *others: object, position: int = 1, accompanied: bool = False) -> None:
    rig.insert(card(PARENT, *others))  # type: ignore[arg-type]
    rig.session.choose_person(rig.touch(), position, is_accompanied=accompanied)


def facts_of(rig: EnrolmentRig) -> EnrolmentFacts:
    (draft,) = rig.store.of(RecordKind.ENROLMENT)
    assert isinstance(draft.administrative, EnrolmentFacts)
    return draft.administrative


@pytest.mark.parametrize(
    ("born", "today", "party"),
    [
        ("20101122", date(2026, 11, 21), Party.CHILD),
        ("20101122", date(2026, 11, 22), Party.TEEN),
        ("20081123", date(2026, 11, 22), Party.TEEN),
        ("20081122", date(2026, 11, 22), Party.SELF),
        ("20080000", date(2026, 1, 1), Party.SELF),  # lunar: counted from 1 January of its year
        ("20090000", date(2026, 12, 31), Party.TEEN),
        ("20080229", date(2026, 2, 28), Party.TEEN),
        ("20080229", date(2026, 3, 1), Party.SELF),
    ],
)
def test_the_age_goes_by_the_exact_date(born: str, today: date, party: Party) -> None:
    someone = person("X", born)
    assert admission(someone, card(someone), today, is_accompanied=False) == Admission(party, has_number=True)


def test_a_newborn_of_tomorrow_is_for_the_agent() -> None:
    someone = person("X", "20261123")
    assert admission(someone, card(someone), date(2026, 11, 22), is_accompanied=True) is Eligibility.BIRTH_DATE_UNSURE


def test_a_child_under_the_parents_number_has_none_of_its_own() -> None:
    shared = person("LÉO", "20150830", position=1, number=PARENT.nir.compact if PARENT.nir else "")
    today = date(2026, 11, 22)
    assert admission(shared, card(PARENT, shared), today, is_accompanied=False) == Admission(
        Party.CHILD, has_number=False
    )


def test_a_child_goes_through_with_a_parent_of_the_card(rig: EnrolmentRig) -> None:
    choose(rig, CHILD)
    assert rig.step is Step.REPRESENTATIVE
    rig.session.accompanying.choose_representative(rig.touch(), 0)
    rig.session.accompanying.say_quality(rig.touch(), "MTH")
    rig.go(Step.THANKS)
    facts = facts_of(rig)
    assert facts.traits.given_name == "LÉO"
    assert facts.representation is not None
    assert (facts.representation.measure, facts.representation.quality) == (Measure.PARENTAL, "MTH")
    assert facts.representation.representative.given_name == "CAMILLE"
    assert {answer.question for answer in facts.answers} >= {Question.DECLARATION, Question.HEARD}
    assert facts.identity_check.statement.text_id == "attestation_hall_company"


def test_the_minor_gets_a_leaflet_of_which_slip_a_says_nothing(rig: EnrolmentRig) -> None:
    choose(rig, CHILD)
    rig.go(Step.THANKS)
    kinds = [slip.kind for slip in rig.printer.given]
    assert kinds == [SlipKind.ACKNOWLEDGEMENT, SlipKind.ACTIVATION, SlipKind.LEAFLET]
    slip_a, leaflet = rig.printer.given[0], rig.printer.given[2]
    assert leaflet.lines[0].text not in {line.text for line in slip_a.lines}
    assert "LÉO" not in " ".join(line.text for line in leaflet.lines)
    assert {note.slip for note in outcomes(rig)} == {"A", "B"}


def outcomes(rig: EnrolmentRig) -> list[object]:
    return [draft.administrative for draft in rig.store.of(RecordKind.SLIP_OUTCOME)]


def test_from_sixteen_the_teenager_says_yes_too(rig: EnrolmentRig) -> None:
    choose(rig, TEEN)
    rig.go(Step.OWN_WILL)
    rig.session.answer(rig.touch(), accepted=False)
    assert rig.step is Step.UNCHANGED
    assert rig.store.drafts == []


def test_a_teenagers_own_contact_travels_beside_the_representatives(rig: EnrolmentRig) -> None:
    choose(rig, TEEN)
    rig.go(Step.OWN_CONTACT)
    rig.session.accompanying.give_own_contact(rig.touch(), "ines@exemple.fr", "")
    rig.session.accompanying.name_other_parent(rig.touch(), "MARTIN", "Dominique")
    rig.go(Step.THANKS)
    company = facts_of(rig).representation
    assert company is not None
    assert company.own_contact is not None
    assert company.own_contact.email == "ines@exemple.fr"
    assert company.other_parent is not None
    assert company.other_parent.given_name == "Dominique"


def test_a_child_without_a_number_waits_and_nothing_is_opened(rig: EnrolmentRig) -> None:
    choose(rig, NAMELESS)
    rig.go(Step.THANKS)
    (draft,) = rig.store.of(RecordKind.PENDING_INS)
    assert isinstance(draft.administrative, PendingInsFacts)
    assert draft.administrative.person.given_name == "ZOÉ"
    assert draft.vault is None
    assert rig.desk.asked == []
    assert [slip.kind for slip in rig.printer.given] == [SlipKind.ACKNOWLEDGEMENT, SlipKind.LEAFLET]
    assert not rig.store.of(RecordKind.ENROLMENT)


def test_without_the_declaration_nothing_goes_on(rig: EnrolmentRig) -> None:
    choose(rig, CHILD)
    rig.go(Step.DECLARATION)
    rig.session.answer(rig.touch(), accepted=False)
    assert rig.step is Step.UNCHANGED
    assert rig.journey.ended_by is Question.DECLARATION


def test_another_representative_declares_anew(rig: EnrolmentRig) -> None:
    choose(rig, CHILD, person("DOMINIQUE", "19800101", position=2))
    rig.session.accompanying.choose_representative(rig.touch(), 0)
    rig.session.accompanying.say_quality(rig.touch(), "MTH")
    rig.session.answer(rig.touch(), accepted=True)
    for _ in range(3):
        rig.session.go_back(rig.touch())
    assert rig.step is Step.REPRESENTATIVE
    rig.session.accompanying.choose_representative(rig.touch(), 2)
    assert rig.journey.answer_to(Question.DECLARATION) is None
    assert rig.journey.company.quality is None


def test_a_minor_cannot_stand_beside_a_minor(rig: EnrolmentRig) -> None:
    choose(rig, CHILD, person("NINA", "20120101", position=2))
    rig.session.accompanying.choose_representative(rig.touch(), 2)
    assert (rig.step, rig.journey.complaint) == (Step.REPRESENTATIVE, "not_eligible")


@pytest.mark.parametrize(
    ("family", "given", "born", "complaint"),
    [
        ("", "ALIX", "05/01/1960", "name_empty"),
        ("MARTIN", "  ", "05/01/1960", "name_empty"),
        ("MARTIN", "ALIX", "1960", "birth_date_form"),
        ("MARTIN", "ALIX", "31/02/1960", "birth_date_form"),
        ("MARTIN", "ALIX", "05/01/2015", "representative_minor"),
    ],
)
def test_a_named_representative_is_whole_and_of_age(
    rig: EnrolmentRig, family: str, given: str, born: str, complaint: str
) -> None:
    choose(rig, CHILD)
    rig.session.accompanying.choose_representative(rig.touch(), SOMEBODY_ELSE)
    rig.session.accompanying.name_representative(rig.touch(), family, given, born)
    assert (rig.step, rig.journey.complaint) == (Step.REPRESENTATIVE_NAME, complaint)
    assert rig.journey.typed["family_name"] == family


@pytest.mark.parametrize(("typed", "read"), [("05/01/1960", "19600105"), ("5 1 1960", "19600105"), ("x", None)])
def test_a_birth_date_is_read_as_people_write_it(typed: str, read: str | None) -> None:
    assert read_birth_date(typed) == read


@pytest.mark.parametrize(
    ("measure", "quality", "is_heard"),
    [(Measure.REPRESENTATION, "TUTEUR", True), (Measure.ASSISTANCE, "CURATEUR", False)],
)
def test_a_protected_adult_is_represented_or_assisted(
    rig: EnrolmentRig, measure: Measure, quality: str, is_heard: bool
) -> None:
    rig.insert()
    rig.session.choose_person(rig.touch(), 0, is_accompanied=True)
    assert rig.step is Step.PROTECTION
    rig.session.accompanying.say_measure(rig.touch(), measure)
    rig.go(Step.QUALITY)
    assert quality in qualities(rig.journey.party)
    rig.session.accompanying.say_quality(rig.touch(), quality)
    rig.go(Step.THANKS)
    facts = facts_of(rig)
    assert facts.representation is not None
    assert (facts.representation.measure, facts.representation.quality) == (measure, quality)
    assert (Question.HEARD in {answer.question for answer in facts.answers}) is is_heard


def test_a_quality_of_another_party_is_not_taken(rig: EnrolmentRig) -> None:
    choose(rig, CHILD)
    rig.session.accompanying.choose_representative(rig.touch(), 0)
    rig.session.accompanying.say_quality(rig.touch(), "CURATEUR")
    assert (rig.step, rig.journey.complaint) == (Step.QUALITY, "quality_missing")


def test_parental_authority_is_no_measure_of_an_adult(rig: EnrolmentRig) -> None:
    rig.insert()
    rig.session.choose_person(rig.touch(), 0, is_accompanied=True)
    with pytest.raises(StepError):
        rig.session.accompanying.say_measure(rig.touch(), Measure.PARENTAL)


def test_the_representative_answers_in_words_for_somebody_else(rig: EnrolmentRig) -> None:
    choose(rig, CHILD)
    rig.go(Step.THANKS)
    shown = {answer.question: answer.shown.text_id for answer in facts_of(rig).answers}
    assert (shown[Question.CREATION], shown[Question.HEARD]) == ("creation_child", "heard")


def test_a_child_who_has_a_dossier_is_helped_by_the_representative(rig: EnrolmentRig) -> None:
    rig.desk.word = PersonStatus.ACTIVE
    choose(rig, CHILD)
    rig.go(Step.AIM)
    rig.go(Step.THANKS)
    (draft,) = rig.store.of(RecordKind.CODE_REISSUE)
    assert draft.administrative is not None
    assert draft.captured_at < datetime(2100, 1, 1, tzinfo=UTC)
