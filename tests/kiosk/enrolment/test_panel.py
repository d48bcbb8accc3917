"""The service panel: who gets in, what it does, when it closes, and that it shows nobody."""

from __future__ import annotations

from datetime import timedelta

import pytest

from kiosk.enrolment.errors import NotReadyError, StepError, StoreError
from kiosk.enrolment.faults import Fault
from kiosk.enrolment.machine import CentralReading, DeadRecord
from kiosk.enrolment.panel import OPENED_FROM
from kiosk.enrolment.panel_sheet import PanelSheet, Task
from kiosk.enrolment.place import Door, Operator
from kiosk.enrolment.ports import PrintResult, ReaderState
from kiosk.enrolment.slip import SlipKind
from kiosk.enrolment.steps import PANEL_STEPS, PERSONAL, JourneyKind, Step
from kiosk.enrolment.upkeep import Finding, Level
from tests.fakes.card_slot import card
from tests.fakes.enrolment_rig import EnrolmentRig
from tests.fakes.operators import AGENT_PIN, PHARMACIST_PIN, PREPARER_PIN
from tests.fakes.paper import NO_PAPER, SILENT
from tests.fakes.programme import PRESENT, Programme
from wire.identifiers import RecordId

PROGRAMME = Programme()


@pytest.fixture
def rig() -> EnrolmentRig:
    return EnrolmentRig(JourneyKind.HALL, PROGRAMME)


@pytest.fixture
def counter() -> EnrolmentRig:
    return EnrolmentRig(JourneyKind.COUNTER, PROGRAMME)


def enter(rig: EnrolmentRig, pin: str = AGENT_PIN) -> None:
    rig.session.panel.ask(rig.touch())
    rig.session.panel.open(rig.touch(), pin)


def sheet(rig: EnrolmentRig) -> PanelSheet:
    shown = rig.session.screen().panel
    assert shown is not None
    return shown


def test_an_agent_opens_it_in_a_hall(rig: EnrolmentRig) -> None:
    enter(rig)
    assert rig.step is Step.PANEL
    assert {row.part for row in sheet(rig).rows} >= {
        "reader",
        "printer",
        "disk",
        "clock",
        "network",
        "trust",
        "records",
    }


@pytest.mark.parametrize("pin", [PHARMACIST_PIN, PREPARER_PIN])
def test_pharmacist_and_preparer_open_it_at_a_counter_although_nobody_is_signed_in(
    pin: str, counter: EnrolmentRig
) -> None:
    enter(counter, pin)
    counter.wait(1)
    assert counter.step is Step.PANEL


def test_a_pin_of_the_wrong_role_does_not_open_it(rig: EnrolmentRig, counter: EnrolmentRig) -> None:
    enter(rig, PHARMACIST_PIN)
    enter(counter, AGENT_PIN)
    for one in (rig, counter):
        assert (one.step, one.journey.complaint) == (Step.PANEL_PIN, "panel_role")
        assert one.session.screen().panel is None


def test_a_wrong_pin_is_said_and_a_lock_out_says_until_when(rig: EnrolmentRig) -> None:
    enter(rig, "000000")
    assert (rig.step, rig.journey.complaint) == (Step.PANEL_PIN, "pin_wrong")
    rig.operators.locked_until = PRESENT + timedelta(minutes=5)
    rig.session.panel.open(rig.touch(), AGENT_PIN)
    assert (rig.step, rig.journey.complaint) == (Step.PANEL_PIN, "pin_locked")
    assert rig.journey.complaint_until == rig.operators.locked_until


@pytest.mark.parametrize("error", [NotReadyError("no configuration"), StoreError("disk full")], ids=["keys", "disk"])
def test_without_a_list_of_operators_or_a_disk_to_count_on_nobody_gets_in(
    error: Exception, rig: EnrolmentRig, monkeypatch: pytest.MonkeyPatch
) -> None:
    def verify(_pin: str, _door: Door) -> Operator | None:
        raise error

    monkeypatch.setattr(rig.operators, "verify", verify)
    enter(rig)
    assert (rig.step, rig.journey.complaint) == (Step.PANEL_PIN, "panel_unverified")


