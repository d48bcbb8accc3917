"""The office's month: shown at once, asked for when it is old, still there after a restart."""

from __future__ import annotations

from collections.abc import Callable

import pytest

from kiosk.enrolment.desks import MonthFigures
from kiosk.sync.earnings import OnlineEarnings
from kiosk.sync.facts import Fact
from tests.fakes.central_simulator import CentralSimulator
from tests.fakes.programme import PRESENT, Programme
from tests.fakes.terminal_rig import TerminalRig

FIGURES = MonthFigures("2026-11", openings=42, cents_accrued=4100, cents_held=100, told_at=PRESENT)
LATER = MonthFigures("2026-11", openings=43, cents_accrued=4200, cents_held=100, told_at=PRESENT)


def desk_of(
    rig: TerminalRig, programme: Programme, run_aside: Callable[[Callable[[], None]], None] = lambda job: job()
) -> OnlineEarnings:
    return OnlineEarnings(
        rig.link,
        programme.device,
        rig.whereabouts,
        rig.server_time,
        rig.facts,
        monotonic=rig.clock.monotonic,
        run_aside=run_aside,
    )


@pytest.fixture
def telling(central: CentralSimulator) -> CentralSimulator:
    central.month = FIGURES
    return central


def test_a_restart_still_shows_the_last_figures_with_their_time(
    rig: TerminalRig, telling: CentralSimulator, programme: Programme
) -> None:
    desk_of(rig, programme).month()
    telling.down = True
    rig.reopen()
    assert desk_of(rig, programme).month() == FIGURES


def test_fresh_figures_are_not_asked_for_again(
    rig: TerminalRig, telling: CentralSimulator, programme: Programme
) -> None:
    desk = desk_of(rig, programme)
    for _ in range(5):
        desk.month()
    rig.clock.forward(9 * 60)
    desk.month()
    assert telling.figures_asked == 1


def test_figures_of_ten_minutes_ago_are_asked_for_again(
    rig: TerminalRig, telling: CentralSimulator, programme: Programme
) -> None:
    desk = desk_of(rig, programme)
    desk.month()
    telling.month = LATER
    rig.clock.forward(10 * 60)
    assert [desk.month(), desk.month()] == [FIGURES, LATER]


def test_a_page_drawn_again_and_again_asks_once_a_minute_at_most(
    rig: TerminalRig, telling: CentralSimulator, programme: Programme
) -> None:
    telling.month = None
    desk = desk_of(rig, programme)
    for _ in range(120):
        desk.month()
        rig.clock.forward(1)
    assert telling.figures_asked == 2


def test_a_slow_line_does_not_keep_the_page_waiting_nor_ask_twice(
    rig: TerminalRig, telling: CentralSimulator, programme: Programme
) -> None:
    aside: list[Callable[[], None]] = []
    desk = desk_of(rig, programme, aside.append)
    assert [desk.month(), desk.month()] == [None, None]
    assert len(aside) == 1
    aside.pop()()
    assert desk.month() == FIGURES


def test_figures_signed_by_another_are_not_shown(
    rig: TerminalRig, telling: CentralSimulator, programme: Programme
) -> None:
    telling.programme = programme.with_new_answer_key()
    desk = desk_of(rig, programme)
    assert [desk.month(), desk.month()] == [None, None]


def test_figures_to_an_earlier_question_are_not_shown(
    rig: TerminalRig, telling: CentralSimulator, programme: Programme, monkeypatch: pytest.MonkeyPatch
) -> None:
    answers: list[bytes] = []
    honest = telling.figures

    def replaying(query: bytes) -> bytes:
        answers.append(honest(query))
        return answers[0]

    monkeypatch.setattr(telling, "figures", replaying)
    desk = desk_of(rig, programme)
    desk.month()
    telling.month = LATER
    rig.clock.forward(10 * 60)
    desk.month()
    assert desk.month() == FIGURES
    assert len(answers) == 2


@pytest.mark.parametrize("kept", ["", "{}", "rubbish", '{"month": 11}'])
def test_what_another_release_left_on_disk_is_as_good_as_nothing(
    kept: str, rig: TerminalRig, telling: CentralSimulator, programme: Programme
) -> None:
    telling.down = True
    rig.facts.set({Fact.MONTH_FIGURES: kept})
    assert desk_of(rig, programme).month() is None
