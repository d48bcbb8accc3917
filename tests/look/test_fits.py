"""Every screen in every language at 100 and 200 %, upright and wide: no text leaves its box, no control the glass.

What counts as not fitting stands in ``fits.js``; ``tests.look.contact_sheet`` makes the pictures of the same screens.
"""

from __future__ import annotations

import threading
from collections.abc import Iterator
from dataclasses import dataclass

import pytest
from flask import Flask
from playwright.sync_api import Browser, Page
from waitress.server import create_server

from kiosk.app import create_app
from kiosk.enrolment.languages import load_languages
from kiosk.enrolment.steps import JourneyKind
from kiosk.enrolment.views import SESSION
from tests.fakes.enrolment_rig import EnrolmentRig
from tests.fakes.programme import Programme
from tests.fakes.scenes import SCENES
from tests.look.walk_screens import FITS, LAYOUTS

pytestmark = pytest.mark.browser

EVERY_SCENE = [(kind, name) for kind, scenes in SCENES.items() for name in scenes]
LANGUAGES = tuple(load_languages())
SIZES = ("100", "200")
PROGRAMME = Programme()


@dataclass(frozen=True)
class Glass:
    """One app and one page for all screens: a test puts its own terminal behind them."""

    app: Flask
    page: Page
    address: str

    def shows(self, rig: EnrolmentRig) -> None:
        """Draw this terminal's present screen as a page of its own."""
        self.app.extensions[SESSION] = rig.session
        self.page.goto(self.address)
        self.page.wait_for_function("document.fonts.status === 'loaded'")

    def redraws(self) -> None:
        """Draw it again where it stands, as a touch on the comfort menu does."""
        self.page.evaluate("htmx.ajax('GET', '/etat?revision=-1', {target: '#screen', swap: 'outerHTML'})")
        self.page.wait_for_function("document.fonts.status === 'loaded'")

    def faults(self, layout: str) -> list[str]:
        """What does not fit in that layout."""
        width, height = LAYOUTS[layout]
        self.page.set_viewport_size({"width": width, "height": height})
        return [str(fault) for fault in self.page.evaluate(FITS, False)]


@pytest.fixture(scope="module")
def glass(browser: Browser) -> Iterator[Glass]:
    app = create_app(EnrolmentRig(JourneyKind.HALL, PROGRAMME).session, secret_key=b"x" * 32)
    server = create_server(app, host="127.0.0.1", port=0, threads=4)
    thread = threading.Thread(target=server.run, daemon=True)
    thread.start()
    context = browser.new_context()
    yield Glass(app, context.new_page(), f"http://127.0.0.1:{server.effective_port}/")
    context.close()
    server.close()
    thread.join(5)


@pytest.mark.parametrize(("kind", "name"), EVERY_SCENE, ids=[f"{kind.value}-{name}" for kind, name in EVERY_SCENE])
def test_every_screen_fits_in_every_language_and_size(glass: Glass, kind: JourneyKind, name: str) -> None:
    rig = EnrolmentRig(kind, PROGRAMME)
    SCENES[kind][name](rig)
    glass.shows(rig)
    faults = []
    for language in LANGUAGES:
        for size in SIZES:
            rig.session.choose_comfort("language", language)
            rig.session.choose_comfort("text", size)
            if name == "still-there":
                rig.wait(50)
            glass.redraws()
            for layout in LAYOUTS:
                faults += [f"{language} {size} {layout}: {fault}" for fault in glass.faults(layout)]
    assert faults == []


def test_a_text_too_long_for_its_button_is_found(glass: Glass) -> None:
    rig = EnrolmentRig(JourneyKind.HALL, PROGRAMME)
    SCENES[JourneyKind.HALL]["consent"](rig)
    glass.shows(rig)
    glass.page.evaluate(
        "const yes = document.querySelector('[data-test=yes] b');"
        "yes.textContent = 'Donaudampfschifffahrtsgesellschaft'.repeat(4); yes.style.whiteSpace = 'nowrap';"
    )
    assert any("outside" in fault and "Donau" in fault for fault in glass.faults("portrait"))
