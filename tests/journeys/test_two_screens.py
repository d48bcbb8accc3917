"""The counter and the person's own screen in two browsers: one state, no reload, no answer from the wrong side."""

from __future__ import annotations

import re
from collections.abc import Iterator
from dataclasses import dataclass, field
from pathlib import Path

import pytest
from playwright.sync_api import Browser, Page, expect

from kiosk.enrolment.sides import PATIENTS_OWN
from kiosk.enrolment.steps import JourneyKind, Step
from tests.fakes.card_slot import card, person
from tests.fakes.enrolment_rig import EnrolmentRig
from tests.fakes.operators import PHARMACIST_PIN
from tests.journeys.guest import Watched
from tests.look.served import served
from wire.evidence import Question
from wire.records import RecordKind

pytestmark = pytest.mark.browser

COUNTER, TABLET = (1280, 800), (800, 1280)
PICTURES = Path("test-output/two-screens")
WITHIN_MS = 30_000.0


@dataclass
class Screens:
    """Both pages. ``touches`` counts the operator's after the PIN; ``loads`` how often each page was loaded."""

    rig: EnrolmentRig
    counter: Page
    tablet: Page
    touches: int = 0
    loads: dict[str, int] = field(default_factory=lambda: {"counter": 0, "tablet": 0})

    def see(self, step: Step) -> None:
        """Both pages show this step."""
        for page in (self.counter, self.tablet):
            expect(page.locator(f'main[data-step="{step.value}"]')).to_be_visible(timeout=WITHIN_MS)

    def operator(self, name: str) -> None:
        self.touches += 1
        self.counter.click(f'[data-test="{name}"]')

    def person(self, name: str) -> None:
        self.tablet.click(f'[data-test="{name}"]')

    def picture(self, label: str) -> None:
        PICTURES.mkdir(parents=True, exist_ok=True)
        for side, page in (("counter", self.counter), ("tablet", self.tablet)):
            page.screenshot(path=PICTURES / f"{label}-{side}.png", animations="disabled")

    def pair(self) -> None:
        self.counter.click('[data-test="pairing-show"]')
        code = self.counter.inner_text('[data-test="pairing-code"]')
        for digit in code.replace(" ", ""):
            self.tablet.click(f'.keys--digits [data-key="{digit}"]')
        self.tablet.click('[data-test="pair"]')
        self.see(Step.ATTRACT)
        self.tablet.wait_for_load_state()  # pairing is a plain form: what it draws can be seen before it is all there

    def read_notice(self) -> None:
        self.see(Step.NOTICE)
        self.tablet.locator("[data-notice-end]").scroll_into_view_if_needed()
        button = self.tablet.locator('[data-test="notice-read"]')
        expect(button).to_have_text(str(button.get_attribute("data-done")))
        button.click()


@pytest.fixture
def screens(browser: Browser) -> Iterator[Screens]:
    rig, watched = EnrolmentRig(JourneyKind.COUNTER), Watched()
    contexts = [browser.new_context(viewport={"width": w, "height": h}) for w, h in (COUNTER, TABLET)]
    with served(rig) as address:
        pages = [context.new_page() for context in contexts]
        for page, path in zip(pages, ("/", "/patient"), strict=True):
            watched.follow(page)
            page.set_default_timeout(WITHIN_MS)
            page.goto(address.rstrip("/") + path)
        made = Screens(rig, pages[0], pages[1])
        for digit in PHARMACIST_PIN:
            made.counter.click(f'.pad--digits [data-key="{digit}"]')
        made.counter.click('[data-test="sign-in"]')
        expect(made.counter.locator('main[data-step="attract"]')).to_be_visible()
        made.pair()
        for name, page in (("counter", made.counter), ("tablet", made.tablet)):
            page.on("domcontentloaded", lambda _page, name=name: made.loads.update({name: made.loads[name] + 1}))
        yield made
        for context in contexts:
            context.close()
    assert watched.unexpected() == []


