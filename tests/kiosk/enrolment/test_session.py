from __future__ import annotations

import dataclasses
from datetime import UTC, datetime

import pytest

from kiosk.enrolment.course import Party
from kiosk.enrolment.errors import CardFault, StepError
from kiosk.enrolment.faults import Fault
from kiosk.enrolment.journey import Company, Journey
from kiosk.enrolment.ports import ReaderState
from kiosk.enrolment.session import Touch
from kiosk.enrolment.steps import JourneyKind, Step
from tests.fakes.card_slot import card, person
from tests.fakes.enrolment_rig import EnrolmentRig
from tests.fakes.operators import AGENT_PIN, OTHER_PHARMACIST_PIN, PHARMACIST_PIN, PREPARER_PIN
from tests.fakes.place import hall
from tests.fakes.programme import Programme
from wire.evidence import Question
from wire.facts import EnrolmentFacts
from wire.nir import InsAuthority
from wire.records import RecordKind
from wire.status import PersonStatus

PROGRAMME = Programme()
PERSONAL_FIELDS = ("card", "person", "notice", "contact", "identity", "wants_slip")


@pytest.fixture
def rig() -> EnrolmentRig:
    return EnrolmentRig(JourneyKind.HALL, PROGRAMME)


@pytest.fixture
def counter() -> EnrolmentRig:
    return EnrolmentRig(JourneyKind.COUNTER, PROGRAMME)


def knows_nobody(journey: Journey) -> bool:
    return all(getattr(journey, name) is None for name in PERSONAL_FIELDS) and not journey.answers and not journey.typed


def kept_facts(rig: EnrolmentRig) -> EnrolmentFacts:
    (draft,) = rig.store.of(RecordKind.ENROLMENT)
    assert isinstance(draft.administrative, EnrolmentFacts)
    return draft.administrative


# The way through


def test_an_adult_alone_in_the_hall_gets_a_dossier_and_two_slips(rig: EnrolmentRig) -> None:
    rig.go(Step.THANKS)
    facts = kept_facts(rig)
    assert [(answer.question, answer.accepted) for answer in facts.answers] == [
        (Question.CREATION, True),
        (Question.BREAK_GLASS, True),
        (Question.CENTRE_15, True),
    ]
    assert facts.identity_check.operator == "AGENT-01"
    assert facts.contact.mobile == "+33612345678"
    assert [slip.kind.value for slip in rig.printer.given] == ["A", "B"]


def test_the_pharmacist_leads_through_a_counter_enrolment_and_sees_the_count(counter: EnrolmentRig) -> None:
    counter.go(Step.DONE)
    facts = kept_facts(counter)
    assert (facts.identity_check.operator, facts.identity_check.role) == ("PHARMA-01", "pharmacist")
    assert facts.identity_check.statement.text_id == "attestation_counter"
    assert counter.session.screen().done_today == 1


def test_the_traits_travel_as_the_card_has_them(rig: EnrolmentRig) -> None:
    lunar = person("AHMED", "19602000")
    rig.insert(card(lunar))
    rig.go(Step.THANKS)
    traits = kept_facts(rig).traits
    assert (traits.birth_date, traits.given_name, traits.ins_oid) == ("19602000", "AHMED", "1.2.250.1.213.1.4.10")
    assert kept_facts(rig).card.identity_file == card().identity_file


def test_the_seconds_a_notice_stood_there_are_counted_by_the_terminal(rig: EnrolmentRig) -> None:
    rig.go(Step.NOTICE)
    rig.clock.forward(31)
    rig.go(Step.THANKS)
    assert kept_facts(rig).notice.seconds_shown == 31


def test_opposition_to_centre_15_alone_reaches_the_record_and_its_keys(rig: EnrolmentRig) -> None:
    rig.go(Step.THANKS, centre_15=False)
    (draft,) = rig.store.of(RecordKind.ENROLMENT)
    assert draft.vault is not None
    assert draft.vault.wrap_break_glass is not None
    assert draft.vault.wrap_centre_15 is None


def test_without_contact_the_activation_slip_is_offered_and_may_be_declined(rig: EnrolmentRig) -> None:
    rig.go(Step.SLIP_OFFER, contact=False)
    rig.session.reaching.choose_slip(rig.touch(), wanted=False)
    rig.go(Step.THANKS)
    assert [slip.kind.value for slip in rig.printer.given] == ["A"]
    (draft,) = rig.store.of(RecordKind.ENROLMENT)
    assert draft.vault is not None
    assert draft.vault.code_public is None
    assert kept_facts(rig).activation_slip is False


