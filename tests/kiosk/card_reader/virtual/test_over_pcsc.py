"""An example does the same to a reading whether it lies in the process's own slot or behind the real pcscd."""

from __future__ import annotations

from collections.abc import Iterator

import pytest

from kiosk.card_reader.connection import CardSlots, SlotState
from kiosk.card_reader.pcsc import PcscSlots
from kiosk.card_reader.reader import SupervisedCardReader
from kiosk.card_reader.virtual.scenario import Scenario
from kiosk.card_reader.virtual.scenario_file import scenario_named
from kiosk.card_reader.virtual.slot import VirtualSlots
from kiosk.enrolment.errors import CardError, CardFault
from kiosk.enrolment.holder import CardContents
from kiosk.enrolment.ports import ReaderState
from tests.fakes.pcscd import FIRST_SLOT, PcscDaemon, running_pcscd, why_unavailable
from tests.fakes.vpcd import in_slot
from tests.waiting import wait_until

pytestmark = pytest.mark.pcsc
DEADLINE_S = 30


@pytest.fixture(scope="module")
def pcscd() -> Iterator[PcscDaemon]:
    if reason := why_unavailable():
        pytest.skip(reason)
    with running_pcscd() as daemon:
        yield daemon


def in_the_process(scenario: Scenario) -> CardContents | CardFault:
    slots = VirtualSlots()
    slots.insert(scenario)
    return outcome(slots)


def behind_pcscd(scenario: Scenario, port: int) -> CardContents | CardFault:
    state = SlotState.MUTE if scenario.is_mute else SlotState.PRESENT
    with in_slot(scenario, port, FIRST_SLOT, state):
        return outcome(PcscSlots(FIRST_SLOT))


def outcome(slots: CardSlots) -> CardContents | CardFault:
    reader = SupervisedCardReader(slots, read_deadline_s=DEADLINE_S)
    try:
        assert wait_until(lambda: reader.presence().state in (ReaderState.PRESENT, ReaderState.MUTE))
        return reader.read(reader.presence().insertion)
    except CardError as error:
        return error.fault
    finally:
        reader.close()


@pytest.mark.parametrize(
    "name", ["answers-at-once", "nineteen-persons", "only-by-map", "protected", "worn-memory", "upside-down"]
)
def test_an_example_reads_the_same_in_both_slots(pcscd: PcscDaemon, name: str) -> None:
    scenario = scenario_named(name)
    assert behind_pcscd(scenario, pcscd.port) == in_the_process(scenario)


def test_a_card_that_forgot_what_was_selected_is_no_other_person(pcscd: PcscDaemon) -> None:
    # Over vpcd nobody is told of the reset: the reading finds no file where there was one.
    found = behind_pcscd(scenario_named("shared"), pcscd.port)
    undisturbed = in_the_process(scenario_named("shared"))
    assert isinstance(undisturbed, CardContents)
    assert isinstance(found, CardFault) or found.persons == undisturbed.persons
