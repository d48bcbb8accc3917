"""Every fault of the machine by the fact that means it; and what never closes a terminal."""

from __future__ import annotations

from dataclasses import replace
from datetime import timedelta

import pytest

from kiosk.enrolment.faults import TABLE, Fault, Severity
from kiosk.enrolment.machine import CentralReading, DeadRecord
from kiosk.enrolment.ports import DoubtfulSlip, PrinterState, ReaderState
from kiosk.enrolment.readiness import DISK_FULL, DISK_LOW, Observation, closing_fault, current_faults
from kiosk.enrolment.slip import SlipKind
from tests.fakes.programme import PRESENT
from wire.identifiers import RecordId

HOUR, DAY = timedelta(hours=1), timedelta(days=1)
WELL = Observation(
    at=PRESENT,
    printer=PrinterState.READY,
    disk_free=10 << 30,
    central=CentralReading(
        clock_off=timedelta(seconds=1),
        trust_until=PRESENT + 200 * DAY,
        configuration_version=1,
        configuration_confirmed_at=PRESENT - HOUR,
        last_contact_at=PRESENT - HOUR,
    ),
)
DOUBTFUL = DoubtfulSlip(RecordId.new(PRESENT), SlipKind.ACTIVATION, 1, "unknown")


def told(**changes: object) -> Observation:
    assert WELL.central is not None
    return replace(WELL, central=replace(WELL.central, **changes))  # type: ignore[arg-type]


SEEN: dict[Fault, Observation] = {
    Fault.NO_READER: replace(WELL, reader=ReaderState.NO_READER),
    Fault.NO_SERVICE: replace(WELL, reader=ReaderState.NO_SERVICE),
    Fault.PAPER_LOW: replace(WELL, printer=PrinterState.PAPER_LOW),
    Fault.PAPER_OUT: replace(WELL, printer=PrinterState.PAPER_OUT),
    Fault.COVER_OPEN: replace(WELL, printer=PrinterState.COVER_OPEN),
    Fault.PRINTER_OFFLINE: replace(WELL, printer=PrinterState.OFFLINE),
    Fault.PRINTER_SILENT: replace(WELL, printer=PrinterState.UNKNOWN),
    Fault.SECOND_PRINTER: replace(WELL, printer=PrinterState.PAPER_OUT, second_printer=PrinterState.READY),
    Fault.SLIPS_IN_DOUBT: replace(WELL, doubtful=(DOUBTFUL,)),
    Fault.DISK_LOW: replace(WELL, disk_free=DISK_LOW - 1),
    Fault.DISK_FULL: replace(WELL, disk_free=DISK_FULL - 1),
    Fault.NETWORK: told(failure="timeout", unreachable=True),
    Fault.CENTRAL_REFUSING: told(failure="unknown_terminal"),
    Fault.CONTACT_LOST: told(last_contact_at=PRESENT - DAY - HOUR),
    Fault.SENDING_LATE: told(waiting=1, oldest=(RecordId.new(PRESENT - DAY - HOUR),)),
    Fault.DEAD_LETTERS: told(dead=(DeadRecord(RecordId.new(PRESENT), "malformed"),)),
    Fault.CLOCK_DOUBTFUL: told(clock_off=timedelta(minutes=-3)),
    Fault.CLOCK_WRONG: told(clock_off=timedelta(days=2)),
    Fault.CONFIGURATION_OLD: told(configuration_confirmed_at=PRESENT - 8 * DAY),
    Fault.TRUST_EXPIRING: told(trust_until=PRESENT + 29 * DAY),
    Fault.TRUST_EXPIRED: replace(WELL, not_ready="trust_validity"),
    Fault.NOT_REGISTERED: replace(WELL, not_ready="not_registered"),
    Fault.REVOKED: replace(WELL, not_ready="revoked"),
    Fault.NOT_READY: replace(WELL, not_ready="trust_root"),
}
# These come from one card or one visit (kiosk.enrolment.faults.fault_of and the session), not from the machine.
OF_A_VISIT = {
    *(Fault.MUTE, Fault.PULLED, Fault.SWAPPED, Fault.BUSY, Fault.TIMEOUT, Fault.FAILED, Fault.PROTECTED),
    *(Fault.DAMAGED, Fault.NOBODY, Fault.TEST_CARD, Fault.STORE, Fault.PAPER, Fault.INTERNAL),
    *(fault for fault in Fault if fault.value.startswith("wrong_card")),
}


