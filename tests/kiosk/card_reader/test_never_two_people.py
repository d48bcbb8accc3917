"""A card exchanged for another at any instant of its reading: nobody ever, or the persons of one card alone."""

from __future__ import annotations

import threading
from collections.abc import Callable, Iterator
from dataclasses import dataclass, field, replace

import pytest

from kiosk.card_reader.connection import CardSlots, SlotsSnapshot
from kiosk.card_reader.reader import SupervisedCardReader
from kiosk.card_reader.virtual.chip import Chip
from kiosk.card_reader.virtual.engine import CardEngine
from kiosk.card_reader.virtual.layout import PastEnd, SelectAnswer
from kiosk.card_reader.virtual.making import CardMaking, Lengths
from kiosk.card_reader.virtual.mishap import Mishap, MishapKind
from kiosk.card_reader.virtual.people import VirtualCard, card_of
from kiosk.card_reader.virtual.scenario import Scenario, plain
from kiosk.card_reader.virtual.slot import VirtualSlots
from kiosk.card_reader.vitale import read_card
from kiosk.enrolment.errors import CardError, CardFault
from kiosk.enrolment.ports import ReaderState
from tests.fakes.card_connection import EngineConnection
from tests.fakes.side_by_side import SideBySide
from tests.waiting import wait_until

POLL_S = 0.001
MAKINGS = {
    "A": CardMaking(),
    "B": CardMaking(knows_directories_by_id=False),
    "C": CardMaking(knows_short_ids=False),
    "answers at once": CardMaking(select_answer=SelectAnswer.DIRECT, past_end=PastEnd.SHORT),
    "long lengths, long file": CardMaking(lengths=Lengths.THREE_BYTES, identity_size=600, past_end=PastEnd.WARNING),
}
FIRST, NEXT = card_of("famille"), card_of("couple")


@dataclass(frozen=True)
class LeavesAfter(Scenario):
    """Answers its n-th command, and is exchanged the moment after."""

    after: int = 0
    exchange: Callable[[], None] = field(default=lambda: None)

    def chip(self, happened: set[Mishap] | None = None) -> Chip:
        return Chip(_LeavingEngine(self.card.engine(), self.after, self.exchange), (), happened)


class _LeavingEngine(CardEngine):
    def __init__(self, inner: CardEngine, after: int, exchange: Callable[[], None]) -> None:
        self._inner, self._left, self._exchange = inner, after, exchange

    def reset(self) -> None:
        self._inner.reset()

    def process(self, command: bytes) -> bytes:
        answer = self._inner.process(command)
        self._left -= 1
        if self._left == 0:
            self._exchange()
        return answer


class LateToNotice(VirtualSlots):
    """A service that sees what is in its slot only while its eyes are open: PC/SC polls some drivers now and then."""

    def __init__(self) -> None:
        super().__init__()
        self.eyes = threading.Event()
        self.eyes.set()
        self._last: SlotsSnapshot | None = None

    def watch(self, timeout_s: float) -> SlotsSnapshot:
        seen = super().watch(min(timeout_s, POLL_S))
        if self._last is None or self.eyes.is_set():
            self._last = seen
        return self._last


@dataclass
class Desk:
    """A reader, and the slot that the hand uses."""

    reader: SupervisedCardReader
    hand: VirtualSlots


@pytest.fixture(params=["only slot", "late to notice", "first slot", "second slot"])
def desk(request: pytest.FixtureRequest) -> Iterator[Desk]:
    slots: CardSlots
    if request.param == "only slot":
        slots = hand = VirtualSlots()
    elif request.param == "late to notice":
        slots = hand = LateToNotice()
    else:
        slots = SideBySide()
        hand, other = (slots.first, slots.second) if request.param == "first slot" else (slots.second, slots.first)
        other.insert("cps")
    desk = Desk(SupervisedCardReader(slots, read_deadline_s=10.0), hand)
    assert soon(lambda: desk.reader.presence().state is ReaderState.EMPTY)
    yield desk
    desk.reader.close()


