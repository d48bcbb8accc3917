"""The terminal lives for months beside a service that dies, is upgraded, freezes, and loses and renames its readers."""

from __future__ import annotations

import gc
from collections.abc import Callable, Iterator
from contextlib import contextmanager
from pathlib import Path
from typing import NamedTuple

import pytest

from kiosk.card_reader.pcsc import PcscSlots
from kiosk.card_reader.reader import SupervisedCardReader
from kiosk.card_reader.virtual.engine import CardEngine
from kiosk.card_reader.virtual.people import card_of, vitale_layout
from kiosk.card_reader.virtual.vpcd import VpcdCard
from kiosk.enrolment.errors import CardError, CardFault
from kiosk.enrolment.ports import ReaderState
from tests.fakes.calling_chip import CallingBack
from tests.fakes.pcscd import READER_NAME, PcscDaemon, running_pcscd, why_unavailable
from tests.waiting import wait_until

pytestmark = pytest.mark.pcsc
DEADLINE_S = 1.5
FROZEN_S = 1.0
MARIE = card_of("marie")


@pytest.fixture(scope="module")
def daemon() -> Iterator[PcscDaemon]:
    if reason := why_unavailable():
        pytest.skip(reason)
    with running_pcscd() as daemon:
        yield daemon


@pytest.fixture
def pcscd(daemon: PcscDaemon) -> Iterator[PcscDaemon]:
    """Running when the test begins, with its own reader when it ends."""
    daemon.restart()
    yield daemon
    daemon.plug(READER_NAME)


@pytest.fixture
def reader(pcscd: PcscDaemon) -> Iterator[SupervisedCardReader]:
    reader = SupervisedCardReader(PcscSlots(), read_deadline_s=DEADLINE_S)
    wait_for(reader, ReaderState.EMPTY)
    yield reader
    reader.close()


class Held(NamedTuple):
    """What of the machine this process, and the daemon for it, hold."""

    threads: int
    descriptors: int
    daemon_threads: int
    daemon_descriptors: int


def held(daemon: PcscDaemon) -> Held:
    gc.collect()
    ours, theirs = Path("/proc/self"), Path("/proc") / str(daemon.pid)
    return Held(*(len(list((process / what).iterdir())) for process in (ours, theirs) for what in ("task", "fd")))


def wait_for(reader: SupervisedCardReader, state: ReaderState) -> None:
    assert wait_until(lambda: reader.presence().state is state), reader.presence()


@contextmanager
def card_in(reader: SupervisedCardReader, port: int, engine: CardEngine | None = None) -> Iterator[int]:
    """A card in the slot of that port for the time of the block; gives its insertion."""
    before = reader.presence().insertion
    with VpcdCard(MARIE, port=port, engine=engine):
        assert wait_until(lambda: reader.presence().insertion > before)
        yield reader.presence().insertion


def reads(reader: SupervisedCardReader, port: int) -> bool:
    with card_in(reader, port) as insertion:
        return [who.given_name for who in reader.read(insertion).persons] == ["MARIE-HÉLÈNE"]


def test_readers_that_appear_vanish_and_come_back_are_followed(pcscd: PcscDaemon, reader: SupervisedCardReader) -> None:
    pcscd.plug(None)
    pcscd.restart()
    wait_for(reader, ReaderState.NO_READER)
    pcscd.plug(READER_NAME)
    pcscd.restart()
    wait_for(reader, ReaderState.EMPTY)
    assert reads(reader, pcscd.port)


def test_a_reader_that_comes_back_under_another_name_is_the_readers_place(
    pcscd: PcscDaemon, reader: SupervisedCardReader
) -> None:
    assert reads(reader, pcscd.port)
    pcscd.plug("Another Maker PCD")
    pcscd.restart()
    assert reads(reader, pcscd.port)


def test_an_upgraded_service_with_another_socket_is_found(pcscd: PcscDaemon, reader: SupervisedCardReader) -> None:
    before = pcscd.socket_inode
    # A second name keeps the inode taken: the new socket is another file also to a library that looks at the number.
    pcscd.socket_folder.joinpath("of before").hardlink_to(pcscd.socket_folder / "pcscd.comm")
    pcscd.stop()
    wait_for(reader, ReaderState.NO_SERVICE)
    pcscd.start()
    assert pcscd.socket_inode != before
    assert reads(reader, pcscd.port)