def test_one_opening_on_two_screens_with_three_touches_of_the_pharmacist(screens: Screens) -> None:
    screens.rig.reader.insert(card(person()))
    screens.read_notice()
    for step, answer in (
        (Step.CONSENT, "yes"),
        (Step.BREAK_GLASS, "no"),
        (Step.CENTRE_15, "yes"),
        (Step.CONSULTATION, "yes"),
        (Step.FEEDING, "no"),
    ):
        screens.see(step)
        screens.picture(step.value)
        assert screens.counter.locator('[data-touch="answer"]').count() == 0
        screens.person(answer)
    screens.see(Step.CONTACT)
    screens.person("no-contact")
    screens.see(Step.SLIP_OFFER)
    screens.person("yes")
    screens.see(Step.IDENTITY)
    screens.picture("identity")
    assert "CAMILLE" not in screens.tablet.content()
    screens.operator("method-identity_card")
    screens.see(Step.CONFIRM)
    screens.picture("confirm")
    screens.operator("confirm")
    screens.see(Step.DONE)
    screens.operator("finish")
    screens.rig.reader.pull()
    screens.see(Step.ATTRACT)
    assert screens.touches == 3
    assert screens.loads == {"counter": 0, "tablet": 0}
    [opened] = screens.rig.store.of(RecordKind.ENROLMENT)
    answers = {one.question: one.accepted for one in opened.administrative.answers}  # type: ignore[union-attr]
    assert answers[Question.BREAK_GLASS] is False
    assert answers[Question.CONSULTATION] is True


def test_what_must_be_touched_is_in_sight_without_scrolling(screens: Screens) -> None:
    """At 1280 by 800: the attestation's four answers, and the touch that confirms."""
    screens.rig.go(Step.IDENTITY)
    screens.see(Step.IDENTITY)
    foot = screens.counter.locator("footer.bottom").bounding_box()
    for name in ("method-identity_card", "method-passport", "method-residence_permit", "method-known_person"):
        box = screens.counter.locator(f'[data-test="{name}"]').bounding_box()
        assert box is not None
        assert foot is not None
        assert box["y"] + box["height"] <= foot["y"], name
    screens.operator("method-passport")
    screens.see(Step.CONFIRM)
    box = screens.counter.locator('[data-test="confirm"]').bounding_box()
    assert box is not None
    assert foot is not None
    assert box["y"] + box["height"] <= foot["y"]


def test_taking_over_turns_the_counters_screen_and_closes_the_persons(screens: Screens) -> None:
    screens.rig.go(Step.CONSENT)
    screens.see(Step.CONSENT)
    screens.operator("take-over")
    expect(screens.counter.locator('[data-test="yes"]')).to_be_visible()
    expect(screens.tablet.locator('main[data-step="pairing"]')).to_be_visible(timeout=WITHIN_MS)
    assert "CAMILLE" not in screens.tablet.content()


def test_the_persons_language_and_size_do_not_touch_the_counters_screen(screens: Screens) -> None:
    screens.rig.go(Step.CONSENT)
    screens.see(Step.CONSENT)
    screens.person("comfort")
    screens.person("language-ar")
    screens.person("comfort-text-150")
    screens.person("comfort-close")
    expect(screens.tablet.locator("#screen")).to_have_attribute("dir", "rtl")
    expect(screens.counter.locator("#screen")).to_have_attribute("dir", "ltr")
    expect(screens.counter.locator("#screen")).to_have_attribute("data-text", "100")
    screens.picture("arabic")


def test_a_reload_of_either_page_changes_nothing(screens: Screens) -> None:
    screens.rig.go(Step.BREAK_GLASS)
    screens.see(Step.BREAK_GLASS)
    screens.tablet.reload()
    screens.counter.reload()
    screens.see(Step.BREAK_GLASS)
    screens.person("yes")
    screens.see(Step.CENTRE_15)


def test_a_signed_out_counter_leaves_the_tablet_with_the_field_for_a_code(screens: Screens) -> None:
    screens.operator("sign-out")
    expect(screens.tablet.locator('main[data-step="pairing"]')).to_be_visible(timeout=WITHIN_MS)


def test_every_step_of_the_persons_shows_only_the_persons_touches(screens: Screens) -> None:
    for step in (Step.NOTICE, Step.CONSENT, Step.CONSULTATION, Step.CONTACT, Step.IDENTITY):
        screens.rig.go(step)
        screens.see(step)
        offered = {str(one.get_attribute("action")) for one in screens.tablet.locator("form").all()}
        assert all(re.fullmatch(r"/patient/touch/\w+/\w+", one) for one in offered)
        if step not in PATIENTS_OWN:
            assert {one.rsplit("/", 1)[1] for one in offered} <= {"comfort", "stay"}
