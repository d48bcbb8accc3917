from __future__ import annotations

import threading
from collections.abc import Callable, Iterator
from pathlib import Path

import pytest

from kiosk.card_reader.errors import UnknownCardError
from kiosk.card_reader.virtual.hand import HELP, Hand, listing, scenario_at
from kiosk.card_reader.virtual.people import card_of, deck
from kiosk.card_reader.virtual.scenario_file import shipped_scenarios
from tests.fakes.vpcd import GET_ATR, Vpcd


@pytest.fixture
def vpcd() -> Iterator[Vpcd]:
    reader = Vpcd()
    yield reader
    reader.close()


@pytest.fixture
def hand(vpcd: Vpcd) -> Iterator[Hand]:
    hand = Hand("127.0.0.1", vpcd.port)
    yield hand
    hand.pull()


def while_polled(vpcd: Vpcd, action: Callable[[], object]) -> bytes:
    """Do something that puts a card in, and ask for the ATR meanwhile, as pcscd does."""
    acting = threading.Thread(target=action)
    acting.start()
    vpcd.take_card()
    atr = vpcd.ask(GET_ATR)
    acting.join(10)
    return atr


def test_a_place_is_a_file_an_example_or_a_card(tmp_path: Path) -> None:
    file = tmp_path / "mine.yaml"
    file.write_text("title: Mine\ncard: marie\n", encoding="utf-8")
    assert [scenario_at(place).name for place in (str(file), "pulled", "couple")] == ["mine", "pulled", "couple"]
    with pytest.raises(UnknownCardError):
        scenario_at("somebody")


def test_everything_that_can_be_put_in_is_listed() -> None:
    names = [*(card.card_id for card in deck()), *(one.name for one in shipped_scenarios())]
    assert [name for name in names if f"\n{name} " not in listing()] == []


def test_a_card_goes_in_and_out_and_the_same_comes_back(vpcd: Vpcd, hand: Hand) -> None:
    assert while_polled(vpcd, lambda: hand.told("insert couple")) == card_of("couple").atr
    assert hand.told("pull") == "the slot is empty"
    assert vpcd.receive(1) == b""
    assert hand.inserted is None
    assert while_polled(vpcd, lambda: hand.told("insert")) == card_of("couple").atr


def test_a_swap_leaves_no_moment_between_the_cards(vpcd: Vpcd, hand: Hand) -> None:
    while_polled(vpcd, lambda: hand.told("insert marie"))
    assert hand.told("swap couple") == "couple is in the slot"
    assert vpcd.receive(1) == b""
    vpcd.take_card()
    assert vpcd.ask(GET_ATR) == card_of("couple").atr


@pytest.mark.parametrize("line", ["insert somebody", "swap nothing.yaml", "insert"])
def test_what_cannot_be_done_is_said_and_changes_nothing(hand: Hand, line: str) -> None:
    assert hand.told(line).startswith("not done: ")
    assert hand.inserted is None


def test_any_other_word_gets_the_list_of_words(hand: Hand) -> None:
    assert hand.told("eject") == HELP


def test_a_reader_that_went_away_is_noticed(vpcd: Vpcd, hand: Hand) -> None:
    while_polled(vpcd, lambda: hand.told("insert marie"))
    card = hand.inserted
    assert card is not None
    vpcd.line.close()
    assert card.wait(10)
    assert hand.lost_reader
