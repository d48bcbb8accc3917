"""The two browsers away from the terminals: a phone at home on the vault's page, a manager's desk on central's."""

from __future__ import annotations

import re
from typing import Any

from playwright.sync_api import Browser, expect

from tests.journeys.guest import PICTURES, WITHIN_MS, Watched
from tests.town.town import MANAGER, MANAGER_PASSWORD, Town

PASSPHRASE = "quatre mots sans lien entre eux"


class Home:
    """A phone. ``addresses`` are what its browser asked servers for, as the network saw them."""

    def __init__(self, browser: Browser, town: Town) -> None:
        self._town = town
        self.watched = Watched()
        # The browser says so by itself whenever an answer is not 200: the page's own words are what is looked at.
        self.watched.expected.append("Failed to load resource: the server responded with a status of 4")
        self.context = browser.new_context(viewport={"width": 390, "height": 844})
        self.context.set_default_timeout(WITHIN_MS)
        self.page = self.context.new_page()
        self.watched.follow(self.page)
        self.address = town.programme.addresses.vault + "/activation"
        self.addresses: list[str] = []
        self._cdp = self.context.new_cdp_session(self.page)
        self._cdp.send("Network.enable")
        self._cdp.on("Network.requestWillBeSent", self._note)

    def _note(self, event: dict[str, Any]) -> None:
        request = event["request"]
        self.addresses += [request["url"], *request["headers"].values()]

    def activate(self, address: str, passphrase: str = PASSPHRASE, *, proves: str = "") -> str:
        """Open the address of the square, choose a passphrase, send; says what became of it.

        ``proves``: the e-mail or number at which the one-time code is read; without it, it is left out where it may be.
        """
        state = self._open_slip(address, passphrase)
        if state != "one_time_choose":
            return state
        if proves:
            return self._prove(proves)
        if not self.page.is_visible("[data-test=skip]"):
            return state  # the second factor is asked for: a contact is proved
        self.page.click("[data-test=skip]")
        return self._state_after("one_time_choose")

    def _prove(self, to: str) -> str:
        sent = len(self._town.letters(to))
        self.page.click(f"[data-test=send-{'email' if '@' in to else 'mobile'}]")
        self._state_after("one_time_choose")
        self.page.fill("[data-test=one-time]", self._town.code_sent(to, after=sent))
        self.page.click("[data-test=check]")
        return self._state_after("one_time_enter")

    def _open_slip(self, address: str, passphrase: str) -> str:
        self.page.goto("about:blank")  # another visit, not another fragment on the page that is open
        self.page.goto(address)
        self.page.fill("[data-test=passphrase]", passphrase)
        self.page.fill("[data-test=passphrase-again]", passphrase)
        self.page.click("[data-test=activate]")
        return self._state_after("form")

    def _state_after(self, state: str) -> str:
        answered = self.page.locator(f"main:not([data-state={state}])")
        expect(answered).to_be_visible(timeout=WITHIN_MS)
        return str(answered.get_attribute("data-state"))

    def picture(self, label: str) -> None:
        """For a person to look at."""
        PICTURES.mkdir(parents=True, exist_ok=True)
        self.page.screenshot(path=PICTURES / f"home-{label}.png", full_page=True)


class Office:
    """A manager's desk with the table of counts open; nothing ever reloads the page."""

    def __init__(self, browser: Browser, central: str) -> None:
        self.watched = Watched()
        self.context = browser.new_context(viewport={"width": 1366, "height": 900})
        self.context.set_default_timeout(WITHIN_MS)
        self.page = self.context.new_page()
        self.watched.follow(self.page)
        self.page.goto(central + "/connexion")
        self.page.fill("#name", MANAGER)
        self.page.fill("#password", MANAGER_PASSWORD)
        self.page.click("form button")
        self.page.wait_for_url(re.compile("/tableau$"))
        self.page.evaluate("window.neverLeft = true")

    def count(self, figure: str) -> int:
        """One figure as it stands on the page."""
        return int(re.sub(r"\D", "", self.page.inner_text(f'[data-test="{figure}"]')))

    def wait_for(self, figure: str, count: int) -> None:
        """Until the open page shows that count by itself."""
        expect(self.page.locator(f'[data-test="{figure}"]').first).to_have_text(str(count), timeout=WITHIN_MS)
        assert self.page.evaluate("window.neverLeft"), "the page was loaded again"

    def picture(self, label: str) -> None:
        """For a person to look at."""
        PICTURES.mkdir(parents=True, exist_ok=True)
        self.page.screenshot(path=PICTURES / f"office-{label}.png", full_page=True)
