from __future__ import annotations

import pytest

from kiosk.card_reader.connection import SlotState
from kiosk.card_reader.errors import UnknownCardError
from kiosk.card_reader.virtual.slot import SLOT_NAME, VirtualSlots
from kiosk.card_reader.vitale import read_card
from kiosk.enrolment.errors import CardError, CardFault


def test_the_tray_says_which_card_is_in() -> None:
    slots = VirtualSlots()
    assert slots.inserted is None
    slots.insert("marie")
    assert slots.inserted == "marie"
    slots.pull()
    assert slots.inserted is None


def test_an_unknown_card_leaves_the_slot_as_it_was() -> None:
    slots = VirtualSlots()
    slots.insert("marie")
    with pytest.raises(UnknownCardError):
        slots.insert("nobody")
    assert slots.inserted == "marie"


def test_watching_tells_each_change_once() -> None:
    slots = VirtualSlots()
    assert slots.watch(5).slots[0].state is SlotState.EMPTY
    slots.insert("marie")
    first = slots.watch(5).slots[0]
    slots.insert("couple")
    second = slots.watch(5).slots[0]
    assert (first.state, second.state) == (SlotState.PRESENT, SlotState.PRESENT)
    assert first.token != second.token


def test_a_connection_to_a_card_that_was_replaced_does_not_reach_the_new_one() -> None:
    slots = VirtualSlots()
    slots.insert("marie")
    connection = slots.connect(SLOT_NAME)
    slots.insert("couple")
    with pytest.raises(CardError) as failure:
        connection.transmit(bytes.fromhex("00A40000023F00"))
    assert failure.value.fault is CardFault.PULLED


def test_a_realistic_chip_takes_its_time() -> None:
    spent: list[float] = []
    slots = VirtualSlots(is_realistic=True, sleep=spent.append)
    slots.insert("famille")
    read_card(slots.connect(SLOT_NAME), b"")
    assert 0.05 < sum(spent) < 0.5
