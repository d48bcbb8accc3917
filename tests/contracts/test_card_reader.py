"""What every ``CardReader`` owes the enrolment: over the demo's slot, and over the real pcscd with vpcd."""

from __future__ import annotations

from abc import ABC, abstractmethod
from collections.abc import Iterator

import pytest

from kiosk.card_reader.pcsc import PcscSlots
from kiosk.card_reader.reader import SupervisedCardReader
from kiosk.card_reader.virtual.mishap import Mishap, MishapKind
from kiosk.card_reader.virtual.people import VirtualCard, card_of, deck
from kiosk.card_reader.virtual.slot import VirtualSlots
from kiosk.card_reader.virtual.vpcd import VpcdCard
from kiosk.enrolment.errors import CardError, CardFault
from kiosk.enrolment.holder import CardContents, CardWarning
from kiosk.enrolment.ports import CardReader, NamedSlot, ReaderState, SlotHolds
from tests.fakes.breakable_slots import BreakableSlots
from tests.fakes.pcscd import FIRST_SLOT, PcscDaemon, running_pcscd, why_unavailable
from tests.waiting import wait_until

DEADLINE_S = 1.5
AT_COMMANDS = (1, 4, 9)  # of the nine of sequence A; tests/kiosk/card_reader/test_never_two_people.py takes them all
READABLE = [card for card in deck() if card.persons]


class Desk(ABC):
    """A reader and the hand that puts cards into it."""

    reader: CardReader

    @abstractmethod
    def put(self, card_id: str, mishap: Mishap | None, successor: str | None) -> None: ...

    @abstractmethod
    def pull(self) -> None: ...

    def insert(self, card_id: str, mishap: Mishap | None = None, successor: str | None = None) -> int:
        """Put a card in and wait until it is seen; gives its insertion."""
        before = self.reader.presence().insertion
        self.put(card_id, mishap, successor)
        assert wait_until(lambda: self.reader.presence().insertion > before)
        return self.reader.presence().insertion

    def empty(self) -> None:
        self.pull()
        self.wait_for(ReaderState.EMPTY)

    def wait_for(self, state: ReaderState) -> None:
        assert wait_until(lambda: self.reader.presence().state is state), self.reader.presence()


class VirtualDesk(Desk):
    def __init__(self, *, is_breakable: bool = False) -> None:
        self._slots = VirtualSlots()
        slots = BreakableSlots(self._slots) if is_breakable else self._slots
        self.reader = SupervisedCardReader(slots, read_deadline_s=DEADLINE_S)

    def put(self, card_id: str, mishap: Mishap | None, successor: str | None) -> None:
        self._slots.insert(card_id, mishap=mishap, successor=successor)

    def pull(self) -> None:
        self._slots.pull()


class PcscDesk(Desk):
    def __init__(self, port: int) -> None:
        self._port = port
        self._cards: list[VpcdCard] = []
        self.reader = SupervisedCardReader(PcscSlots(FIRST_SLOT), read_deadline_s=DEADLINE_S)

    def put(self, card_id: str, mishap: Mishap | None, successor: str | None) -> None:
        if mishap is not None and mishap.kind is MishapKind.SWAP:
            mishap = Mishap(MishapKind.PULL, mishap.at_command)
        self._cards.append(VpcdCard(card_of(card_id), port=self._port, mishap=mishap))
        assert self._cards[-1].insert()
        if successor is not None:
            # Waits in the backlog of vpcd's port until the first card leaves.
            self._cards.append(VpcdCard(card_of(successor), port=self._port))
            self._cards[-1].insert(wait_s=0)

    def pull(self) -> None:
        while self._cards:
            self._cards.pop().pull()


@pytest.fixture(scope="module")
def pcscd() -> Iterator[PcscDaemon]:
    if reason := why_unavailable():
        pytest.skip(reason)
    with running_pcscd() as daemon:
        yield daemon


@pytest.fixture(params=["virtual", "breakable", pytest.param("pcsc", marks=pytest.mark.pcsc)])
def desk(request: pytest.FixtureRequest) -> Iterator[Desk]:
    desk: Desk
    if request.param == "pcsc":
        desk = PcscDesk(request.getfixturevalue("pcscd").port)
    else:
        desk = VirtualDesk(is_breakable=request.param == "breakable")
    desk.wait_for(ReaderState.EMPTY)
    yield desk
    desk.pull()
    desk.reader.close()


def fault_of_read(desk: Desk, insertion: int) -> CardFault:
    with pytest.raises(CardError) as failure:
        desk.reader.read(insertion)
    return failure.value.fault


def traits(contents: CardContents) -> list[tuple[str, str, str, str | None]]:
    return [(who.family_name, who.given_name, who.birth_date, who.country) for who in contents.persons]


@pytest.mark.parametrize("card", READABLE, ids=lambda card: card.card_id)
def test_everybody_on_a_card_is_read_as_the_card_says(desk: Desk, card: VirtualCard) -> None:
    contents = desk.reader.read(desk.insert(card.card_id))
    assert traits(contents) == [(p.family_name, p.given_name, p.birth_date, p.country) for p in card.persons]
    assert (contents.atr, contents.serial) == (card.atr, card.serial.hex().upper())