def test_central_unreachable_does_not_stop_an_enrolment(rig: EnrolmentRig) -> None:
    rig.desk.word = PersonStatus.UNKNOWN
    rig.go(Step.THANKS)
    assert rig.store.of(RecordKind.ENROLMENT)


# Refusal


def test_a_refusal_is_kept_without_identity_and_to_the_hour(rig: EnrolmentRig) -> None:
    rig.go(Step.CONSENT)
    rig.session.answer(rig.touch(), accepted=False)
    (draft,) = rig.store.drafts
    assert rig.step is Step.REFUSED
    assert (draft.kind, draft.administrative, draft.vault) == (RecordKind.REFUSAL, None, None)
    assert draft.captured_at == datetime(2026, 11, 22, 9, 0, tzinfo=UTC)
    assert int.from_bytes(draft.record_id.value[:6], "big") == draft.captured_at.timestamp() * 1000
    assert knows_nobody(rig.journey)


def test_a_refusal_stands_even_when_the_disk_is_full(rig: EnrolmentRig) -> None:
    rig.store.full = True
    rig.go(Step.CONSENT)
    rig.session.answer(rig.touch(), accepted=False)
    assert rig.step is Step.REFUSED


# Who may go on


def test_an_adult_without_an_own_number_cannot_be_chosen(rig: EnrolmentRig) -> None:
    rig.insert(card(person(), person("JEANNE", "19600105", position=1, number="")))
    rig.session.choose_person(rig.touch(), 1)
    assert (rig.step, rig.journey.complaint) == (Step.WHO, "not_eligible")


def test_nobody_who_is_not_on_the_card_can_be_chosen(rig: EnrolmentRig) -> None:
    rig.insert()
    rig.session.choose_person(rig.touch(), 7)
    assert rig.step is Step.WHO


def test_a_test_card_opens_no_real_dossier(rig: EnrolmentRig) -> None:
    rig.whereabouts.place = hall(PROGRAMME, ins_authority=InsAuthority.NIR_PRODUCTION)
    rig.insert()
    assert (rig.step, rig.journey.fault) == (Step.STOPPED, Fault.TEST_CARD)


# Touches that come too late


def test_a_second_tap_changes_nothing(rig: EnrolmentRig) -> None:
    rig.go(Step.CONFIRM)
    tap = rig.touch()
    rig.session.attesting.confirm(tap)
    with pytest.raises(StepError):
        rig.session.attesting.confirm(tap)
    assert len(rig.store.of(RecordKind.ENROLMENT)) == 1


def test_an_old_page_of_the_person_before_answers_nothing_for_the_next(rig: EnrolmentRig) -> None:
    rig.go(Step.CONSENT)
    old = rig.touch()
    rig.pull()
    rig.insert()
    rig.go(Step.CONSENT)
    with pytest.raises(StepError):
        rig.session.answer(old, accepted=True)
    assert rig.journey.answers == ()


def test_no_touch_skips_a_question(rig: EnrolmentRig) -> None:
    rig.go(Step.CONSENT)
    with pytest.raises(StepError):
        rig.session.attesting.attest(
            Touch(rig.journey.visit, Step.IDENTITY), pin=AGENT_PIN, method="passport", statement=True
        )
    with pytest.raises(StepError):
        rig.session.attesting.confirm(rig.touch())


# Back and edits


def test_going_back_keeps_the_answers_given(rig: EnrolmentRig) -> None:
    rig.go(Step.CONTACT)
    rig.session.go_back(rig.touch())
    assert (rig.step, rig.journey.answer_to(Question.CENTRE_15)) == (Step.CENTRE_15, True)


def test_an_edit_from_the_summary_comes_back_to_it(rig: EnrolmentRig) -> None:
    rig.go(Step.SUMMARY)
    rig.session.edit(rig.touch(), Step.BREAK_GLASS)
    rig.session.answer(rig.touch(), accepted=False)
    assert (rig.step, rig.journey.answer_to(Question.BREAK_GLASS)) == (Step.SUMMARY, False)


def test_an_answer_changed_after_the_attestation_must_be_attested_again(counter: EnrolmentRig) -> None:
    counter.go(Step.CONFIRM)
    counter.session.edit(counter.touch(), Step.CENTRE_15)
    counter.session.answer(counter.touch(), accepted=False)
    assert counter.step is Step.IDENTITY
    assert counter.journey.identity is None


