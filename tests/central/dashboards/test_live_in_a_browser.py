"""The page in a real browser: signs in, renews itself under the strict policy, falls asleep."""

from __future__ import annotations

from collections.abc import Iterator
from dataclasses import dataclass

import pytest
from playwright.sync_api import Browser, Page, expect

from central.counters.models import Measure
from central.counters.tally import Place
from tests.central.served import served
from tests.central.web_site import HALL, PASSWORD, CentralSite

pytestmark = pytest.mark.browser

IN_HALL = Place("desk", "hall_terminal", "11", "75", HALL.office, "HALL-75-01-A")
WITHIN_MS = 20_000  # the page asks every five seconds


@dataclass
class Screen:
    """A manager's screen, and what the browser complained of."""

    page: Page
    url: str
    complaints: list[str]


@pytest.fixture
def screen(site: CentralSite, browser: Browser) -> Iterator[Screen]:
    site.fleet(HALL)
    site.manager("NATIONAL")
    with served(site.app) as url, browser.new_context() as context:
        one = Screen(context.new_page(), url, [])
        one.page.on("console", lambda message: one.complaints.append(message.text))
        one.page.on("pageerror", lambda error: one.complaints.append(str(error)))
        one.page.goto(one.url + "/tableau")
        one.page.fill("#name", "NATIONAL")
        one.page.fill("#password", PASSWORD)
        one.page.click("main button")
        one.page.wait_for_url("**/tableau")  # with its style: until then everything is wider
        yield one


def test_a_new_opening_appears_without_a_reload_and_without_a_complaint(screen: Screen, site: CentralSite) -> None:
    opened = screen.page.locator("[data-test=opened]")
    expect(opened).to_have_text("0")
    screen.page.evaluate("window.notReloaded = true")
    site.count(Measure.DOSSIERS_OPENED, "2026-11-22", IN_HALL, 3)
    expect(opened).to_have_text("3", timeout=WITHIN_MS)
    assert screen.page.evaluate("window.notReloaded") is True
    assert screen.complaints == []


def test_who_reads_keeps_their_place_and_their_focus_when_the_page_renews_itself(
    screen: Screen, site: CentralSite
) -> None:
    expect(screen.page.locator("[data-test=opened]")).to_have_text("0")
    screen.page.evaluate("document.getElementById('departements-scroll').scrollTop = 300")
    screen.page.locator("#t974").focus()
    site.count(Measure.DOSSIERS_OPENED, "2026-11-22", IN_HALL, 3)
    expect(screen.page.locator("[data-test=opened]")).to_have_text("3", timeout=WITHIN_MS)
    expect(screen.page.locator("#t974")).to_be_focused()
    assert screen.page.evaluate("document.getElementById('departements-scroll').scrollTop") == 300


def test_the_map_leads_to_a_departement_and_the_drawing_is_drawn(screen: Screen) -> None:
    screen.page.locator("#t75").press("Enter")
    expect(screen.page.locator("nav.crumbs li").last).to_have_text("Paris (75)")
    drawing = screen.page.locator(".drawing img")
    expect(drawing).to_have_js_property("complete", value=True, timeout=WITHIN_MS)
    assert drawing.evaluate("image => image.naturalWidth") == 720
    assert screen.complaints == []


def test_a_page_left_alone_goes_back_to_the_sign_in(screen: Screen, site: CentralSite) -> None:
    expect(screen.page.locator("[data-test=opened]")).to_have_text("0")
    site.clock.pass_by(minutes=16)
    screen.page.wait_for_url("**/connexion", timeout=WITHIN_MS)


def test_signing_out_by_the_button_works_in_a_browser(screen: Screen) -> None:
    screen.page.click("text=Se déconnecter")
    screen.page.wait_for_url("**/connexion")
    screen.page.goto(screen.url + "/tableau")
    assert screen.page.url.endswith("/connexion")


@pytest.mark.parametrize("width", [320, 390, 1440])
def test_nothing_needs_sideways_scrolling(screen: Screen, width: int) -> None:
    screen.page.set_viewport_size({"width": width, "height": 844})
    assert screen.page.evaluate("document.documentElement.scrollWidth") <= width
