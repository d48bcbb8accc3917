"""Every screen in every language at 100 and 200 %, upright and wide: no text leaves its box, no control the glass.

What counts as not fitting stands in ``fits.js``; ``tests.look.contact_sheet`` makes the pictures of the same screens.
"""

from __future__ import annotations

from collections.abc import Iterator

import pytest
from playwright.sync_api import Browser

from kiosk.enrolment.languages import load_languages
from kiosk.enrolment.steps import JourneyKind
from tests.fakes.scenes import SCENES
from tests.look.glass import Glass, opened
from tests.look.served import FITS, LAYOUTS

pytestmark = pytest.mark.browser

EVERY_SCENE = [(kind, name) for kind, scenes in SCENES.items() for name in scenes]
LANGUAGES = tuple(load_languages())
SIZES = ("100", "200")


@pytest.fixture(scope="module")
def glass(browser: Browser) -> Iterator[Glass]:
    with opened(browser) as glass:
        yield glass


def faults_of(glass: Glass, layout: str) -> list[str]:
    """What does not fit in that layout."""
    width, height = LAYOUTS[layout]
    glass.page.set_viewport_size({"width": width, "height": height})
    return [str(fault) for fault in glass.page.evaluate(FITS, False)]


@pytest.mark.parametrize(("kind", "name"), EVERY_SCENE, ids=[f"{kind.value}-{name}" for kind, name in EVERY_SCENE])
def test_every_screen_fits_in_every_language_and_size(glass: Glass, kind: JourneyKind, name: str) -> None:
    rig = glass.scene(kind, name)
    glass.shows(rig)
    faults = []
    for language in LANGUAGES:
        for size in SIZES:
            rig.session.choose_comfort("language", language)
            rig.session.choose_comfort("text", size)
            if name == "still-there":
                rig.wait(50)
            glass.redraw()
            for layout in LAYOUTS:
                faults += [f"{language} {size} {layout}: {fault}" for fault in faults_of(glass, layout)]
    assert faults == []


def test_a_text_too_long_for_its_button_is_found(glass: Glass) -> None:
    glass.shows(glass.scene(JourneyKind.HALL, "consent"))
    glass.page.evaluate(
        "const yes = document.querySelector('[data-test=yes] b');"
        "yes.textContent = 'Donaudampfschifffahrtsgesellschaft'.repeat(4); yes.style.whiteSpace = 'nowrap';"
    )
    assert any("outside" in fault and "Donau" in fault for fault in faults_of(glass, "portrait"))
