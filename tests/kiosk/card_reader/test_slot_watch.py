"""A look that never comes back costs its own thread and nothing else; a service that is frozen for a day, thirteen."""

from __future__ import annotations

import threading
from collections.abc import Iterator

import pytest

from kiosk.card_reader.connection import CardConnection, CardSlots, SlotsSnapshot
from kiosk.card_reader.slot_watch import SlotWatch
from kiosk.enrolment.errors import CardError, CardFault
from tests.waiting import wait_until

FROZEN_S = 8.0
NAME = "watch under test"
DAY_S = 24 * 3600
PACE_S = 0.001  # between two looks at a service that answers


class Looks(CardSlots):
    """A service that answers every look but the lost one, and none while it is frozen; and who saw what it answered."""

    def __init__(self) -> None:
        self.now = 0.0
        self.begun = 0
        self.left = 0
        self.seen: list[str] = []
        self._lost: int | None = None
        self._is_frozen = False
        self._hanging = 0
        self._changed = threading.Condition()

    def lose_one(self) -> None:
        """The next look hangs, and no other."""
        with self._changed:
            self._lost = self.begun + 1
        assert wait_until(lambda: self.hanging == 1)

    def freeze(self) -> None:
        with self._changed:
            self._is_frozen = True
        assert wait_until(lambda: self.hanging == 1)

    def thaw(self, *, but: int | None = None) -> None:
        """All that hangs comes back, but that look."""
        with self._changed:
            self._is_frozen, self._lost = False, but
            self._changed.notify_all()

    @property
    def hanging(self) -> int:
        with self._changed:
            return self._hanging

    def watch(self, timeout_s: float) -> SlotsSnapshot:
        with self._changed:
            self.begun += 1
            mine = self.begun
            self._changed.wait_for(lambda: self._hangs(mine), PACE_S)
            self._hanging += 1
            self._changed.wait_for(lambda: not self._hangs(mine))
            self._hanging -= 1
        return SlotsSnapshot(service_up=True)

    def _hangs(self, look: int) -> bool:
        return self._is_frozen or look == self._lost

    def note(self, _: SlotsSnapshot) -> None:
        self.seen.append(threading.current_thread().name)

    def leave_look(self) -> None:
        self.left += 1

    def connect(self, slot: str) -> CardConnection:
        raise CardError(CardFault.NO_CARD)

    def cancel(self) -> None: ...

    def close(self) -> None: ...


@pytest.fixture
def looks() -> Looks:
    return Looks()


@pytest.fixture
def watch(looks: Looks) -> Iterator[SlotWatch]:
    watch = SlotWatch(looks, looks.note, name=NAME, frozen_s=FROZEN_S, now=lambda: looks.now)
    watch.start()
    assert wait_until(lambda: looks.seen)
    yield watch
    looks.thaw()
    watch.close()
    assert wait_until(lambda: threads() == 0)


def threads() -> int:
    return len([thread for thread in threading.enumerate() if thread.name == NAME])


def test_a_look_within_its_time_is_waited_for(watch: SlotWatch, looks: Looks) -> None:
    looks.lose_one()
    looks.now += FROZEN_S
    assert watch.is_answered()
    assert looks.left == 0
    assert threads() == 1


def test_a_look_that_hangs_is_left_and_a_fresh_one_sees(watch: SlotWatch, looks: Looks) -> None:
    looks.lose_one()
    looks.now += FROZEN_S + 1
    assert not watch.is_answered(), "at that moment nobody had seen anything"
    assert looks.left == 1
    assert wait_until(watch.is_answered)


def test_what_a_left_look_brings_after_all_is_dropped_and_its_thread_ends(watch: SlotWatch, looks: Looks) -> None:
    looks.freeze()
    looks.now += FROZEN_S + 1
    assert not watch.is_answered()
    assert wait_until(lambda: looks.hanging == 2)
    seen = len(looks.seen)
    looks.thaw(but=looks.begun)
    assert wait_until(lambda: threads() == 1)
    assert len(looks.seen) == seen


def test_one_lost_look_costs_one_thread_for_ever(watch: SlotWatch, looks: Looks) -> None:
    looks.lose_one()
    looks.now += FROZEN_S + 1
    for _ in range(20):
        assert wait_until(watch.is_answered)
        looks.now += FROZEN_S
        saw = len(looks.seen)
        assert wait_until(lambda before=saw: len(looks.seen) > before)
    assert looks.left == 1
    assert threads() == 2


def test_a_service_frozen_for_a_day_costs_no_more_than_thirteen_threads(watch: SlotWatch, looks: Looks) -> None:
    looks.freeze()
    for _ in range(0, DAY_S, 10):
        looks.now += 10
        watch.is_answered()
    assert 8 < threads() <= 1 + 13
    assert not watch.is_answered()


def test_a_service_that_was_frozen_for_a_day_is_seen_when_it_answers_and_one_thread_is_left(
    watch: SlotWatch, looks: Looks
) -> None:
    looks.freeze()
    for _ in range(0, DAY_S, 10):
        looks.now += 10
        watch.is_answered()
    looks.thaw()
    assert wait_until(watch.is_answered)
    assert wait_until(lambda: threads() == 1)


def test_looks_that_came_back_no_longer_count_against_the_patience(watch: SlotWatch, looks: Looks) -> None:
    looks.freeze()
    for _ in range(0, DAY_S, 10):
        looks.now += 10
        watch.is_answered()
    looks.thaw()
    assert wait_until(lambda: watch.is_answered() and threads() == 1)
    looks.lose_one()
    left = looks.left
    looks.now += FROZEN_S + 1
    watch.is_answered()
    assert looks.left == left + 1


def test_a_closed_watch_starts_no_fresh_look(watch: SlotWatch, looks: Looks) -> None:
    watch.close()
    looks.now += DAY_S
    assert not watch.is_answered()
    assert looks.left == 0
