from __future__ import annotations

import pytest

from kiosk.card_reader.connection import SlotsSnapshot, SlotState, SlotStatus
from kiosk.card_reader.slot_choice import SlotChoice
from kiosk.card_reader.virtual.people import card_of
from kiosk.enrolment.ports import ReaderState

VITALE = card_of("marie").atr
CPS = card_of("cps").atr
NOW = 1000.0
BADGE = bytes.fromhex("3B6700002D201601789000")


def slot(name: str, atr: bytes | None, token: int = 1, state: SlotState = SlotState.PRESENT) -> SlotStatus:
    return SlotStatus(name, SlotState.EMPTY, b"", token) if atr is None else SlotStatus(name, state, atr, token)


def show(choice: SlotChoice, *slots: SlotStatus) -> str | None:
    choice.update(SlotsSnapshot(service_up=True, slots=slots), NOW)
    return choice.card.name if choice.card else None


@pytest.mark.parametrize(
    ("snapshot", "state"),
    [
        (SlotsSnapshot(service_up=False), ReaderState.NO_SERVICE),
        (SlotsSnapshot(service_up=True), ReaderState.NO_READER),
        (SlotsSnapshot(service_up=True, slots=(slot("a", None),)), ReaderState.EMPTY),
        (SlotsSnapshot(service_up=True, slots=(slot("a", VITALE),)), ReaderState.PRESENT),
        (SlotsSnapshot(service_up=True, slots=(slot("a", b"", state=SlotState.MUTE),)), ReaderState.MUTE),
    ],
)
def test_the_slots_have_one_state_together(snapshot: SlotsSnapshot, state: ReaderState) -> None:
    choice = SlotChoice()
    choice.update(snapshot, NOW)
    assert choice.presence.state is state


def test_before_the_first_look_nothing_is_promised() -> None:
    assert SlotChoice().presence.state is ReaderState.NO_SERVICE


def test_each_card_that_comes_in_has_its_own_insertion() -> None:
    choice = SlotChoice()
    seen = []
    for token, atr in enumerate((VITALE, None, VITALE, VITALE, None)):
        show(choice, slot("a", atr, token))
        seen.append(choice.presence.insertion)
    assert seen == [1, 1, 2, 3, 3]


def test_the_same_card_seen_again_is_the_same_insertion() -> None:
    choice = SlotChoice()
    show(choice, slot("a", VITALE, 7))
    show(choice, slot("a", VITALE, 7))
    assert choice.presence.insertion == 1


def test_a_card_still_there_when_the_service_returns_is_a_new_insertion() -> None:
    choice = SlotChoice()
    show(choice, slot("a", VITALE, 1))
    choice.update(SlotsSnapshot(service_up=False), NOW)
    show(choice, slot("a", VITALE, 1))
    assert choice.presence.insertion == 2


def test_the_card_of_the_professional_is_passed_over() -> None:
    choice = SlotChoice()
    assert show(choice, slot("a", CPS), slot("b", None)) is None
    assert choice.presence.state is ReaderState.EMPTY
    assert show(choice, slot("a", CPS), slot("b", VITALE)) == "b"


def test_a_cps_in_the_only_slot_counts_and_can_be_named() -> None:
    assert show(SlotChoice(), slot("a", CPS)) == "a"


def test_a_cps_where_a_vitale_was_read_counts_and_can_be_named() -> None:
    choice = SlotChoice()
    show(choice, slot("a", VITALE, 1), slot("b", None))
    choice.mark_read(slot("a", VITALE, 1))
    assert show(choice, slot("a", CPS, 3), slot("b", None)) == "a"


def test_the_likelier_vitale_comes_first_whatever_its_slot() -> None:
    assert show(SlotChoice(), slot("a", BADGE), slot("b", VITALE)) == "b"


def test_a_card_that_was_no_vitale_makes_way_for_another() -> None:
    choice = SlotChoice()
    badges = slot("a", BADGE), slot("b", BADGE)
    assert show(choice, *badges) == "a"
    choice.mark_stranger(badges[0], NOW)
    assert choice.card is not None
    assert (choice.card.name, choice.presence.insertion) == ("b", 2)


def test_a_stranger_alone_stays_shown_until_it_is_pulled() -> None:
    choice = SlotChoice()
    show(choice, slot("a", BADGE))
    choice.mark_stranger(slot("a", BADGE), NOW)
    assert choice.presence.insertion == 1


