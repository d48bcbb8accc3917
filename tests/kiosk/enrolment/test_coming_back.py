"""Who comes back: new code, reactivation, changed consent or contact, closure, opposition; each its own record."""

from __future__ import annotations

import dataclasses

import pytest

from kiosk.enrolment.course import Aim
from kiosk.enrolment.errors import StepError
from kiosk.enrolment.slip import SlipKind
from kiosk.enrolment.steps import JourneyKind, Step
from tests.fakes.enrolment_rig import EnrolmentRig
from tests.fakes.programme import Programme
from wire.codes import ActivationCode
from wire.configuration import Regime
from wire.dossier_keys import code_key
from wire.evidence import Contact, Question
from wire.facts import ClosureFacts, CodeReissueFacts, ConsentChangeFacts, ContactChangeFacts, PersonFacts
from wire.records import RecordKind
from wire.status import PersonStatus
from wire.vault_parts import VaultChange

PROGRAMME = Programme()


@pytest.fixture
def rig() -> EnrolmentRig:
    return EnrolmentRig(JourneyKind.HALL, PROGRAMME)


def come_back(rig: EnrolmentRig, status: PersonStatus, aim: Aim, *, upto: Step | None = None) -> None:
    rig.desk.word = status
    rig.go(Step.WHO)
    rig.session.choose_person(rig.touch(), 0)
    if rig.step is Step.NOTICE:
        rig.session.reconsider(rig.touch())
    rig.session.choose_aim(rig.touch(), aim)
    rig.go(upto or Step.THANKS)


def kept(rig: EnrolmentRig, kind: RecordKind) -> tuple[PersonFacts, VaultChange]:
    (draft,) = rig.store.of(kind)
    assert isinstance(draft.administrative, PersonFacts)
    assert isinstance(draft.vault, VaultChange)
    return draft.administrative, draft.vault


def test_who_has_a_dossier_is_asked_what_they_came_for_and_nothing_is_kept_yet(rig: EnrolmentRig) -> None:
    rig.desk.word = PersonStatus.ACTIVE
    rig.go(Step.AIM)
    assert Aim.OPENING not in rig.journey.aims
    assert rig.store.drafts == []


def test_nobody_opens_a_dossier_where_there_is_one(rig: EnrolmentRig) -> None:
    rig.desk.word = PersonStatus.ACTIVE
    rig.go(Step.AIM)
    with pytest.raises(StepError):
        rig.session.choose_aim(rig.touch(), Aim.OPENING)


def test_a_new_code_uploads_only_its_public_half(rig: EnrolmentRig) -> None:
    rig.desk.copies = 1
    come_back(rig, PersonStatus.ACTIVE, Aim.NEW_CODE)
    facts, change = kept(rig, RecordKind.CODE_REISSUE)
    slip_b = next(slip for slip in rig.printer.given if slip.kind is SlipKind.ACTIVATION)
    assert slip_b.qr is not None
    code = ActivationCode.parse(slip_b.qr.rpartition("C=")[2])
    (draft,) = rig.store.of(RecordKind.CODE_REISSUE)
    assert change.code_public == code_key(code, draft.record_id).public_key().public_bytes_raw()
    assert isinstance(facts, CodeReissueFacts)
    assert facts.copy_number == 2
    assert "2" in next(line.text for line in slip_b.lines if "Nouveau code" in line.text)


def test_a_new_code_is_three_screens_away(rig: EnrolmentRig) -> None:
    come_back(rig, PersonStatus.ACTIVE, Aim.NEW_CODE, upto=Step.SUMMARY)
    assert [step for step in rig.journey.path if step not in rig.journey.unasked] == [
        Step.WHO,
        Step.STATUS,
        Step.AIM,
        Step.SUMMARY,
        Step.IDENTITY,
        Step.CONFIRM,
    ]


def test_a_closed_dossier_opens_again_with_its_own_consent(rig: EnrolmentRig) -> None:
    come_back(rig, PersonStatus.CLOSED, Aim.REACTIVATION)
    facts, change = kept(rig, RecordKind.REACTIVATION)
    assert {answer.question for answer in facts.answers} == {  # type: ignore[union-attr]
        Question.REACTIVATION,
        Question.BREAK_GLASS,
        Question.CENTRE_15,
    }
    assert (change.is_closed, change.break_glass, change.centre_15) == (False, True, True)
    assert change.code_public is not None


def test_no_to_the_reactivation_leaves_everything_as_it_was(rig: EnrolmentRig) -> None:
    come_back(rig, PersonStatus.CLOSED, Aim.REACTIVATION, upto=Step.REACTIVATE)
    rig.session.answer(rig.touch(), accepted=False)
    assert (rig.step, rig.journey.ended_by) == (Step.UNCHANGED, Question.REACTIVATION)
    assert rig.store.drafts == []


