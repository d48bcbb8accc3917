from __future__ import annotations

import gc
import logging
import threading
import time
from collections.abc import Callable, Iterator

import pytest

from kiosk.card_reader import read_job
from kiosk.card_reader.connection import CardConnection, CardResetError, CardSlots, SlotsSnapshot, SlotState, SlotStatus
from kiosk.card_reader.read_job import BUSY_RETRIES
from kiosk.card_reader.reader import SupervisedCardReader
from kiosk.card_reader.virtual.mishap import Mishap, MishapKind
from kiosk.card_reader.virtual.people import CardKind, card_of, deck
from kiosk.card_reader.virtual.slot import VirtualSlots
from kiosk.card_reader.vitale_files import VitaleFiles, contents_of
from kiosk.enrolment.errors import CardError, CardFault
from kiosk.enrolment.holder import CardContents, CardHolder
from kiosk.enrolment.ports import ReaderState
from tests.fakes.card_connection import EngineConnection
from tests.fakes.side_by_side import SideBySide
from tests.waiting import wait_until

DEADLINE_S = 0.3
MARIE = card_of("marie")
HANG = Mishap(MishapKind.HANG, 3)


class TroubledSlots(CardSlots):
    """One slot with a card whose connections do what the test says, one trouble a connection."""

    def __init__(self, *troubles: CardError | None, token_at_end: int = 1) -> None:
        self.troubles = list(troubles)
        self.connections = 0
        self.release = threading.Event()
        self._token_at_end = token_at_end
        self._look = threading.Semaphore(1)

    def watch(self, timeout_s: float) -> SlotsSnapshot:
        self._look.acquire(timeout=timeout_s)
        return SlotsSnapshot(service_up=True, slots=(SlotStatus("slot", SlotState.PRESENT, MARIE.atr, 1),))

    def connect(self, slot: str) -> CardConnection:
        self.connections += 1
        trouble = self.troubles.pop(0) if self.troubles else None
        if trouble is not None and trouble.fault is CardFault.BUSY:
            raise trouble
        return TroubledConnection(trouble, self._token_at_end)

    def cancel(self) -> None:
        self._look.release()

    def close(self) -> None:
        self.release.set()


class TroubledConnection(EngineConnection):
    def __init__(self, trouble: CardError | None, token_at_end: int) -> None:
        super().__init__(MARIE.engine())
        self._trouble = trouble
        self._token_at_end = token_at_end

    def transmit(self, command: bytes) -> tuple[bytes, int]:
        if self._trouble is not None and len(self.commands) == 3:
            raise self._trouble
        return super().transmit(command)

    def slot_token(self) -> int:
        return self._token_at_end


class StuckIn(TroubledSlots):
    """A card that reads well but for one call of its connection, which does not come back until ``release``."""

    def __init__(self, call: Callable[..., object]) -> None:
        super().__init__()
        self.connection = EngineConnection(MARIE.engine())
        setattr(self.connection, call.__name__, self._wait)

    def connect(self, slot: str) -> CardConnection:
        return self.connection

    def _wait(self) -> int:
        self.release.wait()
        return 1  # the token, where that was asked for


class ResetAtTheEnd(TroubledSlots):
    """The first connection reads Marie, and was reset at its end, ``once`` she was named; the second reads a couple."""

    def __init__(self, once: threading.Event) -> None:
        super().__init__()
        self._once = once

    def connect(self, slot: str) -> CardConnection:
        once = self._once
        if once.is_set():
            return EngineConnection(card_of("couple").engine())

        class Reset(EngineConnection):
            def slot_token(self) -> int:
                assert once.wait(5)
                raise CardResetError

        return Reset(MARIE.engine())


class Frozen(CardSlots):
    """Answers no look after the first until ``thawed``; from then on it shows the card again and again."""

    def __init__(self, atr: bytes) -> None:
        self.thawed = threading.Event()
        self.is_frozen = False
        self._looks = 0
        self._seen = SlotsSnapshot(service_up=True, slots=(SlotStatus("slot", SlotState.PRESENT, atr, 1),))

    def watch(self, timeout_s: float) -> SlotsSnapshot:
        self._looks += 1
        if self._looks > 1:
            self.is_frozen = True
            self.thawed.wait()
            threading.Event().wait(0.001)
        return self._seen

    def connect(self, slot: str) -> CardConnection:
        raise CardError(CardFault.FAILED)

    def cancel(self) -> None: ...

    def close(self) -> None:
        self.thawed.set()


@pytest.fixture
def slots() -> VirtualSlots:
    return VirtualSlots()


@pytest.fixture
def reader(slots: VirtualSlots) -> Iterator[SupervisedCardReader]:
    reader = SupervisedCardReader(slots, read_deadline_s=DEADLINE_S)
    yield reader
    reader.close()


def insert(reader: SupervisedCardReader, slots: VirtualSlots, card_id: str, mishap: Mishap | None = None) -> int:
    before = reader.presence().insertion
    slots.insert(card_id, mishap=mishap)
    assert wait_until(lambda: reader.presence().insertion > before)
    return reader.presence().insertion