@pytest.mark.parametrize("step", sorted(PERSONAL, key=lambda step: step.value), ids=lambda step: step.value)
def test_it_is_not_offered_while_somebody_is_served(step: Step) -> None:
    assert step not in OPENED_FROM


def test_it_cannot_be_opened_over_a_persons_journey(rig: EnrolmentRig) -> None:
    rig.go(Step.CONSENT)
    with pytest.raises(StepError):
        rig.session.panel.ask(rig.touch())
    assert rig.step is Step.CONSENT


@pytest.mark.parametrize("what", ["print_trial", "check", "restart", "wait_for_card", "leave"])
def test_nothing_can_be_done_there_before_the_pin(what: str, rig: EnrolmentRig) -> None:
    with pytest.raises(StepError):
        getattr(rig.session.panel, what)(rig.touch())
    rig.session.panel.ask(rig.touch())
    if what != "leave":
        with pytest.raises(StepError):
            getattr(rig.session.panel, what)(rig.touch())
    assert (rig.upkeep.restarts, rig.printer.given) == (0, [])


def test_it_closes_after_two_minutes_of_silence_and_not_before(rig: EnrolmentRig) -> None:
    enter(rig)
    rig.wait(119)
    assert rig.step is Step.PANEL
    rig.wait(1)
    assert rig.step is Step.ATTRACT


def test_a_card_closes_it_and_begins(rig: EnrolmentRig) -> None:
    enter(rig)
    rig.insert(card())
    assert rig.step in PERSONAL


def test_at_a_counter_a_card_closes_it_and_asks_for_the_pharmacist(counter: EnrolmentRig) -> None:
    enter(counter, PREPARER_PIN)
    counter.insert(card())
    assert counter.step is Step.SIGN_IN


@pytest.mark.parametrize("reason", ["revoked", "trust_validity", "not_registered"])
def test_it_opens_over_a_closed_terminal_and_a_card_begins_nothing(reason: str, rig: EnrolmentRig) -> None:
    rig.whereabouts.reason = reason
    rig.session.tick()
    enter(rig)
    rig.wait(1)
    assert rig.step is Step.PANEL
    rig.insert(card())
    assert (rig.step, rig.journey.fault_code) == (Step.OUT_OF_SERVICE, reason)


def test_closing_it_leads_back_to_why_nobody_can_begin(rig: EnrolmentRig) -> None:
    rig.printer.coming = [NO_PAPER] * 4
    rig.session.readiness.look()
    enter(rig)
    rig.session.panel.leave(rig.touch())
    assert (rig.step, rig.journey.fault) == (Step.OUT_OF_SERVICE, Fault.PAPER_OUT)


def test_new_paper_is_tried_and_seen_at_once(rig: EnrolmentRig) -> None:
    rig.printer.coming = [NO_PAPER] * 2
    rig.session.readiness.look()
    enter(rig)
    rig.printer.coming = []
    rig.session.panel.print_trial(rig.touch())
    trial = rig.printer.given[-1]
    assert (trial.kind, trial.qr is not None) == (SlipKind.TRIAL, True)
    assert sheet(rig).paper is not None
    assert sheet(rig).paper.result is PrintResult.PRINTED
    assert next(row for row in sheet(rig).rows if row.part == "printer").level is Level.OK
    rig.session.panel.leave(rig.touch())
    assert rig.step is Step.ATTRACT


def test_a_trial_slip_is_of_no_record(rig: EnrolmentRig) -> None:
    enter(rig)
    rig.session.panel.print_trial(rig.touch())
    assert (rig.store.drafts, rig.journal.lines) == ([], [])


def test_a_trial_that_nobody_confirms_is_not_called_printed(rig: EnrolmentRig) -> None:
    enter(rig)
    rig.printer.coming = [SILENT]
    rig.session.panel.print_trial(rig.touch())
    assert sheet(rig).paper == SILENT


