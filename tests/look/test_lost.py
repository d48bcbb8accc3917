"""A page that has lost its terminal: nobody can wipe it from there any more, so it shows nobody by itself."""

from __future__ import annotations

from collections.abc import Iterator

import pytest
from playwright.sync_api import Browser, expect

from kiosk.enrolment.steps import JourneyKind, Step
from tests.fakes.enrolment_rig import EnrolmentRig
from tests.look.glass import Glass, opened

pytestmark = pytest.mark.browser

WITHIN_MS = 20_000


@pytest.fixture(scope="module")
def glass(browser: Browser) -> Iterator[Glass]:
    with opened(browser) as glass:
        yield glass


def test_a_page_out_of_reach_of_its_terminal_shows_nobody_and_comes_back(glass: Glass) -> None:
    rig = EnrolmentRig(JourneyKind.HALL, glass.programme)
    glass.shows(rig)
    rig.go(Step.SUMMARY)
    page = glass.page
    screen = page.locator("#screen")
    expect(page.locator('main[data-step="summary"]')).to_be_visible(timeout=WITHIN_MS)
    page.route("**/etat*", lambda route: route.abort())
    expect(page.locator("#lost")).to_be_visible(timeout=WITHIN_MS)
    expect(screen).to_be_hidden(timeout=WITHIN_MS)
    page.unroute("**/etat*")
    expect(screen).to_be_visible(timeout=WITHIN_MS)
    expect(page.locator("#lost")).to_be_hidden(timeout=WITHIN_MS)