def test_a_new_card_in_the_slot_of_a_stranger_is_no_stranger() -> None:
    choice = SlotChoice()
    show(choice, slot("a", BADGE, 1), slot("b", BADGE))
    choice.mark_stranger(slot("a", BADGE, 1), NOW)
    choice.mark_stranger(slot("b", BADGE), NOW)
    assert show(choice, slot("a", BADGE, 3), slot("b", BADGE)) == "a"


def test_a_card_that_was_read_is_not_displaced_by_a_likelier_one() -> None:
    choice = SlotChoice()
    show(choice, slot("a", None), slot("b", BADGE))
    choice.mark_read(slot("b", BADGE))
    assert show(choice, slot("a", VITALE), slot("b", BADGE)) == "b"
    assert choice.presence.insertion == 1


def test_the_last_good_slot_is_preferred_among_equals() -> None:
    choice = SlotChoice()
    show(choice, slot("a", None), slot("b", VITALE))
    choice.mark_read(slot("b", VITALE))
    show(choice, slot("a", None), slot("b", None, 2))
    assert show(choice, slot("a", VITALE), slot("b", VITALE, 3)) == "b"


def test_a_mute_card_makes_way_for_one_that_answers() -> None:
    assert show(SlotChoice(), slot("a", b"", state=SlotState.MUTE), slot("b", BADGE)) == "b"


def test_a_card_whose_reading_broke_off_does_not_share_its_insertion_with_what_follows() -> None:
    choice = SlotChoice()
    show(choice, slot("a", VITALE, 1))
    choice.mark_gone(slot("a", VITALE, 1), NOW)
    assert (choice.presence.state, choice.presence.insertion) == (ReaderState.EMPTY, 1)
    choice.update(SlotsSnapshot(service_up=True, slots=(slot("a", VITALE, 1),)), NOW + 0.01)
    assert (choice.presence.state, choice.presence.insertion) == (ReaderState.PRESENT, 2)


def test_a_slot_whose_card_was_pulled_counts_as_empty_while_the_service_is_late() -> None:
    choice = SlotChoice()
    late = SlotsSnapshot(service_up=True, slots=(slot("a", VITALE, 1),))
    choice.update(late, NOW)
    choice.mark_gone(slot("a", VITALE, 1), NOW, settle_s=0.6)
    choice.update(late, NOW + 0.5)
    assert (choice.presence.state, choice.presence.insertion) == (ReaderState.EMPTY, 1)


def test_a_card_that_came_unseen_after_a_pull_is_shown_when_the_service_had_its_time() -> None:
    choice = SlotChoice()
    unchanged = SlotsSnapshot(service_up=True, slots=(slot("a", VITALE, 1),))
    choice.update(unchanged, NOW)
    choice.mark_gone(slot("a", VITALE, 1), NOW, settle_s=0.6)
    choice.update(unchanged, NOW + 0.7)
    assert (choice.presence.state, choice.presence.insertion) == (ReaderState.PRESENT, 2)


def test_a_card_seen_to_come_after_a_pull_is_shown_at_once() -> None:
    choice = SlotChoice()
    show(choice, slot("a", VITALE, 1))
    choice.mark_gone(slot("a", VITALE, 1), NOW, settle_s=0.6)
    show(choice, slot("a", VITALE, 3))
    assert (choice.presence.state, choice.presence.insertion) == (ReaderState.PRESENT, 2)


def test_a_broken_off_reading_of_an_earlier_card_changes_nothing() -> None:
    choice = SlotChoice()
    show(choice, slot("a", VITALE, 3))
    choice.mark_gone(slot("a", VITALE, 1), NOW)
    assert choice.presence.insertion == 1


def test_a_card_that_hung_makes_way_for_a_likely_one_in_another_slot() -> None:
    choice = SlotChoice()
    cards = slot("a", VITALE), slot("b", VITALE)
    show(choice, *cards)
    choice.mark_hung(cards[0], NOW)
    assert choice.card == cards[1]
    assert choice.presence.insertion == 2


def test_a_card_that_hung_makes_no_way_for_a_badge_that_lies_about() -> None:
    choice = SlotChoice()
    cards = slot("a", VITALE), slot("b", BADGE)
    show(choice, *cards)
    choice.mark_hung(cards[0], NOW)
    assert choice.card == cards[0]
    assert choice.presence.insertion == 1


def test_the_next_card_in_the_slot_of_a_hung_one_has_not_hung() -> None:
    choice = SlotChoice()
    show(choice, slot("a", VITALE, 1), slot("b", None))
    choice.mark_hung(slot("a", VITALE, 1), NOW)
    assert show(choice, slot("a", VITALE, 3), slot("b", VITALE)) == "a"
