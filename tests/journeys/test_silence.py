"""Nobody touches: the warning over the screen, more time on request, and the wipe. The clock is turned by hand.

The terminal's app and session over the fakes of its ports: real minutes of silence would be real minutes.
"""

from __future__ import annotations

from collections.abc import Iterator
from dataclasses import dataclass

import pytest
from playwright.sync_api import Browser, Page, expect

from kiosk.enrolment.steps import JourneyKind, Step
from tests.fakes.card_slot import card
from tests.fakes.enrolment_rig import EnrolmentRig
from tests.journeys.guest import PORTRAIT, Watched
from tests.look.served import served

pytestmark = pytest.mark.browser

JUST_BEFORE_THE_WARNING_S, JUST_BEFORE_THE_WIPE_S = 44, 59


@dataclass
class Still:
    """A page on which nobody moves."""

    page: Page
    rig: EnrolmentRig

    def veil(self) -> bool:
        """Whether the warning lies over the screen, after the page has asked anew."""
        with self.page.expect_response("**/etat*"):
            pass
        with self.page.expect_response("**/etat*"):
            pass
        return self.page.is_visible('[data-test="stay"]')


@pytest.fixture
def still(browser: Browser) -> Iterator[Still]:
    rig, watched = EnrolmentRig(JourneyKind.HALL), Watched()
    rig.insert(card())
    rig.go(Step.CONTACT)
    width, height = PORTRAIT
    context = browser.new_context(viewport={"width": width, "height": height})
    with served(rig) as address:
        page = context.new_page()
        watched.follow(page)
        page.goto(address)
        yield Still(page, rig)
        context.close()
    assert watched.unexpected() == []


def test_the_warning_comes_after_45_seconds_and_not_before(still: Still) -> None:
    still.rig.clock.forward(JUST_BEFORE_THE_WARNING_S)
    assert not still.veil()
    still.rig.clock.forward(1)
    expect(still.page.locator('[data-test="stay"]')).to_be_focused()


def test_more_time_on_request_takes_the_warning_away_and_keeps_what_was_typed(still: Still) -> None:
    still.page.fill('[data-test="email"]', "camille@exemple.fr")
    still.rig.clock.forward(JUST_BEFORE_THE_WIPE_S)
    still.page.click('[data-test="stay"]')
    expect(still.page.locator('[data-test="stay"]')).to_have_count(0)
    assert still.rig.step is Step.CONTACT
    still.rig.clock.forward(JUST_BEFORE_THE_WARNING_S)
    assert not still.veil()


def test_after_60_seconds_the_person_is_gone_from_the_page(still: Still) -> None:
    still.rig.clock.forward(JUST_BEFORE_THE_WIPE_S + 1)
    expect(still.page.locator('main[data-step="take_card"]')).to_be_visible()
    assert "CAMILLE" not in still.page.content()
    still.rig.reader.pull()
    expect(still.page.locator('main[data-step="attract"]')).to_be_visible()


def test_typing_is_a_sign_of_life(still: Still) -> None:
    still.rig.clock.forward(JUST_BEFORE_THE_WARNING_S)
    with still.page.expect_response("**/activite"):
        still.page.press('[data-test="email"]', "c")
    still.rig.clock.forward(JUST_BEFORE_THE_WARNING_S)
    assert not still.veil()
