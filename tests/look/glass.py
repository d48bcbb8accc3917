"""One app and one page of a real browser for many screens: a test puts its own terminal behind the glass."""

from __future__ import annotations

from collections.abc import Iterator
from contextlib import contextmanager
from dataclasses import dataclass

from flask import Flask
from playwright.sync_api import Browser, Page

from kiosk.app import create_app
from kiosk.enrolment.steps import JourneyKind
from kiosk.enrolment.views import SESSION
from tests.fakes.enrolment_rig import EnrolmentRig
from tests.fakes.programme import Programme
from tests.fakes.scenes import SCENES
from tests.look.served import running

UPRIGHT = (1080, 1920)


@dataclass(frozen=True)
class Glass:
    """``programme`` is shared, because keys are slow to make."""

    app: Flask
    page: Page
    address: str
    programme: Programme

    def scene(self, kind: JourneyKind, name: str) -> EnrolmentRig:
        """A terminal that was brought to that screen."""
        rig = EnrolmentRig(kind, self.programme)
        SCENES[kind][name](rig)
        return rig

    def shows(self, rig: EnrolmentRig) -> None:
        """Draw this terminal's present screen anew."""
        self.app.extensions[SESSION] = rig.session
        self.page.goto(self.address)
        self.page.wait_for_function("document.fonts.status === 'loaded'")

    def redraw(self) -> None:
        """The present screen once more where it stands, as a touch on the comfort menu does; a page would be slower."""
        self.page.evaluate("htmx.ajax('GET', '/etat?revision=-1', {target: '#screen', swap: 'outerHTML'})")
        self.page.wait_for_function("document.fonts.status === 'loaded'")


@contextmanager
def opened(browser: Browser) -> Iterator[Glass]:
    """A glass of 1080 by 1920."""
    programme = Programme()
    app = create_app(EnrolmentRig(JourneyKind.HALL, programme).session, secret_key=b"x" * 32)
    width, height = UPRIGHT
    context = browser.new_context(viewport={"width": width, "height": height})
    context.set_default_timeout(8000)
    try:
        with running(app) as address:
            yield Glass(app, context.new_page(), address, programme)
            context.close()
    finally:
        context.close()