@pytest.mark.parametrize("at_command", [1, 5])
@pytest.mark.parametrize("how", [PcscDaemon.kill, PcscDaemon.stop], ids=["kill -9", "SIGTERM"])
def test_a_service_that_ends_in_the_middle_of_a_reading_is_named_and_the_next_card_is_read(
    pcscd: PcscDaemon, reader: SupervisedCardReader, how: Callable[[PcscDaemon], None], at_command: int
) -> None:
    chip = CallingBack(vitale_layout(MARIE), at_command, lambda: how(pcscd))
    with card_in(reader, pcscd.port, chip) as insertion, pytest.raises(CardError) as failure:
        reader.read(insertion)
    assert failure.value.fault in {CardFault.NO_SERVICE, CardFault.PULLED}
    wait_for(reader, ReaderState.NO_SERVICE)
    pcscd.start()
    assert reads(reader, pcscd.port)


def test_a_service_that_answers_nobody_counts_as_down_until_it_answers(pcscd: PcscDaemon) -> None:
    reader = SupervisedCardReader(PcscSlots(), frozen_s=FROZEN_S)
    try:
        wait_for(reader, ReaderState.EMPTY)
        with card_in(reader, pcscd.port):
            pcscd.freeze()
            wait_for(reader, ReaderState.NO_SERVICE)
            pcscd.thaw()
            wait_for(reader, ReaderState.PRESENT)
            assert reader.read(reader.presence().insertion).persons
    finally:
        reader.close()


def test_a_service_frozen_for_long_leaves_nothing_behind_when_it_answers_again(pcscd: PcscDaemon) -> None:
    reader = SupervisedCardReader(PcscSlots(), frozen_s=0.1)
    try:
        wait_for(reader, ReaderState.EMPTY)
        before = held(pcscd)
        pcscd.freeze()
        assert wait_until(lambda: reader.presence() and held(pcscd).threads > before.threads + 2)
        pcscd.thaw()
        wait_for(reader, ReaderState.EMPTY)
        assert wait_until(lambda: all(now <= then for now, then in zip(held(pcscd), before, strict=True))), held(pcscd)
    finally:
        reader.close()


def test_a_reading_that_the_service_freezes_in_ends_at_the_deadline(
    pcscd: PcscDaemon, reader: SupervisedCardReader
) -> None:
    chip = CallingBack(vitale_layout(MARIE), 3, pcscd.freeze)
    with card_in(reader, pcscd.port, chip) as insertion, pytest.raises(CardError) as failure:
        reader.read(insertion)
    assert failure.value.fault is CardFault.TIMEOUT
    pcscd.thaw()
    wait_for(reader, ReaderState.EMPTY)
    assert reads(reader, pcscd.port)


def test_fifty_ends_and_returns_of_the_service_and_readings_leave_nothing_behind(
    pcscd: PcscDaemon, reader: SupervisedCardReader
) -> None:
    figures = []
    for turn in range(10):  # ten times one end, one return, three readings
        (pcscd.kill if turn % 2 else pcscd.stop)()
        pcscd.start()
        with card_in(reader, pcscd.port) as insertion:
            for _ in range(3):
                assert reader.read(insertion).persons
            figures.append(held(pcscd))
    assert all(now <= then for now, then in zip(figures[-1], figures[2], strict=True)), (figures[2], figures[-1])


def test_fifty_readings_of_one_life_of_the_service_leave_nothing_behind_on_either_side(
    pcscd: PcscDaemon, reader: SupervisedCardReader
) -> None:
    figures = []
    with card_in(reader, pcscd.port) as insertion:
        for _ in range(50):
            assert reader.read(insertion).persons
            figures.append(held(pcscd))
    assert all(now <= then for now, then in zip(figures[-1], figures[2], strict=True)), (figures[2], figures[-1])


def test_closing_the_reader_leaves_no_context_with_the_service(pcscd: PcscDaemon) -> None:
    before = held(pcscd)
    for _ in range(2):
        reader = SupervisedCardReader(PcscSlots(), read_deadline_s=DEADLINE_S)
        wait_for(reader, ReaderState.EMPTY)
        assert reads(reader, pcscd.port)
        reader.close()
    assert wait_until(lambda: all(now <= then for now, then in zip(held(pcscd), before, strict=True))), held(pcscd)
