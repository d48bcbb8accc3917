"""No page of any process breaks its own content policy, and a page that did would be noticed."""

from __future__ import annotations

from collections.abc import Callable

import pytest
from playwright.sync_api import Browser

from tests.journeys.guest import Guest, Watched
from tests.town.town import Town

pytestmark = [pytest.mark.browser, pytest.mark.processes]

Place = Callable[[Town], str]
PAGES: dict[str, Place] = {
    "terminal": lambda town: town.programme.addresses.hall + "/",
    "tray": lambda town: town.programme.addresses.hall + "/demo",
    "activation": lambda town: town.programme.addresses.vault + "/activation",
    "sign-in": lambda town: town.programme.addresses.central + "/connexion",
}


@pytest.mark.parametrize("name", PAGES)
def test_a_page_says_nothing_on_the_console_and_loads_nothing_from_elsewhere(
    browser: Browser, town: Town, name: str
) -> None:
    watched, asked, address = Watched(), [], PAGES[name](town)
    context = browser.new_context()
    page = context.new_page()
    watched.follow(page)
    page.on("request", lambda request: asked.append(request.url))
    page.goto(address, wait_until="networkidle" if name in {"activation", "sign-in"} else "load")
    context.close()
    assert watched.complaints == []
    assert [one for one in asked if not one.startswith(address.rsplit("/", 1)[0])] == []


@pytest.mark.parametrize("name", PAGES)
def test_a_script_written_into_a_page_does_not_run_and_is_noticed(browser: Browser, town: Town, name: str) -> None:
    watched = Watched()
    context = browser.new_context()
    page = context.new_page()
    watched.follow(page)
    page.goto(PAGES[name](town))
    page.evaluate(
        "() => { const one = document.createElement('script'); one.textContent = 'window.ran = true';"
        " document.body.append(one); }"
    )
    ran = page.evaluate("window.ran")
    context.close()
    assert ran is None
    assert any("Content Security Policy" in one for one in watched.complaints)


def test_no_screen_of_a_terminal_reaches_the_network(hall: Guest) -> None:
    asked: list[str] = []
    hall.page.on("request", lambda request: asked.append(request.url))
    hall.page.reload()
    hall.insert("anais")
    hall.see("who")
    assert [one for one in asked if not one.startswith(hall.hand.address)] == []
