"""A real reader with a real card: ``pytest tests/hardware --reader NAME [--hands]`` (docs/hardware.md).

Nothing personal is printed or kept, also where a test fails: counts, times and status words only.
"""

from __future__ import annotations

import time
from collections.abc import Callable, Iterator
from itertools import groupby

import pytest

from kiosk.card_reader.apdu import Ins
from kiosk.card_reader.atr import family_of
from kiosk.card_reader.card_files import CardFiles, RefusedError
from kiosk.card_reader.connection import CardConnection, SlotState, SlotStatus
from kiosk.card_reader.cps import read_serial
from kiosk.card_reader.pcsc import PcscSlots
from kiosk.card_reader.reader import SupervisedCardReader
from kiosk.card_reader.vitale import Vitale2Session
from kiosk.card_reader.vitale_files import contents_of
from kiosk.enrolment.errors import CardError
from kiosk.enrolment.holder import CardContents, CardFamily
from kiosk.enrolment.ports import ReaderState
from tests.waiting import wait_until

pytestmark = [pytest.mark.real_reader, pytest.mark.timeout(600)]
HANDS_S = 60.0  # what a person is given to put a card in or out
READINGS = 10
SEQUENCES = {
    "A": Vitale2Session.read_short,
    "B": Vitale2Session.read_by_name,
    "C": Vitale2Session.read_by_map,
}
Tell = Callable[[str], None]


class Traced(CardConnection):
    """Keeps of each exchange the instruction, how many bytes came and the status word: never what the bytes say."""

    def __init__(self, inner: CardConnection) -> None:
        self._inner = inner
        self.exchanges: list[tuple[str, int, int]] = []

    def begin(self) -> None:
        self._inner.begin()

    def transmit(self, command: bytes) -> tuple[bytes, int]:
        data, status = self._inner.transmit(command)
        self.exchanges.append((Ins(command[1]).name, len(data), status))
        return data, status

    def slot_token(self) -> int:
        return self._inner.slot_token()

    def end(self) -> None:
        self._inner.end()

    def __str__(self) -> str:
        told = [f"{name} {size}B {status:04X}" for name, size, status in self.exchanges]
        return ", ".join(f"{words} (x{n})" if n > 1 else words for words, n in _runs(told))


@pytest.fixture
def tell(capsys: pytest.CaptureFixture[str]) -> Tell:
    """Say something to the person at the reader, also without ``-s``."""

    def told(sentence: str) -> None:
        with capsys.disabled():
            print(f"\n    {sentence}", flush=True)  # noqa: T201 - that is what it is for

    return told


@pytest.fixture
def reader(reader_name: str) -> Iterator[SupervisedCardReader]:
    reader = SupervisedCardReader(PcscSlots(reader_name))
    yield reader
    reader.close()


@pytest.fixture
def slots(reader_name: str) -> Iterator[PcscSlots]:
    slots = PcscSlots(reader_name)
    yield slots
    slots.close()


def wait_for_card(reader: SupervisedCardReader, tell: Tell, after: int = 0) -> int:
    """The insertion of the card that lies there, or comes within a minute."""

    def is_there() -> bool:
        now = reader.presence()
        return now.state in {ReaderState.PRESENT, ReaderState.MUTE} and now.insertion > after

    if not wait_until(is_there, 2.0):
        tell("put a Vitale card in, chip first, within a minute")
    assert wait_until(is_there, HANDS_S), f"no card was seen: {reader.presence().state.value}"
    return reader.presence().insertion


def said_of(contents: CardContents) -> str:
    numbers = sum(who.nir is not None for who in contents.persons)
    warnings = ", ".join(warning.value for warning in contents.warnings) or "none"
    return f"{len(contents.persons)} persons, {numbers} with a number that is right; warnings: {warnings}"


def present(slots: PcscSlots) -> list[SlotStatus]:
    return [slot for slot in slots.watch(0).slots if slot.state is SlotState.PRESENT]


def test_the_slots_that_are_seen(slots: PcscSlots, tell: Tell) -> None:
    assert wait_until(lambda: slots.watch(0.5).slots), "PC/SC shows no reader of that name: pcsc_scan lists them all"
    for slot in slots.watch(0).slots:
        tell(f"{slot.name}: {slot.state.value}, {family_of(slot.atr).value}, ATR {slot.atr.hex().upper() or 'none'}")