def made(card: VirtualCard, making: CardMaking) -> VirtualCard:
    return replace(card, making=making)


def names(card: VirtualCard) -> list[tuple[str, str]]:
    return [(who.given_name, who.number) for who in card.persons]


def commands_of(card: VirtualCard) -> int:
    connection = EngineConnection(card.engine())
    read_card(connection, card.atr)
    return len(connection.commands)


def soon(condition: Callable[[], object]) -> bool:
    return wait_until(condition, poll_s=POLL_S)


def attack(desk: Desk, scenario: Scenario, next_card: VirtualCard) -> None:
    """The first card gives nobody; the one that came in its place gives its own persons and no others."""
    before = desk.reader.presence().insertion
    desk.hand.insert(scenario)
    assert soon(lambda: desk.reader.presence().insertion > before)
    insertion = desk.reader.presence().insertion
    if isinstance(desk.hand, LateToNotice):
        desk.hand.eyes.clear()
    with pytest.raises(CardError) as failure:
        desk.reader.read(insertion)
    assert failure.value.fault is CardFault.SWAPPED
    if isinstance(desk.hand, LateToNotice):
        desk.hand.eyes.set()
    assert soon(lambda: desk.reader.presence().insertion > insertion)
    contents = desk.reader.read(desk.reader.presence().insertion)
    assert [(who.given_name, who.nir.compact if who.nir else "") for who in contents.persons] == names(next_card)
    desk.hand.pull()
    assert soon(lambda: desk.reader.presence().state is ReaderState.EMPTY)


@pytest.mark.parametrize("making", MAKINGS.values(), ids=MAKINGS)
def test_a_card_that_is_exchanged_instead_of_answering(desk: Desk, making: CardMaking) -> None:
    first, after = made(FIRST, making), made(NEXT, making)
    for command in range(1, commands_of(first) + 1):
        swap = Mishap(MishapKind.SWAP, command)
        attack(desk, replace(plain(first), mishaps=(swap,), successor=plain(after)), after)


@pytest.mark.parametrize("making", MAKINGS.values(), ids=MAKINGS)
def test_a_card_that_is_exchanged_the_moment_after_it_answered(desk: Desk, making: CardMaking) -> None:
    first, after = made(FIRST, making), made(NEXT, making)

    def exchange() -> None:
        desk.hand.pull()
        desk.hand.insert(plain(after))

    for command in range(1, commands_of(first) + 1):
        attack(desk, LeavesAfter("leaving", "", "", first, after=command, exchange=exchange), after)


def test_a_card_that_leaves_and_comes_back_within_its_reading_is_another_insertion(desk: Desk) -> None:
    def out_and_in() -> None:
        desk.hand.pull()
        desk.hand.insert(plain(FIRST))

    for command in range(1, commands_of(FIRST) + 1):
        attack(desk, LeavesAfter("leaving", "", "", FIRST, after=command, exchange=out_and_in), FIRST)


def test_a_card_that_comes_into_the_other_slot_meanwhile_changes_nothing() -> None:
    slots = SideBySide()
    reader = SupervisedCardReader(slots, read_deadline_s=10.0)

    def come() -> None:
        slots.second.insert("couple")

    try:
        for command in range(1, commands_of(FIRST) + 1):
            before = reader.presence().insertion
            slots.first.insert(LeavesAfter("staying", "", "", FIRST, after=command, exchange=come))
            assert soon(lambda: reader.presence().insertion == before + 1)  # noqa: B023 - awaited here
            contents = reader.read(before + 1)
            assert [who.given_name for who in contents.persons] == [who.given_name for who in FIRST.persons]
            slots.second.pull()
            slots.first.pull()
            assert soon(lambda: reader.presence().state is ReaderState.EMPTY)
    finally:
        reader.close()
