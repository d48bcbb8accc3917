"""Takes pictures of the counter's two screens, side by side in time, for people to look at.

``.venv/bin/python -m tests.look.counter_pages [FOLDER]``; not part of the test run.
"""

from __future__ import annotations

import dataclasses
import sys
from pathlib import Path

from playwright.sync_api import Page, sync_playwright

from kiosk.enrolment.desks import MonthFigures
from kiosk.enrolment.ports import ProfessionalCard
from kiosk.enrolment.steps import JourneyKind, Step
from tests.chromium import ARGUMENTS, CHROMIUM
from tests.fakes.card_slot import card
from tests.fakes.enrolment_rig import EnrolmentRig
from tests.fakes.operators import PREPARER_PIN
from tests.look.served import served
from tests.waiting import wait_until
from wire.status import PersonStatus

COUNTER, TABLET = (1280, 800), (800, 1280)


class Pair:
    """Two pages and where their pictures go."""

    def __init__(self, counter: Page, tablet: Page, rig: EnrolmentRig, folder: Path) -> None:
        self.counter, self.tablet, self.rig, self.folder = counter, tablet, rig, folder
        self.number = 0

    def shoot(self, name: str) -> None:
        self.number += 1
        step = self.rig.step.value
        for side, page in (("counter", self.counter), ("tablet", self.tablet)):
            if "pairing" not in (page.get_attribute("main", "data-step") or ""):
                page.wait_for_selector(f'main[data-step="{step}"]')
            page.wait_for_timeout(700)
            page.screenshot(path=self.folder / f"{self.number:02d}-{name}-{side}.png", animations="disabled")


def _month() -> MonthFigures:
    rig = EnrolmentRig(JourneyKind.COUNTER)
    return MonthFigures("2026-11", 12, 1200, 300, rig.clock.now())


def walk(pair: Pair, address: str) -> None:
    rig = pair.rig
    rig.go(Step.ATTRACT)
    rig.professional.inside = ProfessionalCard("8001234567")
    rig.session.tick()
    pair.counter.goto(address)
    pair.tablet.goto(f"{address}/patient")
    pair.counter.click('[data-test="pairing-show"]')
    pair.counter.wait_for_selector('[data-test="pairing-code"]')
    pair.tablet.fill('[data-test="code"]', "000000")
    pair.tablet.click('[data-test="pair"]')
    pair.shoot("pairing")
    pair.tablet.fill('[data-test="code"]', pair.counter.inner_text('[data-test="pairing-code"]'))
    pair.tablet.click('[data-test="pair"]')
    pair.tablet.wait_for_selector('main[data-step="attract"]')
    pair.shoot("paired")
    rig.insert(card())
    for step in (Step.NOTICE, Step.CONSENT, Step.BREAK_GLASS, Step.CONSULTATION, Step.FEEDING, Step.CONTACT):
        rig.go(step) if step is Step.NOTICE else to(rig, step)
        pair.shoot(step.value)
    pair.tablet.click('[data-test="comfort"]')
    pair.shoot("menu")
    pair.tablet.click('[data-test="language-ar"]')
    pair.tablet.click('[data-test="comfort-close"]')
    pair.shoot("arabic")
    to(rig, Step.SLIP_OFFER, contact=False)
    pair.shoot("slip-offer")
    to(rig, Step.IDENTITY)
    pair.shoot("identity")
    to(rig, Step.CONFIRM)
    pair.shoot("confirm")
    pair.counter.click('[data-test="confirm"]')
    wait_until(lambda: rig.step is Step.DONE)
    pair.shoot("done")
    rig.earnings.told = _month()
    pair.counter.click('[data-test="day"]')
    wait_until(lambda: rig.step is Step.DAY)
    pair.shoot("day")


def to(rig: EnrolmentRig, step: Step, *, contact: bool = True) -> None:
    """Onward with touches of the right side."""
    rig.go(step, contact=contact)


def alone(counter: Page, address: str, rig: EnrolmentRig, folder: Path) -> None:
    """Without a second screen, and with a preparer."""
    rig.session.attesting.sign_in(rig.touch(), PREPARER_PIN)
    counter.goto(address)
    for step in (Step.NOTICE, Step.CONSENT, Step.BREAK_GLASS, Step.CONTACT, Step.IDENTITY, Step.CONFIRM):
        rig.go(step)
        counter.wait_for_selector(f'main[data-step="{step.value}"]')
        counter.wait_for_timeout(700)
        counter.screenshot(path=folder / f"alone-{step.value}.png", animations="disabled")


def main(folder: Path) -> None:
    folder.mkdir(parents=True, exist_ok=True)
    with sync_playwright() as playwright:
        browser = playwright.chromium.launch(executable_path=CHROMIUM, args=ARGUMENTS)
        rig = EnrolmentRig(JourneyKind.COUNTER)
        rig.desk.word = PersonStatus.NONE
        with served(rig) as address:
            pages = [
                browser.new_context(viewport={"width": width, "height": height}).new_page()
                for width, height in (COUNTER, TABLET)
            ]
            walk(Pair(pages[0], pages[1], rig, folder), address)
        rig = EnrolmentRig(JourneyKind.COUNTER)
        rig.whereabouts.place = dataclasses.replace(rig.whereabouts.place, pre_ticked_emergency=True)
        with served(rig) as address:
            width, height = COUNTER
            alone(browser.new_page(viewport={"width": width, "height": height}), address, rig, folder)
        browser.close()


if __name__ == "__main__":
    main(Path(sys.argv[1] if len(sys.argv) > 1 else "test-output/counter"))