def test_the_card_is_read_as_at_a_terminal(reader: SupervisedCardReader, tell: Tell) -> None:
    insertion = wait_for_card(reader, tell)
    times, readings = [], []
    for _ in range(READINGS):
        began = time.monotonic()
        readings.append(reader.read(insertion))
        times.append(time.monotonic() - began)
    tell(said_of(readings[0]))
    tell(
        f"{READINGS} readings: {min(times):.3f} to {max(times):.3f} s, in the middle {sorted(times)[READINGS // 2]:.3f}"
    )
    is_always_the_same = all(one == readings[0] for one in readings)
    assert is_always_the_same, "the same card gave different contents"


@pytest.mark.parametrize("name", SEQUENCES)
def test_each_sequence_on_this_card(slots: PcscSlots, reader: SupervisedCardReader, name: str, tell: Tell) -> None:
    wait_for_card(reader, tell)
    for slot in present(slots):
        if family_of(slot.atr) is CardFamily.CPS:
            continue
        connection = Traced(slots.connect(slot.name))
        began = time.monotonic()
        with connection:
            try:
                told = said_of(contents_of(SEQUENCES[name](Vitale2Session(CardFiles(connection))), slot.atr))
            except RefusedError as refused:
                told = f"refused with {refused}: another sequence has to read this card"
            except CardError as error:
                told = f"{error.fault.value} ({error})"
        tell(f"sequence {name}, {len(connection.exchanges)} commands, {time.monotonic() - began:.3f} s: {told}")
        tell(str(connection))


def test_a_professionals_card_beside_it(slots: PcscSlots, tell: Tell) -> None:
    wait_until(lambda: present(slots), 2.0)
    cards = [slot for slot in present(slots) if family_of(slot.atr) is CardFamily.CPS]
    for slot in cards:
        connection = Traced(slots.connect(slot.name))
        connection.leave_as_is()
        with connection:
            serial = read_serial(connection, slot.atr)
        tell(f"professional's card in {slot.name}: serial {'read' if serial else 'not given'}; {connection}")
    if not cards:
        tell("no professional's card in a slot of that name: nothing was asked")


@pytest.mark.hands
def test_a_card_pulled_while_it_is_read_is_called_pulled_and_the_next_is_read(
    reader: SupervisedCardReader, tell: Tell
) -> None:
    insertion = wait_for_card(reader, tell)
    tell("pull the card while it is being read: now, within a minute")
    ends = time.monotonic() + HANDS_S
    fault = None
    while fault is None and time.monotonic() < ends:
        try:
            reader.read(insertion)
        except CardError as error:
            fault = error.fault.value
    tell(f"that was called: {fault}")
    assert fault in {"pulled", "swapped"}
    tell("put the same card in again, or another one")
    contents = reader.read(wait_for_card(reader, tell, after=insertion))
    tell(said_of(contents))


@pytest.mark.hands
def test_two_cards_exchanged_as_fast_as_a_hand_can_are_two_insertions(reader: SupervisedCardReader, tell: Tell) -> None:
    first = wait_for_card(reader, tell)
    before = reader.read(first)
    tell("exchange the card for another person's as fast as you can, within a minute")
    second = wait_for_card(reader, tell, after=first)
    after = reader.read(second)
    is_of_the_first = any(who in before.persons for who in after.persons)
    tell(f"first {len(before.persons)} persons, then {len(after.persons)}; somebody of both: {is_of_the_first}")
    assert not is_of_the_first, "these are persons of the first card: was it another one?"


@pytest.mark.hands
def test_a_reader_unplugged_and_plugged_in_again_is_picked_up(reader: SupervisedCardReader, tell: Tell) -> None:
    wait_for_card(reader, tell)
    tell("unplug the reader's cable")
    gone = {ReaderState.NO_READER, ReaderState.NO_SERVICE}
    assert wait_until(lambda: reader.presence().state in gone, HANDS_S), reader.presence().state.value
    tell("plug it in again, with the card")
    assert wait_until(lambda: reader.presence().state is ReaderState.PRESENT, HANDS_S), reader.presence().state.value
    tell(said_of(reader.read(reader.presence().insertion)))


def _runs(words: list[str]) -> list[tuple[str, int]]:
    return [(word, len(list(same))) for word, same in groupby(words)]
