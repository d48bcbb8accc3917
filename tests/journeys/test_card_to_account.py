"""The demonstration, as a visitor of the house sees it: card, screens, paper, manager's count, active account."""

from __future__ import annotations

import re

import pytest
from playwright.sync_api import Page, expect

from tests.journeys.guest import WILLING, WITHIN_MS, Guest
from tests.journeys.home import Home, Office
from tests.journeys.records import Traces
from tests.journeys.slips import is_slip_b, photograph, read_address, read_words
from tests.town.town import Town

pytestmark = [pytest.mark.browser, pytest.mark.processes]


def enrol_from_the_tray(pharmacy: Guest, card: str) -> Page:
    """Insert a card on the tray's page and touch every screen; the tray is returned."""
    pharmacy.picture("sign_in")
    pharmacy.type_pin(pharmacy.stand.pin)
    pharmacy.touch("sign-in")
    pharmacy.see("attract")
    tray = pharmacy.another_tab("/demo")
    pharmacy.picture("attract")
    pharmacy.picture("tray", tray)
    tray.click(f'[data-test="insert-{card}"]')
    pharmacy.see("notice")
    for step in ("notice", "consent", "break_glass", "centre_15", "consultation", "feeding", "contact"):
        pharmacy.up_to(step)
        pharmacy.picture(step)
    type_email(pharmacy, "marie@orange.fr")
    for step in ("proof", "identity", "confirm", "done"):
        pharmacy.up_to(step)
        pharmacy.picture(step)
    return tray


def type_email(pharmacy: Guest, text: str) -> None:
    """On the screen's own keys, as a finger does."""
    pharmacy.page.click('[data-test="email"]')
    name, ending = text.split("@")
    for letter in name:
        pharmacy.page.click(f'[data-keys-home] [data-key="{letter}"]')
    pharmacy.page.click(f'[data-keys-home] [data-key="@{ending}"]')
    pharmacy.picture("contact-typed")
    pharmacy.touch("give-contact")


def slip_b_on(tray: Page) -> tuple[bytes, str]:
    """Picture and words of the newest slip with a code, as it lies on the tray's page."""
    slips = tray.locator("[data-test^=paper-]")
    expect(slips.nth(1)).to_be_visible(timeout=WITHIN_MS)
    for slip in slips.all():
        slip.locator("summary").click()
        words = slip.locator("pre").inner_text()
        if is_slip_b(words):
            address = slip.locator("img").evaluate("image => image.src")
            return tray.request.get(address).body(), words
    raise AssertionError("no slip with a code on the tray")


def test_from_the_tray_to_the_managers_count_and_the_active_account(
    town: Town, pharmacy: Guest, office: Office, home: Home
) -> None:
    before, opened, activated = Traces(town), office.count("opened"), office.count("activated")
    tray = enrol_from_the_tray(pharmacy, "marie")
    png, words = slip_b_on(tray)
    pharmacy.picture("paper", tray)
    tray.click('[data-test="pull"]')
    address = photograph(png)
    assert read_address(address) == read_words(words)

    town.wait_until_all_is_sent()
    dossier = before.the_dossier()
    assert before.cents(dossier) == [100]
    office.wait_for("opened", opened + 1)

    assert home.activate(address) == "activated"
    home.picture("activated")
    before.wait_for_account(dossier, "active")
    office.wait_for("activated", activated + 1)
    office.picture("after-activation")

    assert home.activate(address) == "used"
    home.picture("used")


def test_invariant_05_the_code_of_a_photographed_slip_is_in_no_address_and_in_no_log(
    town: Town, pharmacy: Guest, home: Home, card: str
) -> None:
    assert pharmacy.enrol(card, WILLING) == "done"
    png, words = slip_b_on(pharmacy.another_tab("/demo"))
    town.wait_until_all_is_sent()
    assert home.activate(photograph(png)) == "activated"
    code = read_words(words).code
    spellings = re.compile("-?".join(code))
    assert home.addresses
    assert [one for one in home.addresses if spellings.search(one)] == []
    assert [actor.which for actor in (town.central, town.vault, town.pharmacy) if spellings.search(actor.said())] == []
