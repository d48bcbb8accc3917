"""What every ``EarningsDesk`` owes the counter's day page: the fake and the real one."""

from __future__ import annotations

import contextlib
from collections.abc import Callable, Iterator
from dataclasses import dataclass
from pathlib import Path

import pytest

from kiosk.enrolment.desks import EarningsDesk, MonthFigures
from kiosk.sync.earnings import OnlineEarnings
from tests.fakes.central_simulator import CentralSimulator
from tests.fakes.earnings import FakeEarningsDesk
from tests.fakes.programme import PRESENT, Programme
from tests.fakes.terminal_rig import TerminalRig

FIGURES = MonthFigures("2026-11", openings=42, cents_accrued=4100, cents_held=100, told_at=PRESENT)


@dataclass(frozen=True)
class Outside:
    desk: EarningsDesk
    tell: Callable[[MonthFigures], None]
    cut: Callable[[], None]


@contextlib.contextmanager
def _fake(_folder: Path) -> Iterator[Outside]:
    fake = FakeEarningsDesk()
    yield Outside(fake, lambda told: setattr(fake, "told", told), lambda: setattr(fake, "down", True))


@contextlib.contextmanager
def _real(folder: Path) -> Iterator[Outside]:
    programme = Programme()
    central = CentralSimulator(programme)
    rig = TerminalRig(programme.furnish(folder / "home"), programme, central)
    desk = OnlineEarnings(
        central,
        programme.device,
        rig.whereabouts,
        rig.server_time,
        rig.facts,
        monotonic=rig.clock.monotonic,
        run_aside=lambda job: job(),
    )
    yield Outside(desk, lambda told: setattr(central, "month", told), lambda: setattr(central, "down", True))
    rig.close()


@pytest.fixture(params=[_fake, _real], ids=["fake", "real"])
def outside(request: pytest.FixtureRequest, tmp_path: Path) -> Iterator[Outside]:
    with request.param(tmp_path) as made:
        yield made


def test_nothing_is_known_at_first_and_the_next_look_shows_what_central_told(outside: Outside) -> None:
    outside.tell(FIGURES)
    assert [outside.desk.month(), outside.desk.month()] == [None, FIGURES]


def test_what_was_known_stays_when_the_line_is_cut(outside: Outside) -> None:
    outside.tell(FIGURES)
    outside.desk.month()
    outside.cut()
    assert [outside.desk.month() for _ in range(3)] == [FIGURES] * 3


def test_without_a_line_nothing_is_known_and_nothing_is_raised(outside: Outside) -> None:
    outside.cut()
    assert [outside.desk.month() for _ in range(2)] == [None, None]
