from __future__ import annotations

from dataclasses import replace

import pytest

from kiosk.card_reader.connection import CardResetError, SlotState
from kiosk.card_reader.errors import UnknownCardError
from kiosk.card_reader.virtual.line import LINE_OF_A_VITALE, NO_DELAY, SLOW_LINE, seconds_on_the_line
from kiosk.card_reader.virtual.mishap import Mishap, MishapKind
from kiosk.card_reader.virtual.people import card_of
from kiosk.card_reader.virtual.scenario import plain
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


SELECT_ROOT = bytes.fromhex("00A40000023F00")


def slot_with(*mishaps: Mishap, line_speed: int | None = None) -> VirtualSlots:
    slots = VirtualSlots()
    slots.insert(replace(plain(card_of("marie")), mishaps=mishaps, line_speed=line_speed))
    return slots


def test_a_scenario_is_in_the_slot_under_its_name() -> None:
    slots = VirtualSlots()
    slots.insert(replace(plain(card_of("marie")), name="une fois"))
    assert slots.inserted == "une fois"


def test_a_wrong_status_word_reaches_the_reader() -> None:
    connection = slot_with(Mishap(MishapKind.WRONG_STATUS, 1, status=0x6581)).connect(SLOT_NAME)
    assert connection.transmit(SELECT_ROOT) == (b"", 0x6581)


def test_a_hang_of_some_seconds_ends_in_the_answer() -> None:
    connection = slot_with(Mishap(MishapKind.HANG, 1, seconds=0.01)).connect(SLOT_NAME)
    assert connection.transmit(SELECT_ROOT) == (b"", 0x6112)


def test_a_card_reset_by_another_program_is_lost_to_this_connection_and_well_in_the_next() -> None:
    slots = slot_with(Mishap(MishapKind.RESET, 1))
    connection = slots.connect(SLOT_NAME)
    for _ in range(2):
        with pytest.raises(CardResetError):
            connection.transmit(SELECT_ROOT)
    assert slots.connect(SLOT_NAME).transmit(SELECT_ROOT) == (b"", 0x6112)


def test_the_successor_of_a_scenario_is_in_at_once() -> None:
    slots = VirtualSlots()
    slots.insert("marie", mishap=Mishap(MishapKind.SWAP, 1), successor="couple")
    connection = slots.connect(SLOT_NAME)
    with pytest.raises(CardError):
        connection.transmit(SELECT_ROOT)
    assert slots.inserted == "couple"


def test_a_mute_scenario_of_a_good_card_is_mute() -> None:
    slots = VirtualSlots()
    slots.insert(replace(plain(card_of("marie")), is_mute=True))
    assert slots.watch(5).slots[0].state is SlotState.MUTE


@pytest.mark.parametrize(
    ("line_speed", "factor"), [(NO_DELAY, 0), (None, 1), (SLOW_LINE, LINE_OF_A_VITALE / SLOW_LINE)]
)
def test_the_speed_of_a_scenario_goes_before_that_of_the_slot(line_speed: int | None, factor: float) -> None:
    spent: list[float] = []
    slots = VirtualSlots(is_realistic=True, sleep=spent.append)
    slots.insert(replace(plain(card_of("marie")), line_speed=line_speed))
    slots.connect(SLOT_NAME).transmit(SELECT_ROOT)
    assert sum(spent) == pytest.approx(factor * seconds_on_the_line(SELECT_ROOT, b"\x61\x12"))