def fault_of_read(reader: SupervisedCardReader, insertion: int) -> CardFault:
    with pytest.raises(CardError) as failure:
        reader.read(insertion)
    return failure.value.fault


def reader_of(slots: CardSlots) -> SupervisedCardReader:
    reader = SupervisedCardReader(slots, read_deadline_s=DEADLINE_S)
    assert wait_until(lambda: reader.presence().state is ReaderState.PRESENT)
    return reader


def card_threads() -> list[threading.Thread]:
    return [thread for thread in threading.enumerate() if thread.name in ("card-read", "card-watch")]


def reading_threads() -> int:
    return len([thread for thread in card_threads() if thread.name == "card-read"])


def test_a_hung_card_cannot_hold_the_counter_longer_than_the_deadline(
    reader: SupervisedCardReader, slots: VirtualSlots
) -> None:
    insertion = insert(reader, slots, "marie", Mishap(MishapKind.HANG, 3))
    began = time.monotonic()
    assert fault_of_read(reader, insertion) is CardFault.TIMEOUT
    assert time.monotonic() - began < DEADLINE_S + 0.5


def test_reading_a_hung_card_again_and_again_does_not_pile_up_threads(
    reader: SupervisedCardReader, slots: VirtualSlots
) -> None:
    insertion = insert(reader, slots, "marie", Mishap(MishapKind.HANG, 3))
    for _ in range(3):
        assert fault_of_read(reader, insertion) is CardFault.TIMEOUT
    assert reading_threads() == 1


def test_a_card_that_reads_well_and_hangs_while_it_is_reset_is_read_all_the_same() -> None:
    reader = reader_of(StuckIn(CardConnection.end))
    try:
        assert reader.read(1).persons
        assert fault_of_read(reader, 1) is CardFault.TIMEOUT, "but not a second time while it hangs"
    finally:
        reader.close()


def test_nobody_is_named_before_it_is_known_that_it_is_still_the_same_card() -> None:
    reader = reader_of(StuckIn(CardConnection.slot_token))
    try:
        assert fault_of_read(reader, 1) is CardFault.TIMEOUT
    finally:
        reader.close()


def test_when_the_reading_starts_again_at_its_very_end_the_first_one_counts_for_nothing(
    monkeypatch: pytest.MonkeyPatch,
) -> None:
    named = threading.Event()

    def contents_and_say_so(files: VitaleFiles, atr: bytes) -> CardContents:
        try:
            return contents_of(files, atr)
        finally:
            named.set()

    monkeypatch.setattr(read_job, "contents_of", contents_and_say_so)
    reader = reader_of(ResetAtTheEnd(named))
    try:
        assert [holder.given_name for holder in reader.read(1).persons] == ["PAUL", "JEANNE"]
    finally:
        reader.close()


def test_the_card_after_a_hung_one_is_read(reader: SupervisedCardReader, slots: VirtualSlots) -> None:
    hung = insert(reader, slots, "marie", Mishap(MishapKind.HANG, 3))
    assert fault_of_read(reader, hung) is CardFault.TIMEOUT
    slots.pull()
    contents = reader.read(insert(reader, slots, "couple"))
    assert [holder.given_name for holder in contents.persons] == ["PAUL", "JEANNE"]


def test_close_joins_every_thread_even_behind_a_hung_card(slots: VirtualSlots) -> None:
    reader = SupervisedCardReader(slots, read_deadline_s=DEADLINE_S)
    fault_of_read(reader, insert(reader, slots, "marie", Mishap(MishapKind.HANG, 3)))
    reader.close()
    reader.close()
    assert wait_until(lambda: not card_threads())


def test_another_slot_is_read_while_a_card_hangs_in_the_first() -> None:
    hung, free = VirtualSlots(name="hung"), VirtualSlots(name="free")
    reader = SupervisedCardReader(SideBySide(hung, free), read_deadline_s=DEADLINE_S)
    try:
        assert fault_of_read(reader, insert(reader, hung, "marie", HANG)) is CardFault.TIMEOUT
        assert reader.read(insert(reader, free, "couple")).persons
        assert reading_threads() == 2
        free.pull()
        hung.pull()
        assert wait_until(lambda: reading_threads() == 1), "the thread that was given up ends with its card"
        assert reader.read(insert(reader, hung, "couple")).persons
        assert reading_threads() == 1
    finally:
        reader.close()


def test_a_second_hung_card_adds_no_third_thread_and_everything_is_read_when_both_left() -> None:
    slots = [VirtualSlots(name=name) for name in "abc"]
    reader = SupervisedCardReader(SideBySide(*slots), read_deadline_s=DEADLINE_S)
    try:
        for slot in slots:
            assert fault_of_read(reader, insert(reader, slot, "marie", HANG)) is CardFault.TIMEOUT
        assert reading_threads() == 2
        for slot in slots:
            slot.pull()
        assert wait_until(lambda: reader.presence().state is ReaderState.EMPTY)
        for slot in slots:
            assert reader.read(insert(reader, slot, "couple")).persons
            slot.pull()
        assert wait_until(lambda: reading_threads() == 1)
    finally:
        reader.close()
    assert wait_until(lambda: not card_threads())


