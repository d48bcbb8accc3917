from __future__ import annotations

import gc
import weakref
from collections.abc import Iterator

import pytest

from central.collecting import settle_collector


class Knot:
    def __init__(self) -> None:
        self.itself = self


@pytest.fixture
def settled() -> Iterator[None]:
    before = gc.get_threshold()
    settle_collector()
    yield
    gc.unfreeze()
    gc.set_threshold(*before)


def test_what_started_up_is_walked_no_more(settled: None) -> None:
    assert gc.get_freeze_count() > 0


def test_cycles_are_still_found(settled: None) -> None:
    seen = weakref.ref(Knot())
    kept = [[] for _ in range(2 * gc.get_threshold()[0])]  # enough that is new for the collector to look by itself
    assert seen() is None
    assert kept
