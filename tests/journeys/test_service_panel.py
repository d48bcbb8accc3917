"""An agent at the service panel of a real terminal, in a real browser: looks, prints, checks, starts it again."""

from __future__ import annotations

import contextlib
import sqlite3

import pytest
from playwright.sync_api import expect

from tests.journeys.guest import WITHIN_MS, Guest
from tests.town.town import HALL, Town
from tests.waiting import wait_for
from wire.homes import TERMINAL_STORE

pytestmark = [pytest.mark.browser, pytest.mark.processes]
RESTART = 75
_STRANGER = "000000"


def open_panel(hall: Guest) -> None:
    hall.see("attract")
    hall.touch("panel-ask")
    hall.see("panel_pin")
    hall.type_pin(HALL.pin)
    hall.touch("panel-open")
    hall.see("panel")


def test_five_wrong_pins_lock_the_panel_for_a_while(town: Town, hall: Guest) -> None:
    hall.see("attract")
    hall.touch("panel-ask")
    for _ in range(5):
        hall.see("panel_pin")
        hall.type_pin(_STRANGER)
        hall.touch("panel-open")
        expect(hall.page.locator('input[name="pin"]')).to_have_value("", timeout=WITHIN_MS)
    expect(hall.page.locator('[data-test="complaint"]')).to_contain_text("bloqués", timeout=WITHIN_MS)
    hall.type_pin(HALL.pin)
    hall.touch("panel-open")
    hall.see("panel_pin")
    hall.picture("locked")
    hall.watched.expected += ["Failed to load resource", "htmx:sendError", "htmx:responseError", "htmx:afterRequest"]
    hall.touch("panel-leave")
    town.hall.stop()
    unlock(town)  # it is on the disk, and the next test must not wait for its end
    town.hall.start()


def unlock(town: Town) -> None:
    """What five minutes do."""
    path = town.folder / HALL.folder / TERMINAL_STORE
    with contextlib.closing(sqlite3.connect(path)) as connection, connection:
        connection.execute("DELETE FROM facts WHERE name LIKE '%pin_locked_until_ms'")


def test_an_agent_prints_a_trial_slip_runs_the_check_and_starts_the_terminal_again(town: Town, hall: Guest) -> None:
    open_panel(hall)
    expect(hall.page.locator('[data-test="part-printer"]')).to_have_attribute("data-level", "ok", timeout=WITHIN_MS)
    hall.picture("open")
    papers = len(hall.hand.papers())
    hall.touch("panel-paper")
    expect(hall.page.locator('[data-test="paper-said"]')).to_have_attribute("data-result", "printed", timeout=WITHIN_MS)
    assert "TICKET D" in hall.hand.papers()[-1]
    assert len(hall.hand.papers()) == papers + 1
    hall.touch("panel-check")
    expect(hall.page.locator('[data-test="check-keys"]')).to_have_attribute("data-level", "ok", timeout=WITHIN_MS)
    hall.picture("checked")
    hall.watched.expected += ["Failed to load resource", "htmx:sendError", "htmx:responseError", "htmx:afterRequest"]
    hall.touch("panel-restart")
    wait_for("the process ends", town.hall.is_dead, 30)  # as systemd gives it
    assert town.hall.exit_code == RESTART
    expect(hall.page.locator("#lost")).to_be_visible(timeout=WITHIN_MS)
    town.hall.start()  # systemd does that
    hall.see("attract")  # nobody touched the browser
    expect(hall.page.locator("#lost")).to_be_hidden(timeout=WITHIN_MS)
    open_panel(hall)