def test_what_was_read_is_not_kept_by_the_reader(reader: SupervisedCardReader, slots: VirtualSlots) -> None:
    def kept() -> set[int]:
        gc.collect()
        return {id(thing) for thing in gc.get_objects() if isinstance(thing, (VitaleFiles, CardHolder))}

    insertion = insert(reader, slots, "marie")
    before = kept()
    assert reader.read(insertion).persons
    assert kept() <= before


def test_a_service_that_does_not_come_back_from_a_look_counts_as_down() -> None:
    slots = Frozen(card_of("marie").atr)
    reader = SupervisedCardReader(slots, read_deadline_s=DEADLINE_S, frozen_s=0.05)
    try:
        assert wait_until(lambda: slots.is_frozen and reader.presence().state is ReaderState.NO_SERVICE)
        assert fault_of_read(reader, reader.presence().insertion) is CardFault.NO_SERVICE
        slots.thawed.set()
        assert wait_until(lambda: reader.presence().state is ReaderState.PRESENT)
        assert reader.presence().insertion == 1, "it is the same card"
    finally:
        reader.close()


def test_a_swap_within_the_reading_is_called_a_swap(slots: VirtualSlots, reader: SupervisedCardReader) -> None:
    slots.insert("marie", mishap=Mishap(MishapKind.SWAP, 7), successor="couple")
    assert wait_until(lambda: reader.presence().state is ReaderState.PRESENT)
    assert fault_of_read(reader, 1) is CardFault.SWAPPED


def test_a_card_confused_once_is_read_after_a_reset(slots: VirtualSlots, reader: SupervisedCardReader) -> None:
    insertion = insert(reader, slots, "marie", Mishap(MishapKind.CONFUSED, 4))
    assert reader.read(insertion).persons


def test_a_reset_by_another_program_restarts_the_whole_reading() -> None:
    slots = TroubledSlots(CardResetError())
    reader = reader_of(slots)
    try:
        assert reader.read(1).persons
        assert slots.connections == 2
    finally:
        reader.close()


def test_a_program_that_resets_the_card_for_ever_ends_in_a_failure() -> None:
    slots = TroubledSlots(CardResetError(), CardResetError(), CardResetError())
    reader = reader_of(slots)
    try:
        assert fault_of_read(reader, 1) is CardFault.FAILED
    finally:
        reader.close()


def test_a_card_held_exclusively_is_tried_again() -> None:
    reader = reader_of(TroubledSlots(CardError(CardFault.BUSY)))
    try:
        assert reader.read(1).persons
    finally:
        reader.close()


def test_a_card_held_exclusively_for_long_is_called_busy() -> None:
    slots = TroubledSlots(*[CardError(CardFault.BUSY)] * (BUSY_RETRIES + 1))
    reader = SupervisedCardReader(slots, read_deadline_s=5.0)
    try:
        assert wait_until(lambda: reader.presence().state is ReaderState.PRESENT)
        assert fault_of_read(reader, 1) is CardFault.BUSY
    finally:
        reader.close()


def test_a_long_transaction_of_another_program_is_called_busy_and_nothing_is_read_afterwards() -> None:
    slots = StuckIn(CardConnection.begin)  # behind another program
    reader = reader_of(slots)
    try:
        assert fault_of_read(reader, 1) is CardFault.BUSY
    finally:
        reader.close()  # the other program lets go, see ``TroubledSlots.close``
    assert wait_until(lambda: not card_threads())
    assert slots.connection.commands == []


def test_a_slot_that_holds_another_card_at_the_end_is_called_swapped() -> None:
    reader = reader_of(TroubledSlots(token_at_end=3))
    try:
        assert fault_of_read(reader, 1) is CardFault.SWAPPED
    finally:
        reader.close()


def test_an_error_that_is_no_card_error_reaches_the_caller_and_not_the_thread() -> None:
    class Broken(TroubledSlots):
        def connect(self, slot: str) -> CardConnection:
            raise RuntimeError("a fault of ours")

    reader = reader_of(Broken())
    try:
        with pytest.raises(RuntimeError, match="a fault of ours"):
            reader.read(1)
    finally:
        reader.close()


def test_nothing_of_a_card_is_in_a_log_a_repr_or_an_error(
    slots: VirtualSlots, reader: SupervisedCardReader, caplog: pytest.LogCaptureFixture
) -> None:
    caplog.set_level(logging.DEBUG)
    said = []
    for card in deck():
        for mishap in (None, Mishap(MishapKind.CUT, 3), Mishap(MishapKind.PULL, 5)):
            insertion = insert(reader, slots, card.card_id, mishap)
            try:
                contents = reader.read(insertion)
                said += [repr(contents), repr(contents.persons), repr(contents.persons[0].nir)]
            except CardError as error:
                said += [repr(error), str(error), repr(error.__cause__), repr(error.__context__)]
    everything = "\n".join(said) + caplog.text
    people = [person for card in deck() if card.kind is CardKind.VITALE_2 for person in card.persons]
    assert len(people) > 8
    for person in people:
        for trait in (person.family_name, person.given_name, person.number, person.birth_date):
            assert trait not in everything