def test_another_person_of_the_card_starts_over(rig: EnrolmentRig) -> None:
    rig.insert(card(person(), person("JEANNE", "19600105", position=1)))
    rig.go(Step.CONSENT)
    rig.session.go_back(rig.touch())
    rig.session.go_back(rig.touch())
    rig.session.choose_person(rig.touch(), 1)
    assert (rig.step, rig.journey.notice) == (Step.NOTICE, None)
    assert len(rig.desk.asked) == 2


def test_what_was_typed_wrong_is_still_there(rig: EnrolmentRig) -> None:
    rig.go(Step.CONTACT)
    rig.session.reaching.give_contact(rig.touch(), "camille@exemple.fr", "05 61 00 00 00")
    assert rig.step is Step.CONTACT
    assert rig.journey.complaint == "mobile_landline"
    assert rig.journey.typed == {"email": "camille@exemple.fr", "mobile": "05 61 00 00 00"}


def test_an_unread_notice_is_no_notice(rig: EnrolmentRig) -> None:
    rig.go(Step.NOTICE)
    rig.session.notice_read(rig.touch(), to_the_end=False)
    assert (rig.step, rig.journey.complaint) == (Step.NOTICE, "notice_unread")


# Identity


@pytest.mark.parametrize(
    ("pin", "method", "statement", "complaint"),
    [
        ("000000", "passport", True, "pin_wrong"),
        (PHARMACIST_PIN, "passport", True, "pin_role"),
        (AGENT_PIN, "", True, "method_missing"),
        (AGENT_PIN, "known_person", True, "method_missing"),  # only the pharmacist may know a person
        (AGENT_PIN, "passport", False, "statement_missing"),
    ],
)
def test_the_identity_check_is_complete_or_it_is_none(
    rig: EnrolmentRig, pin: str, method: str, statement: bool, complaint: str
) -> None:
    rig.go(Step.IDENTITY)
    rig.session.attesting.attest(rig.touch(), pin=pin, method=method, statement=statement)
    assert (rig.step, rig.journey.complaint) == (Step.IDENTITY, complaint)
    assert rig.journey.identity is None


def test_at_the_counter_the_pharmacist_who_signed_in_attests_with_one_touch(counter: EnrolmentRig) -> None:
    counter.go(Step.IDENTITY)
    counter.session.attesting.attest(counter.touch(), method="known_person", statement=True)
    assert counter.step is Step.CONFIRM
    assert counter.journey.identity is not None
    assert counter.journey.identity.operator == "PHARMA-01"


def test_what_a_preparer_attested_waits_for_the_pharmacists_pin(counter: EnrolmentRig) -> None:
    counter.session.attesting.sign_in(counter.touch(), PREPARER_PIN)
    counter.go(Step.CONFIRM)
    counter.session.attesting.confirm(counter.touch())
    assert (counter.step, counter.journey.complaint) == (Step.CONFIRM, "pin_wrong")
    counter.session.attesting.confirm(counter.touch(), pin=PREPARER_PIN)
    assert (counter.step, counter.journey.complaint) == (Step.CONFIRM, "pin_role")
    counter.session.attesting.confirm(counter.touch(), pin=OTHER_PHARMACIST_PIN)
    check = kept_facts(counter).identity_check
    assert (check.operator, check.role, check.prepared_by) == ("PHARMA-02", "pharmacist", "PREPA-01")


def test_an_agent_cannot_open_a_counter_session(counter: EnrolmentRig) -> None:
    counter.session.attesting.sign_in(counter.touch(), AGENT_PIN)
    assert (counter.step, counter.journey.complaint) == (Step.SIGN_IN, "pin_role")


def test_a_lock_says_until_when(rig: EnrolmentRig) -> None:
    rig.go(Step.IDENTITY)
    rig.operators.locked_until = datetime(2026, 11, 22, 10, 0, tzinfo=UTC)
    rig.attest()
    assert (rig.journey.complaint, rig.journey.complaint_until) == ("pin_locked", rig.operators.locked_until)


def test_without_boxes_and_method_no_pin_is_tried(rig: EnrolmentRig) -> None:
    rig.go(Step.IDENTITY)
    rig.session.attesting.attest(rig.touch(), pin=AGENT_PIN, method="", statement=False)
    assert rig.operators.tries == 0


# Wipes