def test_a_sound_machine_has_no_fault() -> None:
    assert current_faults(WELL) == ()


@pytest.mark.parametrize("fault", SEEN, ids=lambda fault: fault.value)
def test_each_fault_is_reached_by_its_own_fact_alone(fault: Fault) -> None:
    assert current_faults(SEEN[fault]) == (fault,)


def test_every_fault_is_of_the_machine_or_of_a_visit() -> None:
    assert set(SEEN) | OF_A_VISIT == set(Fault)
    assert not set(SEEN) & OF_A_VISIT


def test_the_gravest_comes_first() -> None:
    seen = replace(SEEN[Fault.NETWORK], printer=PrinterState.PAPER_OUT, doubtful=(DOUBTFUL,))
    assert current_faults(seen) == (Fault.PAPER_OUT, Fault.NETWORK, Fault.SLIPS_IN_DOUBT)


@pytest.mark.parametrize(
    "first", [one for one in PrinterState if one not in {PrinterState.READY, PrinterState.PAPER_LOW}]
)
def test_a_second_printer_that_is_ready_keeps_the_terminal_open(first: PrinterState) -> None:
    seen = replace(WELL, printer=first, second_printer=PrinterState.READY)
    assert current_faults(seen) == (Fault.SECOND_PRINTER,)
    assert closing_fault(current_faults(seen)) is None


def test_what_is_told_of_paper_is_of_the_printer_in_use() -> None:
    seen = replace(WELL, printer=PrinterState.OFFLINE, second_printer=PrinterState.PAPER_LOW)
    assert set(current_faults(seen)) == {Fault.SECOND_PRINTER, Fault.PAPER_LOW}


def test_two_printers_without_paper_stop_the_terminal() -> None:
    seen = replace(WELL, printer=PrinterState.PAPER_OUT, second_printer=PrinterState.COVER_OPEN)
    assert current_faults(seen) == (Fault.PAPER_OUT,)


@pytest.mark.parametrize("second", PrinterState)
def test_a_second_printer_that_is_not_needed_is_no_fault(second: PrinterState) -> None:
    assert current_faults(replace(WELL, second_printer=second)) == ()


def test_nothing_that_was_not_asked_is_judged() -> None:
    assert current_faults(Observation(at=PRESENT)) == ()
    assert current_faults(Observation(at=PRESENT, central=CentralReading())) == ()


@pytest.mark.parametrize("off", [timedelta(minutes=-119), timedelta(seconds=119), timedelta(0)])
def test_a_clock_a_little_off_is_no_day_off(off: timedelta) -> None:
    assert Fault.CLOCK_WRONG not in current_faults(told(clock_off=off))


def test_a_whole_batch_that_waits_is_late_however_young() -> None:
    young = (RecordId.new(PRESENT),)
    assert current_faults(told(waiting=199, oldest=young)) == ()
    assert current_faults(told(waiting=200, oldest=young)) == (Fault.SENDING_LATE,)


CLOSING = {Fault.PAPER_OUT, Fault.COVER_OPEN, Fault.PRINTER_OFFLINE, Fault.DISK_FULL, Fault.CLOCK_WRONG}


@pytest.mark.parametrize("fault", SEEN, ids=lambda fault: fault.value)
def test_only_what_makes_an_enrolment_impossible_closes_before_the_card(fault: Fault) -> None:
    assert closing_fault(current_faults(SEEN[fault])) == (fault if fault in CLOSING else None)


@pytest.mark.parametrize(
    "fault", [Fault.NETWORK, Fault.CENTRAL_REFUSING, Fault.CONTACT_LOST, Fault.SENDING_LATE, Fault.CONFIGURATION_OLD]
)
def test_invariant_11_no_silence_of_central_ever_stops_a_terminal(fault: Fault) -> None:
    assert TABLE[fault].severity is not Severity.STOPS
    assert TABLE[fault].goes_on
