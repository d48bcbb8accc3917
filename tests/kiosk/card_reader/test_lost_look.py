"""pcsc-lite may never end a look during which its service died (seen with 1.9.9): the terminal goes on without it."""

from __future__ import annotations

import threading
from collections.abc import Iterator

import pytest

from kiosk.card_reader.pcsc import PcscSlots
from kiosk.card_reader.professional import WatchedProfessionalReader
from kiosk.card_reader.reader import SupervisedCardReader
from kiosk.card_reader.virtual.people import card_of
from kiosk.card_reader.virtual.vpcd import VpcdCard
from kiosk.card_reader.winscard import Winscard
from kiosk.enrolment.ports import ReaderState
from tests.fakes.pcscd import FIRST_SLOT, PcscDaemon, running_pcscd, why_unavailable
from tests.waiting import wait_until

pytestmark = pytest.mark.pcsc
FROZEN_S = 1.0


class Library:
    """pcsc-lite, which loses the next look when it is told to, until ``found``; and which contexts were let go of."""

    def __init__(self, monkeypatch: pytest.MonkeyPatch) -> None:
        self._loses = False
        self._found = threading.Event()
        self.lost: list[int] = []
        self.released: list[int] = []
        ask, release = Winscard.states, Winscard.release

        def states(
            winscard: Winscard, context: int, known: list[tuple[str, int]], timeout_ms: int
        ) -> list[tuple[str, int, bytes]]:
            if self._loses:
                self._loses = False
                self.lost.append(context)
                self._found.wait()
            return ask(winscard, context, known, timeout_ms)

        def note_release(winscard: Winscard, context: int) -> None:
            self.released.append(context)
            release(winscard, context)

        monkeypatch.setattr(Winscard, "states", states)
        monkeypatch.setattr(Winscard, "release", note_release)

    def lose_a_look(self) -> None:
        self._loses = True
        assert wait_until(lambda: self.lost)

    def find_it(self) -> None:
        """It comes back after all, and lets go of what it held."""
        self._found.set()
        assert wait_until(lambda: set(self.lost) <= set(self.released))


@pytest.fixture(scope="module")
def pcscd() -> Iterator[PcscDaemon]:
    if reason := why_unavailable():
        pytest.skip(reason)
    with running_pcscd() as daemon:
        yield daemon


@pytest.fixture
def library(pcscd: PcscDaemon, monkeypatch: pytest.MonkeyPatch) -> Iterator[Library]:
    library = Library(monkeypatch)
    yield library
    library.find_it()


@pytest.fixture
def reader(library: Library) -> Iterator[SupervisedCardReader]:
    reader = SupervisedCardReader(PcscSlots(), frozen_s=FROZEN_S)
    assert wait_until(lambda: reader.presence().state is ReaderState.EMPTY)
    yield reader
    reader.close()


def test_the_terminal_says_no_service_until_a_fresh_look_and_then_reads_cards(
    library: Library, reader: SupervisedCardReader, pcscd: PcscDaemon
) -> None:
    library.lose_a_look()
    assert wait_until(lambda: reader.presence().state is ReaderState.NO_SERVICE)
    assert wait_until(lambda: reader.presence().state is ReaderState.EMPTY)
    with VpcdCard(card_of("marie"), port=pcscd.port):
        assert wait_until(lambda: reader.presence().state is ReaderState.PRESENT)
        assert reader.read(reader.presence().insertion).persons


def test_its_context_is_let_go_of_by_nobody_but_itself(library: Library, reader: SupervisedCardReader) -> None:
    library.lose_a_look()
    assert wait_until(lambda: reader.presence().state is ReaderState.NO_SERVICE)
    assert wait_until(lambda: reader.presence().state is ReaderState.EMPTY)
    assert library.released == []
    library.find_it()
    assert library.released == library.lost


def test_closing_does_not_wait_for_it_and_leaves_its_context_to_it(
    library: Library, reader: SupervisedCardReader
) -> None:
    library.lose_a_look()
    reader.close()
    assert library.lost[0] not in library.released
    library.find_it()
    assert library.released.count(library.lost[0]) == 1


def test_a_professionals_card_does_not_seem_to_be_there_while_nobody_sees_it_and_is_seen_again(
    library: Library, pcscd: PcscDaemon
) -> None:
    professional = WatchedProfessionalReader(PcscSlots(FIRST_SLOT), is_own_slot=True, frozen_s=FROZEN_S)
    try:
        with VpcdCard(card_of("cps"), port=pcscd.port):
            assert wait_until(lambda: professional.card() is not None)
            library.lose_a_look()
            assert wait_until(lambda: professional.card() is None)
            assert wait_until(lambda: professional.card() is not None)
    finally:
        professional.close()
