"""A card exchanged for another at any instant of its reading: nobody ever, or the persons of one card alone."""

from __future__ import annotations

import threading
from collections.abc import Callable, Iterator
from dataclasses import dataclass, replace

import pytest

from kiosk.card_reader.connection import CardConnection, CardSlots, SlotsSnapshot
from kiosk.card_reader.reader import SupervisedCardReader
from kiosk.card_reader.virtual.layout import PastEnd, SelectAnswer
from kiosk.card_reader.virtual.making import CardMaking, Lengths
from kiosk.card_reader.virtual.mishap import Mishap, MishapKind
from kiosk.card_reader.virtual.people import VirtualCard, card_of
from kiosk.card_reader.virtual.scenario import Scenario, plain
from kiosk.card_reader.virtual.slot import VirtualSlots
from kiosk.card_reader.vitale import read_card
from kiosk.enrolment.errors import CardError, CardFault
from kiosk.enrolment.holder import CardContents
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


class ExchangeableSlots(VirtualSlots):
    """A slot whose card is exchanged the moment after it answered its n-th command.

    With ``is_late`` the service notices nothing while a reading is under way: PC/SC polls some drivers now and then.
    """

    def __init__(self, name: str, *, is_late: bool = False) -> None:
        super().__init__(name=name)
        self._is_late = is_late
        self._is_reading = threading.Event()
        self._last: SlotsSnapshot | None = None
        self._after, self._exchange = 0, lambda: None

    def exchange_after(self, command: int, exchange: Callable[[], None]) -> None:
        self._after, self._exchange = command, exchange

    def watch(self, timeout_s: float) -> SlotsSnapshot:
        seen = super().watch(min(timeout_s, POLL_S) if self._is_late else timeout_s)
        if self._last is None or not (self._is_late and self._is_reading.is_set()):
            self._last = seen
        return self._last

    def connect(self, slot: str) -> CardConnection:
        after, self._after = self._after, 0
        self._is_reading.set()
        return _Exchanging(super().connect(slot), after, self._exchange)

    def reading_is_over(self) -> None:
        self._is_reading.clear()


class _Exchanging(CardConnection):
    def __init__(self, inner: CardConnection, left: int, exchange: Callable[[], None]) -> None:
        self._inner, self._left, self._exchange = inner, left, exchange

    def begin(self) -> None:
        self._inner.begin()

    def transmit(self, command: bytes) -> tuple[bytes, int]:
        answer = self._inner.transmit(command)
        self._left -= 1
        if self._left == 0:
            self._exchange()
        return answer

    def slot_token(self) -> int:
        return self._inner.slot_token()

    def end(self) -> None:
        self._inner.end()


@dataclass
class Desk:
    """A reader, and the slot that the hand uses."""

    reader: SupervisedCardReader
    hand: ExchangeableSlots


@pytest.fixture(params=["only slot", "late to notice", "first slot", "second slot"])
def desk(request: pytest.FixtureRequest) -> Iterator[Desk]:
    hand = ExchangeableSlots("hand", is_late=request.param == "late to notice")
    slots: CardSlots = hand
    if "slot" in request.param and request.param != "only slot":
        counter = VirtualSlots(name="counter")
        counter.insert("cps")
        slots = SideBySide(hand, counter) if request.param == "first slot" else SideBySide(counter, hand)
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


def insert(desk: Desk, what: Scenario) -> int:
    before = desk.reader.presence().insertion
    desk.hand.insert(what)
    assert soon(lambda: desk.reader.presence().insertion > before)
    return desk.reader.presence().insertion


def read_what_is_there(desk: Desk) -> CardContents:
    """A look that began before the exchange may come in after it: then the card counts as exchanged once more."""
    insertion = desk.reader.presence().insertion
    try:
        return desk.reader.read(insertion)
    except CardError as error:
        if error.fault is not CardFault.SWAPPED:
            raise
        assert soon(lambda: desk.reader.presence().insertion > insertion)
        return desk.reader.read(desk.reader.presence().insertion)


def demand_only(desk: Desk, insertion: int, next_card: VirtualCard) -> None:
    """The first card gives nobody; the one that came in its place gives its own persons and no others."""
    with pytest.raises(CardError) as failure:
        desk.reader.read(insertion)
    assert failure.value.fault is CardFault.SWAPPED
    desk.hand.reading_is_over()
    assert soon(lambda: desk.reader.presence().insertion > insertion)
    contents = read_what_is_there(desk)
    assert [(who.given_name, who.nir.compact if who.nir else "") for who in contents.persons] == names(next_card)
    desk.hand.reading_is_over()
    desk.hand.pull()
    assert soon(lambda: desk.reader.presence().state is ReaderState.EMPTY)


@pytest.mark.parametrize("making", MAKINGS.values(), ids=MAKINGS)
def test_a_card_that_is_exchanged_instead_of_answering(desk: Desk, making: CardMaking) -> None:
    first, after = made(FIRST, making), made(NEXT, making)
    for command in range(1, commands_of(first) + 1):
        swap = Mishap(MishapKind.SWAP, command)
        demand_only(desk, insert(desk, replace(plain(first), mishaps=(swap,), successor=plain(after))), after)


@pytest.mark.parametrize("making", MAKINGS.values(), ids=MAKINGS)
def test_a_card_that_is_exchanged_the_moment_after_it_answered(desk: Desk, making: CardMaking) -> None:
    first, after = made(FIRST, making), made(NEXT, making)
    for command in range(1, commands_of(first) + 1):
        desk.hand.exchange_after(command, lambda: desk.hand.insert(plain(after)))
        demand_only(desk, insert(desk, plain(first)), after)


def test_a_card_that_leaves_and_comes_back_within_its_reading_is_another_insertion(desk: Desk) -> None:
    def out_and_in() -> None:
        desk.hand.pull()
        desk.hand.insert(plain(FIRST))

    for command in range(1, commands_of(FIRST) + 1):
        desk.hand.exchange_after(command, out_and_in)
        demand_only(desk, insert(desk, plain(FIRST)), FIRST)


def test_a_card_that_comes_into_the_other_slot_meanwhile_changes_nothing() -> None:
    hand, other = ExchangeableSlots("hand"), VirtualSlots(name="other")
    desk = Desk(SupervisedCardReader(SideBySide(hand, other), read_deadline_s=10.0), hand)
    try:
        for command in range(1, commands_of(FIRST) + 1):
            hand.exchange_after(command, lambda: other.insert("couple"))
            contents = desk.reader.read(insert(desk, plain(FIRST)))
            assert [who.given_name for who in contents.persons] == [who.given_name for who in FIRST.persons]
            other.pull()
            hand.pull()
            assert soon(lambda: desk.reader.presence().state is ReaderState.EMPTY)
    finally:
        desk.reader.close()