@pytest.mark.parametrize(
    "step",
    [Step.WHO, Step.NOTICE, Step.CONSENT, Step.CENTRE_15, Step.CONTACT, Step.SUMMARY, Step.IDENTITY, Step.CONFIRM],
)
def test_pulling_the_card_wipes_at_once(rig: EnrolmentRig, step: Step) -> None:
    rig.go(step)
    rig.pull()
    assert (rig.step, rig.journey.fault) == (Step.STOPPED, Fault.PULLED)
    assert knows_nobody(rig.journey)
    assert rig.store.drafts == []


@pytest.mark.parametrize("step", [Step.WHO, Step.CONTACT, Step.IDENTITY])
def test_silence_warns_at_45_seconds_and_wipes_at_60(rig: EnrolmentRig, step: Step) -> None:
    rig.go(step)
    rig.wait(44.9)
    assert not rig.session.screen().warning
    rig.wait(0.2)
    assert rig.session.screen().warning
    rig.wait(14)
    assert rig.step is step
    rig.wait(1)
    assert rig.step is Step.TAKE_CARD
    assert knows_nobody(rig.journey)


def test_more_time_is_given_on_request(rig: EnrolmentRig) -> None:
    rig.go(Step.CONTACT)
    rig.wait(50)
    rig.session.stay()
    rig.wait(44)
    assert (rig.step, rig.session.screen().warning) == (Step.CONTACT, False)


def test_a_clock_that_is_set_back_does_not_lengthen_the_silence(rig: EnrolmentRig) -> None:
    rig.go(Step.CONTACT)
    rig.clock.at = rig.clock.at.replace(year=2020)
    rig.wait(60)
    assert rig.step is Step.TAKE_CARD


def test_a_card_exchanged_under_a_journey_begins_another_visit(rig: EnrolmentRig) -> None:
    rig.go(Step.CONTACT)
    before = rig.journey.visit
    rig.insert(card(person("JEANNE", "19600105")))
    assert rig.step is Step.WHO
    assert rig.journey.visit > before
    assert rig.journey.answers == ()


def test_leaving_wipes_and_asks_to_take_the_card(rig: EnrolmentRig) -> None:
    rig.go(Step.CONTACT)
    rig.session.leave(rig.touch())
    assert rig.step is Step.TAKE_CARD
    assert knows_nobody(rig.journey)
    rig.pull()
    assert rig.step is Step.ATTRACT


def test_the_card_still_in_the_slot_can_be_read_again_on_request(rig: EnrolmentRig) -> None:
    rig.go(Step.CONTACT)
    rig.session.leave(rig.touch())
    rig.session.start_again(rig.touch())
    assert rig.step is Step.WHO


def test_after_the_thanks_nothing_of_the_person_is_left(rig: EnrolmentRig) -> None:
    rig.go(Step.THANKS)
    assert knows_nobody(rig.journey)
    assert {field.name for field in dataclasses.fields(rig.journey) if getattr(rig.journey, field.name)} <= {
        "kind",
        "visit",
        "step",
        "shown_at",
        "slips",
        "party",
        "company",
        "has_number",
        "aim",
    }
    assert (rig.journey.party, rig.journey.company) == (Party.SELF, Company())


# Cards and readers


@pytest.mark.parametrize("fault", [CardFault.WRONG_CARD_BANK, CardFault.DAMAGED, CardFault.TIMEOUT])
def test_a_card_that_does_not_read_is_named_until_it_is_out(rig: EnrolmentRig, fault: CardFault) -> None:
    rig.reader.insert(fault)
    rig.session.tick()
    assert (rig.step, rig.journey.fault) == (Step.STOPPED, Fault(fault.value))
    rig.wait(300)
    assert rig.step is Step.STOPPED
    rig.pull()
    assert rig.step is Step.ATTRACT


def test_a_mute_card_is_named_without_being_read(rig: EnrolmentRig) -> None:
    rig.reader.insert(card(), ReaderState.MUTE)
    rig.session.tick()
    assert (rig.step, rig.journey.fault) == (Step.STOPPED, Fault.MUTE)


def test_a_card_without_persons_says_so(rig: EnrolmentRig) -> None:
    rig.insert(dataclasses.replace(card(), persons=()))
    assert rig.journey.fault is Fault.NOBODY


def test_a_reader_that_comes_back_is_picked_up(rig: EnrolmentRig) -> None:
    rig.pull()
    rig.reader.pull(ReaderState.NO_READER)
    rig.session.tick()
    assert (rig.step, rig.journey.fault) == (Step.STOPPED, Fault.NO_READER)
    rig.reader.pull()
    rig.session.tick()
    assert rig.step is Step.ATTRACT


