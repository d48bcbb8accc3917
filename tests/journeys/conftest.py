"""A town per module, a guest at each terminal; every page's complaints fail the test."""

from __future__ import annotations

import itertools
from collections.abc import Callable, Iterator

import pytest
from playwright.sync_api import Browser

from tests.journeys.guest import LANDSCAPE, PORTRAIT, Guest
from tests.journeys.home import Home, Office
from tests.town.town import HALL, PHARMACY, Stand, Town, copy_of

_crowd = itertools.count()


@pytest.fixture(scope="module")
def town(founded_town: Town, tmp_path_factory: pytest.TempPathFactory) -> Iterator[Town]:
    own = copy_of(founded_town, tmp_path_factory.mktemp("journeys") / "town")
    own.start()
    yield own
    own.stop()


@pytest.fixture
def card() -> str:
    """The card of somebody who was never here."""
    return f"crowd-{next(_crowd)}"


@pytest.fixture
def guest_at(browser: Browser, town: Town, request: pytest.FixtureRequest) -> Iterator[Callable[[Stand], Guest]]:
    guests: list[Guest] = []

    def stand_at(stand: Stand) -> Guest:
        viewport = PORTRAIT if stand is HALL else LANDSCAPE
        name = f"{request.node.name.removeprefix('test_')[:60]}-{stand.label}"
        guests.append(Guest(browser, town.visit(stand), stand, viewport, name))
        return guests[-1]

    yield stand_at
    for guest in guests:
        guest.hand.pull()
        guest.context.close()
    assert [one for guest in guests for one in guest.watched.unexpected()] == []


@pytest.fixture
def hall(guest_at: Callable[[Stand], Guest]) -> Guest:
    """Somebody alone at the terminal in the hall, an agent within reach."""
    return guest_at(HALL)


@pytest.fixture
def pharmacy(guest_at: Callable[[Stand], Guest]) -> Guest:
    """A pharmacist with somebody at the counter."""
    return guest_at(PHARMACY)


@pytest.fixture
def home(browser: Browser, town: Town) -> Iterator[Home]:
    """Somebody at home with a phone."""
    one = Home(browser, town)
    yield one
    one.context.close()
    assert one.watched.unexpected() == []


@pytest.fixture
def office(browser: Browser, town: Town) -> Iterator[Office]:
    """A manager of the region, signed in."""
    one = Office(browser, town.programme.addresses.central)
    yield one
    one.context.close()
    assert one.watched.unexpected() == []
