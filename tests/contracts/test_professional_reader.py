"""What every ``ProfessionalReader`` owes a counter: in memory, over the demo's slot, over the real pcscd with vpcd."""

from __future__ import annotations

import time
from collections.abc import Iterator
from contextlib import contextmanager
from dataclasses import dataclass
from typing import Protocol

import pytest

from kiosk.card_reader.pcsc import PcscSlots
from kiosk.card_reader.professional import WatchedProfessionalReader
from kiosk.card_reader.virtual.people import card_of
from kiosk.card_reader.virtual.slot import VirtualSlots
from kiosk.card_reader.virtual.vpcd import VpcdCard
from kiosk.enrolment.ports import ProfessionalCard, ProfessionalReader
from tests.fakes.pcscd import running_pcscd, why_unavailable
from tests.fakes.professional_card import FakeProfessionalReader
from tests.waiting import wait_until

SERIAL = "0990000001"


class Hand(Protocol):
    """Puts the professional's card in and takes it out."""

    def put(self) -> None: ...

    def take(self) -> None: ...


@dataclass
class Counter:
    reader: ProfessionalReader
    hand: Hand


class _FakeHand:
    def __init__(self, reader: FakeProfessionalReader) -> None:
        self._reader = reader

    def put(self) -> None:
        self._reader.inside = ProfessionalCard(SERIAL)

    def take(self) -> None:
        self._reader.inside = None


class _VirtualHand:
    def __init__(self, slots: VirtualSlots) -> None:
        self._slots = slots

    def put(self) -> None:
        self._slots.insert("cps")

    def take(self) -> None:
        self._slots.pull()


class _VpcdHand:
    def __init__(self, port: int) -> None:
        self._port = port
        self._card: VpcdCard | None = None

    def put(self) -> None:
        self._card = VpcdCard(card_of("cps"), port=self._port)
        assert self._card.insert()

    def take(self) -> None:
        if self._card is not None:
            self._card.pull()


@contextmanager
def _in_memory() -> Iterator[Counter]:
    reader = FakeProfessionalReader()
    yield Counter(reader, _FakeHand(reader))


@contextmanager
def _virtual() -> Iterator[Counter]:
    slots = VirtualSlots(name="second")
    yield Counter(WatchedProfessionalReader(slots, is_own_slot=True), _VirtualHand(slots))


@contextmanager
def _pcsc() -> Iterator[Counter]:
    if reason := why_unavailable():
        pytest.skip(reason)
    with running_pcscd() as daemon:
        # Both slots are seen; the card goes into the second, as at a real counter.
        yield Counter(WatchedProfessionalReader(PcscSlots()), _VpcdHand(daemon.port + 1))


@pytest.fixture(
    params=[_in_memory, _virtual, pytest.param(_pcsc, marks=pytest.mark.pcsc)], ids=["fake", "slot", "pcsc"]
)
def counter(request: pytest.FixtureRequest) -> Iterator[Counter]:
    with request.param() as made:
        yield made
        made.hand.take()
        made.reader.close()


def serial(counter: Counter) -> str | None:
    card = counter.reader.card()
    return None if card is None else card.serial


def test_without_a_card_there_is_none(counter: Counter) -> None:
    assert counter.reader.card() is None


def test_a_card_comes_with_its_serial_and_goes(counter: Counter) -> None:
    counter.hand.put()
    assert wait_until(lambda: serial(counter) == SERIAL)
    counter.hand.take()
    assert wait_until(lambda: counter.reader.card() is None)


def test_asking_never_waits(counter: Counter) -> None:
    counter.hand.put()
    began = time.monotonic()
    for _ in range(1000):
        counter.reader.card()
    assert time.monotonic() - began < 0.5


def test_the_serial_stays_out_of_repr(counter: Counter) -> None:
    counter.hand.put()
    assert wait_until(lambda: serial(counter) == SERIAL)
    assert SERIAL not in repr(counter.reader.card())


def test_closing_twice_is_harmless(counter: Counter) -> None:
    counter.reader.close()
    counter.reader.close()
