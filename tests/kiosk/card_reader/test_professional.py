"""Which slot is the professional's: never the one where the patients' cards go."""

from __future__ import annotations

import pytest

from kiosk.card_reader.connection import SlotsSnapshot, SlotState, SlotStatus
from kiosk.card_reader.professional import ProfessionalSlot

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


def test_a_mute_card_does_not_count() -> None:
    mute = SlotsSnapshot(True, (SlotStatus("A", SlotState.EMPTY, b"", 1), SlotStatus("B", SlotState.MUTE, CPS, 2)))
    assert name(ProfessionalSlot(is_own=False), mute) is None
