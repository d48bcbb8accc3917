"""A terminal is stolen: central is told, its screens close, and what it captured is kept aside, unpaid."""

from __future__ import annotations

import pytest
from playwright.sync_api import expect
from processes import run_command

from tests.journeys.guest import WILLING, WITHIN_MS, Guest
from tests.journeys.home import Office
from tests.journeys.records import Traces
from tests.town.town import PHARMACY, Town
from tests.waiting import wait_for

pytestmark = [pytest.mark.browser, pytest.mark.processes]


def test_a_revoked_terminal_closes_and_what_it_captured_is_quarantined_unpaid(
    town: Town, pharmacy: Guest, office: Office, card: str
) -> None:
    before, aside = Traces(town), office.count("quarantined")
    office.watched.expected += ["Failed to load resource", "htmx:sendError"]  # its page asks while central is away
    town.central.stop()
    assert pharmacy.enrol(card, WILLING) == "done"
    pharmacy.hand.pull()
    run_command("central", "revoke-terminal", PHARMACY.terminal, "--home", str(town.folder / "central"))
    town.central.start()
    pharmacy.see("out_of_service")  # nobody restarts it: what became of its record tells it to ask
    pharmacy.context.close()
    town.pharmacy.start()  # and stays closed when it was off in between
    pharmacy.start_browser_again()
    pharmacy.see("out_of_service")
    pharmacy.picture("out_of_service")
    assert pharmacy.said("fault-code") == "T-04"
    assert pharmacy.said("fault-terminal") == PHARMACY.terminal

    wait_for("its record is at central", lambda: before.routings("enrolment"))
    (routing,) = before.routings("enrolment")
    query = "SELECT reason FROM quarantine WHERE record_id = ?"
    assert town.at_central(query, routing.record_id) == [("terminal_revoked",)]
    assert before.dossiers() == []
    assert town.at_central("SELECT 1 FROM ledger_entries WHERE record_id = ?", routing.record_id) == []
    expect(office.page.locator('[data-test="quarantined"]')).not_to_have_text(str(aside), timeout=WITHIN_MS)