@pytest.mark.parametrize(("break_glass", "centre_15"), [(True, False), (False, True), (False, False), (True, True)])
def test_emergency_accesses_are_granted_or_withdrawn_each_for_itself(
    rig: EnrolmentRig, break_glass: bool, centre_15: bool
) -> None:
    come_back(rig, PersonStatus.ACTIVE, Aim.CONSENT_CHANGE, upto=Step.BREAK_GLASS)
    rig.go(Step.THANKS, break_glass=break_glass, centre_15=centre_15)
    facts, change = kept(rig, RecordKind.CONSENT_CHANGE)
    assert (change.break_glass, change.centre_15) == (break_glass, centre_15)
    assert isinstance(facts, ConsentChangeFacts)
    assert [answer.accepted for answer in facts.answers] == [break_glass, centre_15]
    assert [slip.kind for slip in rig.printer.given] == [SlipKind.ACKNOWLEDGEMENT]


def test_the_code_of_a_reopened_dossier_says_that_it_may_have_to_wait(rig: EnrolmentRig) -> None:
    come_back(rig, PersonStatus.CLOSED, Aim.REACTIVATION)
    slip_b = next(slip for slip in rig.printer.given if slip.kind is SlipKind.ACTIVATION)
    assert any("un jour plus tard" in line.text for line in slip_b.lines)


def test_a_new_contact_replaces_the_old_one_at_both(rig: EnrolmentRig) -> None:
    come_back(rig, PersonStatus.ACTIVE, Aim.CONTACT_CHANGE)
    facts, change = kept(rig, RecordKind.CONTACT_CHANGE)
    assert isinstance(facts, ContactChangeFacts)
    assert change.contact == facts.contact
    assert facts.contact.email == "camille@exemple.fr"


def test_a_contact_can_be_taken_away(rig: EnrolmentRig) -> None:
    come_back(rig, PersonStatus.ACTIVE, Aim.CONTACT_CHANGE, upto=Step.CONTACT)
    rig.session.reaching.give_no_contact(rig.touch())
    rig.go(Step.THANKS)
    assert kept(rig, RecordKind.CONTACT_CHANGE)[1].contact == Contact()


@pytest.mark.parametrize("delete_now", [True, False])
def test_a_closure_says_whether_to_keep_or_to_destroy(rig: EnrolmentRig, delete_now: bool) -> None:
    come_back(rig, PersonStatus.ACTIVE, Aim.CLOSURE, upto=Step.DELETE)
    rig.session.answer(rig.touch(), accepted=delete_now)
    rig.go(Step.THANKS)
    facts, change = kept(rig, RecordKind.CLOSURE_REQUEST)
    assert isinstance(facts, ClosureFacts)
    assert (change.is_closed, change.delete_now) == (True, delete_now)


def test_opposition_exists_only_under_automatic_opening(rig: EnrolmentRig) -> None:
    rig.whereabouts.place = dataclasses.replace(rig.whereabouts.place, regime=Regime.OPT_OUT)
    rig.session.tick()
    come_back(rig, PersonStatus.NONE, Aim.OPPOSITION)
    (draft,) = rig.store.of(RecordKind.OPPOSITION)
    assert draft.administrative is not None


def test_offline_everything_that_may_be_true_is_offered(rig: EnrolmentRig) -> None:
    come_back(rig, PersonStatus.UNKNOWN, Aim.NEW_CODE)
    assert rig.store.of(RecordKind.CODE_REISSUE)


def test_another_aim_starts_its_questions_over(rig: EnrolmentRig) -> None:
    come_back(rig, PersonStatus.ACTIVE, Aim.CONSENT_CHANGE, upto=Step.SUMMARY)
    rig.session.reconsider(rig.touch())
    rig.session.choose_aim(rig.touch(), Aim.CLOSURE)
    assert rig.journey.answers == ()


@pytest.mark.parametrize("kind", JourneyKind)
@pytest.mark.parametrize("aim", [Aim.NEW_CODE, Aim.CONSENT_CHANGE, Aim.CONTACT_CHANGE, Aim.CLOSURE])
def test_no_change_without_the_identity_check(kind: JourneyKind, aim: Aim) -> None:
    rig = EnrolmentRig(kind, PROGRAMME)
    rig.desk.word = PersonStatus.ACTIVE
    rig.go(Step.AIM)
    rig.session.choose_aim(rig.touch(), aim)
    rig.go(Step.IDENTITY)
    with pytest.raises(StepError):
        rig.session.attesting.confirm(rig.touch())
    assert rig.store.drafts == []