def test_numbers_go_to_their_persons(desk: Desk) -> None:
    contents = desk.reader.read(desk.insert("couple"))
    assert [who.nir.compact for who in contents.persons if who.nir] == ["185027505612340", "285027505600709"]


def test_a_fictitious_card_is_flagged_as_such(desk: Desk) -> None:
    assert CardWarning.TEST_CARD in desk.reader.read(desk.insert("marie")).warnings


def test_a_damaged_number_is_no_number(desk: Desk) -> None:
    contents = desk.reader.read(desk.insert("abime"))
    assert contents.persons[0].nir is None
    assert CardWarning.NUMBER_INVALID in contents.warnings


def test_a_card_may_be_read_twice(desk: Desk) -> None:
    insertion = desk.insert("famille")
    assert traits(desk.reader.read(insertion)) == traits(desk.reader.read(insertion))


@pytest.mark.parametrize("at_command", AT_COMMANDS)
def test_a_card_pulled_at_any_command_is_called_pulled(desk: Desk, at_command: int) -> None:
    insertion = desk.insert("famille", Mishap(MishapKind.PULL, at_command))
    assert fault_of_read(desk, insertion) is CardFault.PULLED
    desk.empty()
    assert desk.reader.read(desk.insert("marie")).persons


@pytest.mark.parametrize("at_command", AT_COMMANDS)
def test_a_card_swapped_at_any_command_never_gives_a_mixture(desk: Desk, at_command: int) -> None:
    insertion = desk.insert("famille", Mishap(MishapKind.SWAP, at_command), successor="couple")
    assert fault_of_read(desk, insertion) in {CardFault.SWAPPED, CardFault.PULLED}
    assert wait_until(lambda: desk.reader.presence().insertion > insertion)
    contents = desk.reader.read(desk.reader.presence().insertion)
    assert [who.given_name for who in contents.persons] == ["PAUL", "JEANNE"]


def test_an_answer_cut_short_gives_nobody(desk: Desk) -> None:
    insertion = desk.insert("famille", Mishap(MishapKind.CUT, 3))
    assert fault_of_read(desk, insertion) in {CardFault.PULLED, CardFault.FAILED}


def test_a_hung_card_is_given_up_at_the_deadline_and_the_next_is_read(desk: Desk) -> None:
    insertion = desk.insert("famille", Mishap(MishapKind.HANG, 3))
    assert fault_of_read(desk, insertion) is CardFault.TIMEOUT
    desk.empty()
    assert desk.reader.read(desk.insert("marie")).persons


def test_a_confused_card_is_read_after_a_reset(desk: Desk) -> None:
    assert desk.reader.read(desk.insert("famille", Mishap(MishapKind.CONFUSED, 2))).persons


def test_a_mute_card_is_called_mute(desk: Desk) -> None:
    desk.put("muette", None, None)
    desk.wait_for(ReaderState.MUTE)
    assert fault_of_read(desk, desk.reader.presence().insertion) is CardFault.MUTE


@pytest.mark.parametrize(
    ("card_id", "fault"),
    [
        ("banque", CardFault.WRONG_CARD_BANK),
        ("cps", CardFault.WRONG_CARD_CPS),
        ("vitale1", CardFault.WRONG_CARD_VITALE_1),
    ],
)
def test_a_wrong_card_is_named(desk: Desk, card_id: str, fault: CardFault) -> None:
    assert fault_of_read(desk, desk.insert(card_id)) is fault


@pytest.mark.parametrize(
    ("card_id", "holds"),
    [("marie", SlotHolds.CARD), ("cps", SlotHolds.PROFESSIONAL), ("muette", SlotHolds.MUTE)],
)
def test_a_slot_is_named_with_what_it_holds(desk: Desk, card_id: str, holds: SlotHolds) -> None:
    (empty,) = desk.reader.slots()
    assert empty.name
    assert empty.holds is SlotHolds.EMPTY
    desk.insert(card_id)
    assert desk.reader.slots() == (NamedSlot(empty.name, holds),)


def test_an_empty_slot_has_no_card_to_read(desk: Desk) -> None:
    assert fault_of_read(desk, 0) is CardFault.NO_CARD


def test_a_card_that_left_before_the_reading_is_called_pulled(desk: Desk) -> None:
    insertion = desk.insert("marie")
    desk.empty()
    assert fault_of_read(desk, insertion) is CardFault.PULLED


def test_the_next_card_is_not_read_under_the_insertion_of_the_last(desk: Desk) -> None:
    first = desk.insert("marie")
    desk.empty()
    desk.insert("couple")
    assert fault_of_read(desk, first) is CardFault.SWAPPED


def test_two_insertions_of_one_card_are_told_apart(desk: Desk) -> None:
    first = desk.insert("marie")
    desk.empty()
    assert desk.insert("marie") > first


def test_closing_twice_is_harmless(desk: Desk) -> None:
    desk.reader.close()
    desk.reader.close()
