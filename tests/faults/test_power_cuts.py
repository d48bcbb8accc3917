"""The power fails at every named instant: a person enrols, the process dies there, starts again, all is counted.

What must hold afterwards (invariants 1 and 2): no slip without a record, no record lost, none twice, the ledger exact.
"""

from __future__ import annotations

import contextlib
import itertools

import httpx2
import pytest

from tests.town.actors import Actor
from tests.town.recount import recount
from tests.town.town import PHARMACY, Town
from tests.town.visitor import Wishes
from tests.waiting import wait_for
from wire.failpoints import Failpoint

pytestmark = pytest.mark.processes

_crowd = itertools.count(100)
AT_THE_TERMINAL = [point for point in Failpoint if point.value.split(".")[0] in {"commit", "print", "send", "forget"}]
AT_CENTRAL = [point for point in Failpoint if point.value.split(".")[0] in {"intake", "hand_over"}]
AT_THE_VAULT = [point for point in Failpoint if point.value.startswith("vault.")]
BEFORE_THE_RECORD = {Failpoint.COMMIT_BEFORE, Failpoint.COMMIT_INSIDE}


def test_every_failpoint_belongs_to_somebody() -> None:
    assert {*AT_THE_TERMINAL, *AT_CENTRAL, *AT_THE_VAULT} == set(Failpoint)


def enrol_into_the_dark(town: Town, card: str) -> None:
    """Go up to the last touch and touch it; the terminal may die at any moment after that."""
    visitor = town.visit(PHARMACY)
    visitor.up_to_confirmation(card, Wishes(email="canari@exemple.fr"))
    with contextlib.suppress(httpx2.HTTPError):  # the light went out
        visitor.touch("confirm")
        visitor.wait_for("done", "paper", "stopped")
        visitor.pull()


@pytest.mark.parametrize("place", AT_THE_TERMINAL, ids=lambda place: place.value)
def test_invariant_01_and_02_hold_when_the_terminal_loses_power(whole_town: Town, place: Failpoint) -> None:
    town, card = whole_town, f"crowd-{next(_crowd)}"
    before = len(town.at_terminal(PHARMACY, "SELECT 1 FROM records"))
    town.pharmacy.start(cut=place.value)
    enrol_into_the_dark(town, card)
    wait_for("the power fails", town.pharmacy.was_cut, 30)
    town.pharmacy.start()
    recount(town)
    made = len(town.at_terminal(PHARMACY, "SELECT 1 FROM records")) - before
    assert (made == 0) == (place in BEFORE_THE_RECORD)
    # The next person, or the same one again, is served.
    assert town.visit(PHARMACY).enrol(card) == ("done" if place in BEFORE_THE_RECORD else "aim")
    recount(town)


def lose_power(town: Town, actor: Actor, place: Failpoint) -> None:
    """Central or the vault dies there while a person enrols; the person does not notice."""
    actor.start(cut=place.value)
    assert town.visit(PHARMACY).enrol(f"crowd-{next(_crowd)}", Wishes(email="canari@exemple.fr")) == "done"
    wait_for("the power fails", actor.was_cut, 60)
    actor.start()
    recount(town)


@pytest.mark.parametrize("place", AT_CENTRAL, ids=lambda place: place.value)
def test_invariant_02_holds_when_central_loses_power(whole_town: Town, place: Failpoint) -> None:
    lose_power(whole_town, whole_town.central, place)


@pytest.mark.parametrize("place", AT_THE_VAULT, ids=lambda place: place.value)
def test_invariant_02_holds_when_the_vault_loses_power(whole_town: Town, place: Failpoint) -> None:
    lose_power(whole_town, whole_town.vault, place)
