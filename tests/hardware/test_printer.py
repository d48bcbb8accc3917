"""A real printer: ``pytest tests/hardware --printer ADDRESS [--printer-profile NAME] [--hands]`` (docs/hardware.md).

What a program can see is asserted here; what only a person can see on the paper stands in docs/hardware.md. The slips
are of fictitious people. About 60 cm of paper.
"""

from __future__ import annotations

import time
from collections.abc import Callable, Iterator
from datetime import datetime

import pytest

from kiosk.enrolment.ports import PrinterState, PrintOutcome, PrintResult
from kiosk.enrolment.texts import load_texts
from kiosk.enrolment.trial_slip import trial_slip
from kiosk.printer.device import sink_from_address
from kiosk.printer.profile import Confirmation, PrinterProfile, profile_named
from kiosk.printer.thermal import ThermalPrinter
from tests.fakes.every_slip import every_slip
from tests.waiting import wait_until

pytestmark = [pytest.mark.real_printer, pytest.mark.timeout(300)]
WELL = {PrinterState.READY, PrinterState.PAPER_LOW}
HANDS_S = 60.0  # what a person is given to walk to the printer
Tell = Callable[[str], None]


@pytest.fixture(scope="module")
def profile(printer_profile: str) -> PrinterProfile:
    return profile_named(printer_profile)


@pytest.fixture(scope="module")
def printer(printer_address: str, profile: PrinterProfile) -> Iterator[ThermalPrinter]:
    thermal = ThermalPrinter(sink_from_address(printer_address), profile)
    yield thermal
    thermal.close()


@pytest.fixture
def tell(capsys: pytest.CaptureFixture[str]) -> Tell:
    """Say something to the person at the printer, also without ``-s``."""

    def told(sentence: str) -> None:
        with capsys.disabled():
            print(f"\n    {sentence}", flush=True)  # noqa: T201 - that is what it is for

    return told


def _is_sure(profile: PrinterProfile) -> bool:
    return profile.confirmation is not Confirmation.NONE


def test_it_says_how_it_is(printer: ThermalPrinter, profile: PrinterProfile, tell: Tell) -> None:
    state = printer.state()
    tell(f"{profile.name} says: {state.value}")
    assert state in WELL or not _is_sure(profile)


def test_the_test_page_comes_out_and_is_confirmed(printer: ThermalPrinter, profile: PrinterProfile, tell: Tell) -> None:
    began = time.monotonic()
    outcome = printer.print(trial_slip("BANC-ESSAI", datetime.now().astimezone(), load_texts().slips))
    tell(f"test page: {outcome.result.value} after {time.monotonic() - began:.2f} s; compare it with docs/hardware.md")
    assert outcome.result is PrintResult.PRINTED or not _is_sure(profile)


@pytest.mark.parametrize("name", ["A-enrolment-fr", "B-enrolment-fr"])
def test_a_slip_comes_out_and_is_confirmed(
    printer: ThermalPrinter, profile: PrinterProfile, name: str, tell: Tell
) -> None:
    began = time.monotonic()
    outcome = printer.print(every_slip()[name])
    tell(f"slip {name}: {outcome.result.value} after {time.monotonic() - began:.2f} s")
    assert outcome.result is PrintResult.PRINTED or not _is_sure(profile)


@pytest.mark.hands
def test_a_cover_that_is_opened_is_seen_and_nothing_is_sent(printer: ThermalPrinter, tell: Tell) -> None:
    tell("OPEN the printer's cover now")
    assert wait_until(lambda: printer.state() is PrinterState.COVER_OPEN, HANDS_S)
    outcome = printer.print(every_slip()["refusal-fr"])
    tell("CLOSE the cover: no paper may come out but what the printer itself feeds")
    assert outcome == PrintOutcome(PrintResult.FAILED, PrinterState.COVER_OPEN, may_be_on_paper=False)
    assert wait_until(lambda: printer.state() in WELL, HANDS_S)


@pytest.mark.hands
def test_a_cover_that_is_opened_in_the_middle_leaves_nothing_for_the_next_person(
    printer: ThermalPrinter, tell: Tell
) -> None:
    tell("a slip comes now: OPEN the cover while it is printed, and CLOSE it a few seconds later")
    outcome = printer.print(every_slip()["A-enrolment-fr"])
    tell(f"the slip is {outcome.result.value}: nothing more of it may come out now")
    assert outcome.result is not PrintResult.PRINTED
    assert wait_until(lambda: printer.state() in WELL, HANDS_S)