def test_the_self_check_shows_a_tick_a_part(rig: EnrolmentRig) -> None:
    rig.upkeep.findings = (Finding("disk", Level.OK, ""), Finding("central", Level.WARNING, "", Fault.NETWORK))
    enter(rig)
    rig.session.panel.check(rig.touch())
    assert sheet(rig).findings == rig.upkeep.findings


def test_one_thing_at_a_time(rig: EnrolmentRig) -> None:
    enter(rig)
    rig.is_slow = True
    rig.session.panel.check(rig.touch())
    assert sheet(rig).task is Task.CHECK
    with pytest.raises(StepError):
        rig.session.panel.print_trial(rig.touch())
    with pytest.raises(StepError):
        rig.session.panel.restart(rig.touch())
    rig.work()
    assert (sheet(rig).task, rig.upkeep.restarts) == (None, 0)


def test_what_a_closed_panel_found_is_not_shown_to_the_next_one(rig: EnrolmentRig) -> None:
    enter(rig)
    rig.session.panel.check(rig.touch())
    rig.session.panel.leave(rig.touch())
    enter(rig)
    assert sheet(rig).findings == ()


def test_a_restart_is_asked_for_once(rig: EnrolmentRig) -> None:
    enter(rig)
    rig.session.panel.restart(rig.touch())
    assert sheet(rig).task is Task.RESTART
    with pytest.raises(StepError):
        rig.session.panel.restart(rig.touch())
    assert rig.upkeep.restarts == 1


def test_a_missing_slip_leads_home_with_a_word_that_does_not_stay(rig: EnrolmentRig) -> None:
    rig.journal.settle(RecordId.new(PRESENT), SlipKind.ACTIVATION, 1, "unknown", rig.clock.now())
    enter(rig)
    assert [slip.state for slip in sheet(rig).doubtful] == ["unknown"]
    rig.session.panel.wait_for_card(rig.touch())
    assert (rig.step, rig.journey.complaint) == (Step.ATTRACT, "reprint_hint")
    rig.wait(60)
    assert rig.journey.complaint is None


def test_a_slip_printed_again_is_no_longer_missing(rig: EnrolmentRig) -> None:
    record = RecordId.new(PRESENT)
    rig.journal.settle(record, SlipKind.ACTIVATION, 1, "failed", rig.clock.now())
    rig.journal.settle(record, SlipKind.ACTIVATION, 2, "printed", rig.clock.now())
    enter(rig)
    assert sheet(rig).doubtful == ()


def test_records_are_named_by_id_and_code_and_by_nothing_of_a_person(rig: EnrolmentRig) -> None:
    rig.printer.coming = [NO_PAPER] * 2
    rig.go(Step.PAPER)
    rig.session.paper_settled(rig.touch())
    rig.pull()
    ids = tuple(draft.record_id for draft in rig.store.drafts)
    rig.upkeep.central.reading = CentralReading(waiting=len(ids), oldest=ids, dead=(DeadRecord(ids[0], "malformed"),))
    rig.printer.coming = []
    enter(rig)
    shown = sheet(rig)
    assert (shown.oldest, [letter.code for letter in shown.dead]) == (ids, ["malformed"])
    assert len(shown.doubtful) == 2
    said = repr(shown).upper()
    assert not [word for word in ("CAMILLE", "SPÉCIMEN", "EXEMPLE.FR", "0612345678") if word in said]


def test_the_reader_is_shown_as_it_is_now(rig: EnrolmentRig) -> None:
    enter(rig)
    rig.reader.pull(ReaderState.NO_READER)
    rig.session.readiness.look()
    row = next(row for row in sheet(rig).rows if row.part == "reader")
    assert (row.state, row.level, row.faults) == ("no_reader", Level.FAULT, (Fault.NO_READER,))


def test_a_pin_screen_left_alone_goes_away(rig: EnrolmentRig) -> None:
    rig.session.panel.ask(rig.touch())
    rig.wait(60)
    assert rig.step not in PANEL_STEPS
