"""The slots that scripts break behave as the real ones do when their service dies or their reader goes."""

from __future__ import annotations

from collections.abc import Iterator

import pytest

from kiosk.card_reader.reader import SupervisedCardReader
from kiosk.card_reader.virtual.slot import VirtualSlots
from kiosk.enrolment.errors import CardError, CardFault
from kiosk.enrolment.ports import ReaderState
from tests.fakes.breakable_slots import BreakableSlots, Breakage
from tests.waiting import wait_until

GONE = [(Breakage.NO_SERVICE, ReaderState.NO_SERVICE), (Breakage.NO_READER, ReaderState.NO_READER)]


class Machine:
    def __init__(self) -> None:
        self.hand = VirtualSlots()
        self.slots = BreakableSlots(self.hand)
        self.reader = SupervisedCardReader(self.slots)

    def shows(self, state: ReaderState) -> bool:
        return wait_until(lambda: self.reader.presence().state is state)

    def fault(self) -> CardFault:
        with pytest.raises(CardError) as failure:
            self.reader.read(self.reader.presence().insertion)
        return failure.value.fault


@pytest.fixture
def machine() -> Iterator[Machine]:
    one = Machine()
    assert one.shows(ReaderState.EMPTY)
    one.hand.insert("marie")
    assert one.shows(ReaderState.PRESENT)
    yield one
    one.reader.close()


@pytest.mark.parametrize(("how", "state"), GONE)
def test_what_is_gone_is_told_and_what_comes_back_counts_as_a_new_insertion(
    machine: Machine, how: Breakage, state: ReaderState
) -> None:
    before = machine.reader.presence().insertion
    machine.slots.break_down(how)
    assert machine.shows(state)
    assert machine.fault() is how.value
    machine.slots.mend()
    assert machine.shows(ReaderState.PRESENT)
    assert machine.reader.presence().insertion == before + 1
    assert machine.reader.read(before + 1).persons


@pytest.mark.parametrize(("how", "state"), GONE)
@pytest.mark.parametrize("command", [1, 5])
def test_it_may_go_in_the_middle_of_a_reading(
    machine: Machine, how: Breakage, state: ReaderState, command: int
) -> None:
    machine.slots.break_down(how, at_command=command)
    assert machine.fault() is how.value
    assert machine.shows(state)


def test_a_card_that_another_program_holds_is_busy_and_stays_where_it_is(machine: Machine) -> None:
    machine.slots.break_down(Breakage.BUSY)
    assert machine.fault() is CardFault.BUSY
    machine.slots.mend()
    assert machine.reader.read(machine.reader.presence().insertion).persons
