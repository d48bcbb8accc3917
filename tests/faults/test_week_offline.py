"""A simulated week without network, then the line comes back: all arrive once, in order, each on its own day.

Terminal and central are the real ones, joined over HTTP in this process, because a week is too long to wait: both are
built with a clock that the test turns.
"""

from __future__ import annotations

import time
from dataclasses import dataclass, field
from datetime import UTC, datetime, timedelta
from typing import Any

import pytest
from addresses import Addresses

from central.app import create_app
from central.passwords import Passwords
from central.settings import CentralSettings
from kiosk import assembly
from kiosk.card_reader.virtual import people
from kiosk.settings import KioskSettings
from tests.central.served import served
from tests.town.crowd import card
from tests.town.town import PHARMACY, Town, copy_of
from tests.town.visitor import Visitor, Wishes
from tests.waiting import wait_for

pytestmark = pytest.mark.processes
DAYS, A_DAY = 7, 3


@dataclass
class TurnedClock:
    """The real time and a shift that only grows: both clocks of the machine go forward together."""

    shift: timedelta = field(default_factory=timedelta)

    def now(self) -> datetime:
        return datetime.now(UTC) + self.shift

    def monotonic(self) -> float:
        return time.monotonic() + self.shift.total_seconds()

    def next_day(self) -> None:
        self.shift += timedelta(days=1)


@pytest.fixture
def town(founded_town: Town, tmp_path_factory: pytest.TempPathFactory) -> Town:
    return copy_of(founded_town, tmp_path_factory.mktemp("week") / "town")


@pytest.fixture
def crowd(monkeypatch: pytest.MonkeyPatch) -> None:
    everyone = people.deck() + tuple(card(number) for number in range(800, 900))
    monkeypatch.setattr(people, "deck", lambda: everyone)


@pytest.mark.usefixtures("crowd")
def test_a_week_offline_arrives_once_in_order_and_each_on_its_day(town: Town) -> None:
    clock = TurnedClock()
    home, address = town.folder / PHARMACY.folder, town.pharmacy.address
    settings = KioskSettings(home=home, port=int(Addresses.port(address)), simulate=True, start_spread_s=0)
    terminal = assembly.build(settings, clock=clock.now, monotonic=clock.monotonic)
    visitor = Visitor(address, PHARMACY.pin)
    began = clock.now()
    terminal.start()
    try:
        with served(terminal.app, int(Addresses.port(address))):
            for day in range(DAYS):
                for number in range(A_DAY):
                    wishes = Wishes(email="canari@exemple.fr")
                    assert visitor.enrol(f"crowd-{800 + day * A_DAY + number}", wishes) == "done"
                clock.next_day()
                visitor.wait_for("sign_in")  # the terminal has noticed, before a card is put in
            ((made,),) = town.at_terminal(PHARMACY, "SELECT count(*) FROM records WHERE state = 'waiting'")
            with served(central(town, clock), int(Addresses.port(town.central.address))):
                terminal.worker.wake()
                clock.next_day()  # whatever the worker meant to wait for is over
                terminal.worker.wake()
                sent = "SELECT 1 FROM records WHERE state = 'waiting'"
                wait_for("all is sent", lambda: not town.at_terminal(PHARMACY, sent), 60)
    finally:
        visitor.close()
        terminal.stop()
    arrived = town.at_central("SELECT sequence FROM records ORDER BY received_ms, sequence")
    assert [row[0] for row in arrived] == list(range(1, made + 1))
    opened = dict(town.at_central("SELECT opened_on, count(*) FROM dossiers GROUP BY opened_on"))
    assert sum(opened.values()) == DAYS * A_DAY
    assert len(opened) in {DAYS, DAYS + 1}  # eight when the run crosses midnight
    assert min(opened) >= f"{began:%Y-%m-%d}"
    assert town.at_central("SELECT count(*), sum(cents) FROM ledger_entries") == [(DAYS * A_DAY, 100 * DAYS * A_DAY)]
    assert town.at_central("SELECT count(*) FROM chain_incidents") == [(0,)]


def central(town: Town, clock: TurnedClock) -> Any:
    """Central's app on its home, by the turned clock."""
    home = town.folder / "central"
    settings = CentralSettings(
        home=home,
        database=f"sqlite:///{home / 'central.db'}",
        public_url=town.central.address,
        vault_url=town.vault.address,
    )
    return create_app(settings, clock=clock.now, passwords=Passwords())
