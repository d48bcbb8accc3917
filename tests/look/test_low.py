"""The low layout on an upright glass: every control within its lower 45 %, for somebody who sits (dmp.md §18)."""

from __future__ import annotations

from collections.abc import Iterator

import pytest
from playwright.sync_api import Browser

from kiosk.enrolment.steps import JourneyKind
from tests.fakes.scenes import SCENES
from tests.look.glass import Glass, opened
from tests.look.served import FITS

pytestmark = pytest.mark.browser

# At a counter nobody stands before an upright glass, and the pages of those who work there (the counter, the
# panel, which scrolls as a whole) are not for who sits before it.
SCREENS = tuple(name for name in SCENES[JourneyKind.HALL] if name != "panel")


@pytest.fixture(scope="module")
def glass(browser: Browser) -> Iterator[Glass]:
    with opened(browser) as glass:
        yield glass


@pytest.mark.parametrize("text", ["100", "200"])
@pytest.mark.parametrize("name", SCREENS)
def test_every_control_is_within_reach(glass: Glass, name: str, text: str) -> None:
    rig = glass.scene(JourneyKind.HALL, name)
    rig.session.choose_comfort("low", "on")
    rig.session.choose_comfort("text", text)
    if name == "still-there":
        rig.wait(50)
    glass.shows(rig)
    assert glass.page.evaluate(FITS, True) == []


def test_a_control_that_is_too_high_is_found(glass: Glass) -> None:
    glass.shows(glass.scene(JourneyKind.HALL, "consent"))
    assert any(fault[0] == "high" for fault in glass.page.evaluate(FITS, True))
