"""What is seen of the machine reaches the screens: closed before the card, open again by itself, a badge else."""

from __future__ import annotations

import pytest

from kiosk.enrolment.faults import Fault
from kiosk.enrolment.machine import CentralReading
from kiosk.enrolment.ports import PrinterState, PrintOutcome, PrintResult
from kiosk.enrolment.steps import JourneyKind, Step
from tests.fakes.card_slot import card
from tests.fakes.enrolment_rig import EnrolmentRig
from tests.fakes.operators import PHARMACIST_PIN
from tests.fakes.paper import NO_PAPER
from tests.fakes.programme import Programme

PROGRAMME = Programme()


@pytest.fixture
def rig() -> EnrolmentRig:
    return EnrolmentRig(JourneyKind.HALL, PROGRAMME)


def look(rig: EnrolmentRig, printer: PrintOutcome | None = None) -> None:
    """One look around, and the beat after it."""
    rig.printer.coming = [] if printer is None else [printer]
    rig.session.readiness.look()
    rig.session.tick()


def of(state: PrinterState) -> PrintOutcome:
    return PrintOutcome(PrintResult.UNKNOWN, state)


@pytest.mark.parametrize(
    ("state", "fault"),
    [
        (PrinterState.PAPER_OUT, Fault.PAPER_OUT),
        (PrinterState.COVER_OPEN, Fault.COVER_OPEN),
        (PrinterState.OFFLINE, Fault.PRINTER_OFFLINE),
    ],
)
def test_without_a_way_to_print_the_terminal_closes_before_a_card_is_read(
    state: PrinterState, fault: Fault, rig: EnrolmentRig
) -> None:
    look(rig, of(state))
    assert (rig.step, rig.journey.fault) == (Step.OUT_OF_SERVICE, fault)
    rig.insert(card())
    assert rig.step is Step.OUT_OF_SERVICE


@pytest.mark.parametrize("state", [PrinterState.READY, PrinterState.PAPER_LOW, PrinterState.UNKNOWN])
def test_with_paper_or_a_printer_that_says_nothing_people_enrol(state: PrinterState, rig: EnrolmentRig) -> None:
    look(rig, of(state))
    rig.insert(card())
    assert rig.step is Step.WHO or rig.step is Step.NOTICE


def test_with_a_second_printer_that_is_ready_people_enrol_and_the_agent_is_told(rig: EnrolmentRig) -> None:
    rig.printer.second = PrinterState.READY
    look(rig, NO_PAPER)
    assert rig.session.screen().faults == (Fault.SECOND_PRINTER,)
    rig.printer.coming = []
    rig.go(Step.THANKS)


def test_a_terminal_opens_by_itself_when_the_paper_is_back(rig: EnrolmentRig) -> None:
    look(rig, NO_PAPER)
    look(rig)
    assert rig.step is Step.ATTRACT


def test_a_counter_closes_too_before_anybody_signs_in() -> None:
    rig = EnrolmentRig(JourneyKind.COUNTER, PROGRAMME)
    look(rig, NO_PAPER)
    assert rig.step is Step.OUT_OF_SERVICE
    look(rig)
    assert rig.step is Step.SIGN_IN


def test_nobody_is_interrupted_by_a_look(rig: EnrolmentRig) -> None:
    rig.go(Step.CONSENT)
    look(rig, NO_PAPER)
    assert rig.step is Step.CONSENT
    assert rig.session.screen().faults == ()


def test_the_printer_is_not_asked_while_somebody_is_served(rig: EnrolmentRig, monkeypatch: pytest.MonkeyPatch) -> None:
    rig.go(Step.CONSENT)
    asked: list[str] = []
    monkeypatch.setattr(rig.printer, "state", lambda: asked.append("asked"))
    rig.session.readiness.look()
    assert asked == []


def test_a_last_screen_stays_although_the_paper_ran_out_and_the_next_card_is_told(rig: EnrolmentRig) -> None:
    rig.go(Step.THANKS)
    look(rig, NO_PAPER)
    assert rig.step is Step.THANKS
    rig.pull()
    rig.insert(card())
    assert (rig.step, rig.journey.fault) == (Step.OUT_OF_SERVICE, Fault.PAPER_OUT)


def test_what_can_wait_is_a_badge_and_no_closed_door(rig: EnrolmentRig) -> None:
    before = rig.session.screen().revision
    rig.upkeep.central.reading = CentralReading(failure="unreachable", unreachable=True)
    look(rig)
    screen = rig.session.screen()
    assert (rig.step, screen.faults) == (Step.ATTRACT, (Fault.NETWORK,))
    assert screen.revision > before


def test_a_look_that_finds_the_same_draws_nothing_anew(rig: EnrolmentRig) -> None:
    look(rig)
    before = rig.session.screen().revision
    look(rig)
    assert rig.session.screen().revision == before


def test_digits_being_typed_are_not_lost_to_a_new_fault() -> None:
    rig = EnrolmentRig(JourneyKind.COUNTER, PROGRAMME)
    before = rig.session.screen().revision
    rig.upkeep.disk.free = 100 << 20
    look(rig)
    assert rig.session.screen().faults == (Fault.DISK_LOW,)
    assert rig.session.screen().revision == before
    rig.session.attesting.sign_in(rig.touch(), PHARMACIST_PIN)
    assert rig.step is Step.ATTRACT


def test_a_disk_that_cannot_be_read_is_said_by_the_panel_and_breaks_nothing(rig: EnrolmentRig) -> None:
    rig.upkeep.central.unreadable = True
    rig.upkeep.disk.free = None
    look(rig)
    assert rig.step is Step.ATTRACT


def test_no_two_processes_number_their_screens_alike(rig: EnrolmentRig) -> None:
    before = rig.session.screen().revision
    rig.clock.forward(1)
    rig.restart()
    assert rig.session.screen().revision > before


def test_central_is_told_what_somebody_should_mend_and_whether_people_can_enrol(rig: EnrolmentRig) -> None:
    assert rig.session.readiness.condition() is None
    look(rig, of(PrinterState.PAPER_OUT))
    out = rig.session.readiness.condition()
    assert out is not None
    assert ("P-03" in out.faults, out.enrols) == (True, False)
    look(rig, of(PrinterState.READY))
    well = rig.session.readiness.condition()
    assert well is not None
    assert ("P-03" in well.faults, well.enrols) == (False, True)
