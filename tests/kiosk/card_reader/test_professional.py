"""Which slot is the professional's: never the one where the patients' cards go."""

from __future__ import annotations

import threading
from collections.abc import Iterator

import pytest

from kiosk.card_reader.connection import CardConnection, SlotsSnapshot, SlotState, SlotStatus
from kiosk.card_reader.professional import ProfessionalSlot, WatchedProfessionalReader
from kiosk.card_reader.virtual.mishap import Mishap, MishapKind
from kiosk.card_reader.virtual.slot import VirtualSlots
from kiosk.enrolment.errors import CardError, CardFault
from tests.waiting import wait_until

CPS = bytes.fromhex("3BAC00402A001225006480000310009000")
CPS4 = bytes.fromhex("3B9B188001001225006480040100009044")
VITALE = bytes.fromhex("3B751300004409EA9000")
BADGE = bytes.fromhex("3B6700002D201601789000")


def slots(*atrs: bytes) -> SlotsSnapshot:
    """Slots A, B, … holding these; nothing where the ATR is empty."""
    states = [SlotState.PRESENT if atr else SlotState.EMPTY for atr in atrs]
    return SlotsSnapshot(True, tuple(SlotStatus("ABC"[n], states[n], atr, n + 1) for n, atr in enumerate(atrs)))


def name(choice: ProfessionalSlot, snapshot: SlotsSnapshot) -> str | None:
    found = choice.choose(snapshot)
    return None if found is None else found.name


@pytest.mark.parametrize("atr", [CPS, CPS4])
def test_a_cps_beside_the_patients_slot_counts(atr: bytes) -> None:
    assert name(ProfessionalSlot(is_own=False), slots(VITALE, atr)) == "B"
    assert name(ProfessionalSlot(is_own=False), slots(b"", atr)) == "B"


@pytest.mark.parametrize("atr", [b"", VITALE, BADGE])
def test_no_other_card_counts(atr: bytes) -> None:
    assert name(ProfessionalSlot(is_own=False), slots(VITALE, atr)) is None


def test_a_cps_in_the_only_slot_is_a_wrong_card_of_the_patients() -> None:
    assert name(ProfessionalSlot(is_own=False), slots(CPS)) is None


def test_the_only_slot_counts_where_it_was_named_as_the_professionals() -> None:
    assert name(ProfessionalSlot(is_own=True), slots(CPS)) == "A"


def test_a_cps_where_a_vitale_lay_last_does_not_count() -> None:
    choice = ProfessionalSlot(is_own=False)
    choice.choose(slots(VITALE, b""))
    assert name(choice, slots(CPS, b"")) is None


def test_a_vitale_put_into_the_wrong_slot_once_does_not_close_it_for_ever() -> None:
    choice = ProfessionalSlot(is_own=False)
    choice.choose(slots(b"", VITALE))
    choice.choose(slots(VITALE, b""))
    assert name(choice, slots(b"", CPS)) == "B"


def test_a_vitale_put_into_the_professionals_own_slot_by_mistake_does_not_close_it() -> None:
    choice = ProfessionalSlot(is_own=True)
    choice.choose(slots(VITALE))
    choice.choose(slots(b""))
    assert name(choice, slots(CPS)) == "A"


def test_a_card_of_unknown_atr_is_worth_asking_in_the_professionals_own_slot_only() -> None:
    assert name(ProfessionalSlot(is_own=True), slots(BADGE)) == "A"
    assert name(ProfessionalSlot(is_own=False), slots(VITALE, BADGE)) is None
    assert name(ProfessionalSlot(is_own=True), slots(BADGE, CPS)) == "B"


def test_a_mute_card_does_not_count() -> None:
    mute = SlotsSnapshot(True, (SlotStatus("A", SlotState.EMPTY, b"", 1), SlotStatus("B", SlotState.MUTE, CPS, 2)))
    assert name(ProfessionalSlot(is_own=False), mute) is None


class Owned(VirtualSlots):
    """Another program (GALSS) has the card until ``is_free``; or a driver that keeps whoever connects, until then."""

    def __init__(self, *, hangs: bool = False) -> None:
        super().__init__(name="second")
        self.is_free = threading.Event()
        self.asked = 0
        self._hangs = hangs

    def connect(self, slot: str) -> CardConnection:
        self.asked += 1
        if self._hangs:
            self.is_free.wait()
        elif not self.is_free.is_set():
            raise CardError(CardFault.BUSY)
        return super().connect(slot)

    def close(self) -> None:
        self.is_free.set()
        super().close()


@pytest.fixture
def owned() -> Iterator[tuple[Owned, WatchedProfessionalReader]]:
    slots = Owned()
    reader = WatchedProfessionalReader(slots, is_own_slot=True, ask_again_s=0.02)
    yield slots, reader
    reader.close()


def serial(reader: WatchedProfessionalReader) -> str | None:
    card = reader.card()
    return None if card is None else card.serial


def test_a_card_that_another_program_owns_is_there_by_its_atr_and_told_when_it_is_free(
    owned: tuple[Owned, WatchedProfessionalReader],
) -> None:
    slots, reader = owned
    slots.insert("cps")
    assert wait_until(lambda: reader.card() is not None and slots.asked)
    assert serial(reader) is None
    slots.is_free.set()
    assert wait_until(lambda: serial(reader) == "0990000001")
    assert slots.asked >= 2


def test_a_card_that_hangs_and_is_pulled_does_not_seem_to_be_there() -> None:
    slots = Owned(hangs=True)
    reader = WatchedProfessionalReader(slots, is_own_slot=True)
    try:
        slots.insert("cps")
        assert wait_until(lambda: reader.card() is not None and slots.asked)
        slots.pull()
        assert wait_until(lambda: reader.card() is None)
    finally:
        reader.close()


def test_the_card_after_one_that_hung_tells_its_serial() -> None:
    slots = VirtualSlots(name="second")
    reader = WatchedProfessionalReader(slots, is_own_slot=True)
    try:
        slots.insert("cps", mishap=Mishap(MishapKind.HANG, 2))
        assert wait_until(lambda: reader.card() is not None)
        slots.insert("cps4")
        assert wait_until(lambda: serial(reader) == "0990000004")
        slots.insert("marie")
        assert wait_until(lambda: reader.card() is None)
    finally:
        reader.close()


def test_a_cps2ter_is_there_without_serial() -> None:
    slots = VirtualSlots(name="second")
    reader = WatchedProfessionalReader(slots, is_own_slot=True)
    try:
        slots.insert("cps2ter")
        assert wait_until(lambda: reader.card() is not None), "told by its ATR"
        assert serial(reader) is None
    finally:
        reader.close()
