"""The power fails anywhere: at instants nobody chose, in all three processes, again and again; then all is counted.

The number of rounds and the seed are options: ``--rounds`` (a sample by default, thousands with scripts/soak) and
``--seed``, printed so that a failure can be had again (the processes' own timing is not repeatable to the microsecond).
"""

from __future__ import annotations

import contextlib
import itertools
import random
import threading

import httpx2
import pytest

from tests.town.recount import recount
from tests.town.town import PHARMACY, Town
from tests.town.visitor import Wishes

pytestmark = pytest.mark.processes

_crowd = itertools.count(400)
LONGEST_S = 1.2  # an enrolment with its sending and hand-over is over by then
ACTORS = ("pharmacy", "central", "vault")


def one_round(town: Town, chance: random.Random) -> str:
    """Somebody enrols; meanwhile one process is killed at some instant, and started again."""
    victim = chance.choice(ACTORS)
    actor = getattr(town, victim)
    instant = threading.Timer(chance.uniform(0.0, LONGEST_S), actor.cut_now)
    visitor = town.visit(PHARMACY)
    wishes = Wishes(email="canari@exemple.fr", break_glass=chance.random() < 0.5, creation=chance.random() < 0.9)
    instant.start()
    with contextlib.suppress(httpx2.HTTPError):  # the terminal is dark
        visitor.enrol(f"crowd-{next(_crowd)}", wishes)
    instant.join()
    town.start()
    return victim


def test_invariant_01_and_02_hold_when_the_power_fails_at_random(whole_town: Town, rounds: int, seed: int) -> None:
    chance = random.Random(seed)
    victims = [one_round(whole_town, chance) for _ in range(rounds)]
    recount(whole_town)
    assert len(whole_town.at_terminal(PHARMACY, "SELECT 1 FROM records")) >= rounds / 3, victims
