"""The fuzzer's targets under hypothesis, over what the fuzzer found, and over very many cards at a stretch."""

from __future__ import annotations

import gc
import random
import sys
import tracemalloc
from collections.abc import Callable

import pytest
from hypothesis import given
from hypothesis import strategies as st

from tests.fuzz.seeds import seeds
from tests.fuzz.targets import TARGETS, any_target

CARDS = 10_000
MOST_BLOCKS = 1_000  # objects; a leak of one a card would be ten times that
MOST_GROWTH = 32 * 1024  # bytes; a leak of one object a card would be twice that


@pytest.mark.parametrize("target", TARGETS, ids=lambda target: target.__name__)
@given(data=st.binary(max_size=1024))
def test_whatever_the_bytes_nothing_is_raised_but_our_own(target: Callable[[bytes], None], data: bytes) -> None:
    target(data)


@given(seed=st.sampled_from(list(seeds())), at=st.integers(0, 400), spoilt=st.binary(min_size=1, max_size=12))
def test_good_cards_with_some_bytes_spoilt_raise_nothing_but_our_own(seed: bytes, at: int, spoilt: bytes) -> None:
    any_target(seed[:1] + (seed[1:at] + spoilt + seed[at + len(spoilt) :]))


def hostile(count: int, chance: random.Random) -> None:
    """Good cards with up to three bytes changed, one after the other."""
    good = list(seeds())
    for _ in range(count):
        card = bytearray(chance.choice(good))
        for _ in range(chance.randrange(4)):
            card[min(1 + chance.randrange(len(card)), len(card) - 1)] = chance.randrange(256)
        any_target(bytes(card))


def test_ten_thousand_hostile_cards_leave_no_object_behind(seed: int) -> None:
    chance = random.Random(seed)
    hostile(CARDS // 20, chance)
    gc.collect()
    before = sys.getallocatedblocks()
    hostile(CARDS, chance)
    gc.collect()
    assert sys.getallocatedblocks() - before < MOST_BLOCKS


def test_a_thousand_hostile_cards_leave_no_memory_behind(seed: int) -> None:
    chance = random.Random(seed)
    hostile(CARDS // 20, chance)
    tracemalloc.start()
    try:
        hostile(CARDS // 100, chance)
        gc.collect()
        before, _ = tracemalloc.get_traced_memory()
        hostile(CARDS // 10, chance)
        gc.collect()
        after, _ = tracemalloc.get_traced_memory()
    finally:
        tracemalloc.stop()
    assert after - before < MOST_GROWTH