def test_what_was_read_from_a_card_that_is_out_already_is_dropped(rig: EnrolmentRig) -> None:
    rig.is_slow = True
    rig.insert()
    assert rig.step is Step.READING
    stale = rig.held.pop()
    rig.pull()
    rig.reader.insert(card(person("JEANNE", "19600105")))
    stale()
    assert (rig.step, rig.journey.card) == (Step.STOPPED, None)


def test_a_reading_that_ends_late_is_not_taken_for_the_next_persons(
    rig: EnrolmentRig, monkeypatch: pytest.MonkeyPatch
) -> None:
    rig.is_slow = True
    rig.insert()
    late = rig.held.pop()
    monkeypatch.setattr(rig.reader, "read", lambda _insertion: card())
    rig.insert(card(person("JEANNE", "19600105")))
    late()
    assert (rig.step, rig.journey.card) == (Step.READING, None)


def test_centrals_word_on_the_person_before_is_dropped(rig: EnrolmentRig) -> None:
    rig.go(Step.WHO)
    rig.is_slow = True
    rig.session.choose_person(rig.touch(), 0)
    stale = rig.held.pop()
    rig.pull()
    stale()
    assert rig.step is Step.STOPPED


def test_a_mistake_of_ours_while_reading_stops_visibly(rig: EnrolmentRig) -> None:
    rig.is_slow = True
    rig.insert()
    rig.reader._inside = None  # type: ignore[assignment]
    rig.work()
    assert (rig.step, rig.journey.fault) == (Step.STOPPED, Fault.INTERNAL)


# Out of service, counter session


def test_a_terminal_that_may_not_enrol_says_why_and_comes_back_by_itself(rig: EnrolmentRig) -> None:
    rig.whereabouts.reason = "revoked"
    rig.session.tick()
    assert (rig.step, rig.journey.fault_code) == (Step.OUT_OF_SERVICE, "revoked")
    rig.insert()
    assert rig.step is Step.OUT_OF_SERVICE
    rig.whereabouts.reason = None
    rig.session.tick()
    assert rig.step is Step.WHO


def test_a_terminal_revoked_under_a_journey_keeps_nothing(rig: EnrolmentRig) -> None:
    rig.go(Step.CONFIRM)
    rig.whereabouts.reason = "revoked"
    rig.session.attesting.confirm(rig.touch())
    assert (rig.step, rig.journey.fault, rig.journey.fault_code) == (Step.STOPPED, Fault.NOT_READY, "revoked")
    assert rig.store.drafts == []


def test_at_the_counter_no_card_is_read_before_somebody_signed_in(counter: EnrolmentRig) -> None:
    counter.insert()
    assert counter.step is Step.SIGN_IN
    counter.session.attesting.sign_in(counter.touch(), AGENT_PIN)
    assert (counter.step, counter.journey.complaint) == (Step.SIGN_IN, "pin_role")
    counter.session.attesting.sign_in(counter.touch(), PHARMACIST_PIN)
    counter.session.tick()
    assert counter.step is Step.NOTICE  # one person on the card: nobody need be asked who it is for


def test_a_counter_session_lasts_over_patients_and_ends_after_a_quarter_of_an_hour(counter: EnrolmentRig) -> None:
    counter.go(Step.DONE)
    counter.session.leave(counter.touch())
    counter.pull()
    assert counter.step is Step.ATTRACT
    counter.wait(899)
    assert counter.step is Step.ATTRACT
    counter.wait(1)
    assert counter.step is Step.SIGN_IN


def test_signing_out_wipes_the_journey_under_way(counter: EnrolmentRig) -> None:
    counter.go(Step.CONTACT)
    counter.session.attesting.sign_out(counter.touch())
    assert counter.step is Step.SIGN_IN
    assert knows_nobody(counter.journey)


def test_the_days_count_starts_again_at_midnight(counter: EnrolmentRig) -> None:
    counter.go(Step.DONE)
    counter.clock.forward(24 * 3600)
    assert counter.session.screen().done_today == 0


def test_the_days_count_outlives_a_restart(counter: EnrolmentRig) -> None:
    counter.go(Step.DONE)
    counter.restart()
    assert counter.session.screen().done_today == 1


def test_nothing_personal_stands_in_what_a_debugger_prints(rig: EnrolmentRig) -> None:
    rig.go(Step.SUMMARY)
    shown = repr(rig.session.screen())
    assert not any(word in shown for word in ("CAMILLE", "SPÉCIMEN", "19850214", "exemple.fr", "612345678"))
