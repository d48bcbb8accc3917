"""One-time codes at the terminal: sent, typed, wrong, spent, late, or not to be had."""

from __future__ import annotations

import dataclasses

import pytest

from kiosk.enrolment.errors import StepError
from kiosk.enrolment.steps import JourneyKind, Step
from tests.fakes.enrolment_rig import EnrolmentRig
from tests.fakes.programme import Programme
from wire.facts import EnrolmentFacts
from wire.proofs import ContactKind
from wire.records import RecordKind
from wire.status import PersonStatus

PROGRAMME = Programme()
EMAIL, MOBILE = "camille@exemple.fr", "06 12 34 56 78"


@pytest.fixture
def rig() -> EnrolmentRig:
    rig = EnrolmentRig(JourneyKind.HALL, PROGRAMME)
    rig.go(Step.CONTACT)
    return rig


def give(rig: EnrolmentRig, email: str = EMAIL, mobile: str = "") -> None:
    rig.session.reaching.give_contact(rig.touch(), email, mobile)


def type_code(rig: EnrolmentRig, code: str | None = None) -> None:
    rig.session.reaching.type_code(rig.touch(), rig.prover.last_code if code is None else code)


def test_a_code_that_comes_back_proves_the_contact_in_the_record(rig: EnrolmentRig) -> None:
    give(rig)
    assert rig.step is Step.PROOF
    type_code(rig)
    assert rig.step is Step.ALERTS
    rig.go(Step.THANKS)
    (draft,) = rig.store.of(RecordKind.ENROLMENT)
    assert isinstance(draft.administrative, EnrolmentFacts)
    contact = draft.administrative.contact
    assert (contact.email_proved, contact.email_proof) == (True, rig.prover.proofs.sent[0].proof)


def test_both_contacts_are_proved_one_after_the_other(rig: EnrolmentRig) -> None:
    give(rig, EMAIL, MOBILE)
    type_code(rig)
    assert rig.step is Step.PROOF
    type_code(rig)
    assert [sent.contact for sent in rig.prover.proofs.sent] == [ContactKind.MOBILE, ContactKind.EMAIL]
    contact = rig.journey.contact
    assert contact is not None
    assert (contact.mobile_proved, contact.email_proved) == (True, True)


def test_without_a_network_the_contact_travels_unproved(rig: EnrolmentRig) -> None:
    rig.prover.down = True
    give(rig)
    assert rig.step is Step.ALERTS
    assert rig.journey.contact is not None
    assert not rig.journey.contact.email_proved


def test_where_central_could_not_be_asked_no_code_is_waited_for() -> None:
    rig = EnrolmentRig(JourneyKind.HALL, PROGRAMME)
    rig.desk.word = PersonStatus.UNKNOWN
    rig.go(Step.CONTACT)
    give(rig)
    assert rig.step is Step.ALERTS
    assert rig.prover.proofs.sent == []


def test_an_office_that_proves_nothing_asks_for_no_code(rig: EnrolmentRig) -> None:
    rig.pull()
    rig.whereabouts.place = dataclasses.replace(rig.whereabouts.place, proves_contacts=False)
    rig.wait(15)
    rig.insert()
    rig.go(Step.CONTACT)
    give(rig)
    assert rig.step is Step.ALERTS


@pytest.mark.parametrize(
    ("code", "complaint"),
    [("12345", "code_form"), ("12345x", "code_form"), ("٣٣٣٣٣٣", "code_form"), ("000000", "code_wrong")],
)
def test_a_code_that_cannot_be_or_is_not_the_one_is_said_so(rig: EnrolmentRig, code: str, complaint: str) -> None:
    give(rig)
    type_code(rig, code)
    assert (rig.step, rig.journey.complaint) == (Step.PROOF, complaint)


def test_after_three_wrong_codes_a_new_one_is_asked_for(rig: EnrolmentRig) -> None:
    give(rig)
    for _ in range(3):
        type_code(rig, "000000")
    assert rig.journey.complaint == "code_spent"
    rig.clock.forward(61)
    rig.session.reaching.send_code_again(rig.touch())
    type_code(rig)
    assert rig.step is Step.ALERTS


def test_a_second_code_within_a_minute_is_refused_and_the_first_stays_good(rig: EnrolmentRig) -> None:
    give(rig)
    rig.session.reaching.send_code_again(rig.touch())
    assert rig.journey.complaint == "code_too_soon"
    type_code(rig)
    assert rig.step is Step.ALERTS


def test_who_gets_no_message_goes_on_unproved(rig: EnrolmentRig) -> None:
    give(rig)
    rig.session.reaching.leave_unproved(rig.touch())
    assert rig.step is Step.ALERTS


def test_an_edit_that_leaves_the_address_asks_for_no_second_code(rig: EnrolmentRig) -> None:
    give(rig)
    type_code(rig)
    rig.go(Step.SUMMARY)
    rig.session.edit(rig.touch(), Step.CONTACT)
    give(rig)
    assert rig.step is Step.SUMMARY
    assert rig.journey.contact is not None
    assert rig.journey.contact.email_proved


def test_another_address_is_not_proved_by_the_code_of_the_first(rig: EnrolmentRig) -> None:
    give(rig)
    type_code(rig)
    rig.go(Step.SUMMARY)
    rig.session.edit(rig.touch(), Step.CONTACT)
    give(rig, "autre@exemple.fr")
    assert rig.step is Step.PROOF
    assert rig.journey.contact is not None
    assert not rig.journey.contact.email_proved


def test_central_busy_takes_no_second_question(rig: EnrolmentRig) -> None:
    rig.is_slow = True
    give(rig)
    with pytest.raises(StepError):
        rig.session.reaching.type_code(rig.touch(), "123456")
    with pytest.raises(StepError):
        rig.session.reaching.send_code_again(rig.touch())


def test_a_word_that_comes_after_the_card_is_gone_changes_nothing(rig: EnrolmentRig) -> None:
    rig.is_slow = True
    give(rig)
    rig.pull()
    rig.work()
    assert rig.step is Step.STOPPED


def test_a_word_on_a_contact_left_behind_changes_nothing(rig: EnrolmentRig) -> None:
    rig.is_slow = True
    give(rig)
    rig.session.reaching.leave_unproved(rig.touch())
    rig.work()
    assert rig.step is Step.ALERTS
