"""What a terminal says of central without asking it."""

from __future__ import annotations

from collections.abc import Iterator
from datetime import timedelta
from pathlib import Path

import pytest

from kiosk.sync.gauge import OLDEST_SHOWN, HeldGauge
from tests.fakes.central_simulator import CentralSimulator
from tests.fakes.programme import PRESENT, Programme
from tests.fakes.terminal_rig import TerminalRig
from wire.identifiers import milliseconds


class Outpost:
    """A terminal and its central."""

    def __init__(self, folder: Path) -> None:
        programme = Programme()
        self.central = CentralSimulator(programme)
        self.rig = TerminalRig(programme.furnish(folder / "home"), programme, self.central)

    @property
    def gauge(self) -> HeldGauge:
        rig = self.rig
        return HeldGauge(rig.outbox, rig.worker, rig.refresher, rig.whereabouts, rig.server_time)


@pytest.fixture
def outpost(tmp_path: Path) -> Iterator[Outpost]:
    made = Outpost(tmp_path)
    yield made
    made.rig.close()


def test_a_terminal_that_never_spoke_with_central_claims_nothing(outpost: Outpost) -> None:
    told = outpost.gauge.read()
    assert (told.last_contact_at, told.configuration_confirmed_at, told.clock_off) == (None, None, None)
    assert (told.failure, told.waiting, told.dead) == (None, 0, ())
    assert told.configuration_version is not None
    assert told.trust_until is not None


def test_what_waits_is_counted_and_the_oldest_are_named(outpost: Outpost) -> None:
    outpost.central.down = True
    drafts = outpost.rig.enrol(OLDEST_SHOWN + 3)
    outpost.rig.run()
    told = outpost.gauge.read()
    assert told.waiting == OLDEST_SHOWN + 3
    assert told.oldest == tuple(draft.record_id for draft in drafts[:OLDEST_SHOWN])
    assert (told.failure, told.unreachable) == ("unreachable", True)


def test_an_exchange_that_went_well_is_the_last_contact_and_ends_the_failure(outpost: Outpost) -> None:
    outpost.central.down = True
    outpost.rig.enrol()
    outpost.rig.run()
    outpost.central.down = False
    outpost.rig.clock.forward(4000)
    outpost.central.now = outpost.rig.clock.now()
    outpost.rig.run()
    told = outpost.gauge.read()
    assert (told.failure, told.waiting) == (None, 0)
    assert told.last_contact_at == outpost.rig.clock.now()


def test_a_line_that_is_down_is_noticed_although_nothing_waits(outpost: Outpost) -> None:
    outpost.central.down = True
    outpost.rig.run()
    told = outpost.gauge.read()
    assert (told.failure, told.unreachable) == ("unreachable", True)


def test_a_revocation_has_its_own_fault_and_is_no_quarrel(outpost: Outpost) -> None:
    outpost.central.revoked = True
    outpost.rig.run()
    assert outpost.gauge.read().failure is None


def test_when_the_configuration_was_confirmed_outlives_a_restart(outpost: Outpost) -> None:
    outpost.rig.run()
    at = outpost.rig.clock.now()
    outpost.rig.reopen()
    assert outpost.gauge.read().configuration_confirmed_at == at


def test_the_disk_is_not_written_at_each_confirmation(outpost: Outpost) -> None:
    rig = outpost.rig
    rig.whereabouts.confirm_configuration()
    first = rig.whereabouts.confirmed_at()
    rig.clock.forward(60)
    rig.whereabouts.confirm_configuration()
    assert rig.whereabouts.confirmed_at() == rig.clock.now()
    rig.reopen()
    assert rig.whereabouts.confirmed_at() == first


def test_a_clock_set_back_is_seen_for_ever_and_one_set_ahead_until_a_restart(outpost: Outpost) -> None:
    rig = outpost.rig
    rig.server_time.learn(milliseconds(PRESENT))
    rig.clock.at += timedelta(hours=2)
    assert outpost.gauge.read().clock_off == timedelta(hours=2)
    rig.reopen()
    assert outpost.gauge.read().clock_off is None
    rig.clock.at -= timedelta(hours=5)
    assert outpost.gauge.read().clock_off == timedelta(hours=-3)
