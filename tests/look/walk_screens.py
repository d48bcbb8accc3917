"""Pictures of every screen for a person to look at: ``.venv/bin/python -m tests.look.walk_screens [name…]``.

Starts the terminal's app over fakes, walks both journeys in Debian's chromium in both layouts, and writes
``test-output/screens/LAYOUT-KIND-NN-STEP.png``. Fails when a page scrolls sideways, hides a button or logs an error.
"""

from __future__ import annotations

import sys
import threading
from collections.abc import Callable, Iterator
from contextlib import contextmanager
from pathlib import Path

from playwright.sync_api import Browser, ConsoleMessage, Page, sync_playwright
from waitress.server import create_server

from kiosk.app import create_app
from kiosk.enrolment.errors import CardFault
from kiosk.enrolment.ports import ReaderState
from kiosk.enrolment.steps import JourneyKind, Step
from tests.fakes.card_slot import card, person
from tests.fakes.enrolment_rig import EnrolmentRig
from tests.fakes.operators import AGENT_PIN, PHARMACIST_PIN
from tests.fakes.paper import NO_PAPER, READY
from wire.status import PersonStatus

OUT = Path("test-output/screens")
LAYOUTS = {"portrait": (1080, 1920), "landscape": (1920, 1080)}
CHROMIUM = "/usr/bin/chromium"
ARGS = ["--no-sandbox", "--disable-gpu", "--disable-background-networking"]
FAMILY = card(
    person("CAMILLE", "19850214"),
    person("LÉO", "20150830", position=1),
    person("JEANNE", "19600000", position=2),
    person("NOUR", "19930618", position=3, number=""),
)
FITS = Path(__file__).with_name("fits.js").read_text(encoding="utf-8")


class Walk:
    """One page in one layout; ``at`` takes a picture of the present screen."""

    def __init__(self, page: Page, rig: EnrolmentRig, name: str) -> None:
        self.page, self.rig, self.name = page, rig, name
        self.number = 0
        self.faults: list[str] = []

    def at(self, step: Step, label: str = "") -> None:
        self.page.wait_for_selector(f'main[data-step="{step.value}"]')
        self.page.wait_for_timeout(120)
        self.number += 1
        name = f"{self.name}-{self.number:02d}-{label or step.value}"
        self.page.screenshot(path=OUT / f"{name}.png", animations="disabled")
        self.faults += [f"{name}: {fault}" for fault in self.page.evaluate(FITS, False)]

    def press(self, test: str) -> None:
        self.page.click(f'[data-test="{test}"]')

    def read_notice(self) -> None:
        """Page down as a person does: the one button turns into "go on" at the end."""
        button = self.page.locator('[data-test="notice-read"]')
        self.page.wait_for_selector('[data-notice-next].button--more, [data-notice-field][value="1"]')
        for _ in range(12):
            if "suite" not in button.inner_text():
                break
            button.click()
            self.page.wait_for_timeout(450)
        button.click()

    def pin(self, digits: str) -> None:
        for digit in digits:
            self.page.click(f'.pad--digits [data-key="{digit}"]')


def hall(walk: Walk) -> None:
    _card_to_consent(walk)
    _questions(walk)
    _contact(walk)
    _agent(walk)
    _paper(walk)
    _other_ends(walk)


def _card_to_consent(walk: Walk) -> None:
    rig = walk.rig
    walk.at(Step.ATTRACT)
    rig.is_slow = True
    rig.reader.insert(FAMILY)
    walk.at(Step.READING)
    rig.work()
    walk.at(Step.WHO)
    walk.press("person-0")
    walk.at(Step.STATUS)
    rig.work()
    walk.at(Step.NOTICE)
    walk.read_notice()
    walk.at(Step.CONSENT)


def _questions(walk: Walk) -> None:
    walk.press("yes")
    walk.at(Step.BREAK_GLASS)
    walk.press("yes")
    walk.at(Step.CENTRE_15)
    walk.press("back")
    walk.at(Step.BREAK_GLASS, "answered-before")
    walk.press("yes")
    walk.press("no")
    walk.at(Step.CONTACT)


def _contact(walk: Walk) -> None:
    walk.press("no-contact")
    walk.at(Step.SLIP_OFFER)
    walk.press("back")
    walk.page.fill('[data-test="mobile"]', "05 61 00 00 00")
    walk.page.fill('[data-test="email"]', "camille@exemple.fr")
    walk.press("give-contact")
    walk.page.wait_for_selector('[data-test="complaint"]')
    walk.at(Step.CONTACT, "contact-wrong")
    walk.page.focus('[data-test="email"]')
    walk.at(Step.CONTACT, "contact-email-keys")
    walk.page.fill('[data-test="mobile"]', "06 12 34 56 78")
    walk.press("give-contact")
    walk.at(Step.SUMMARY)


def _agent(walk: Walk) -> None:
    walk.press("agree")
    walk.at(Step.IDENTITY)
    walk.page.check('[data-test="statement-0"]')
    walk.page.check('[data-test="statement-1"]')
    walk.page.check('[data-test="method-identity_card"]', force=True)
    walk.pin("000000")
    walk.press("attest")
    walk.page.wait_for_selector('[data-test="complaint"]')
    walk.at(Step.IDENTITY, "pin-wrong")
    walk.pin(AGENT_PIN)
    walk.press("attest")
    walk.at(Step.CONFIRM)


def _paper(walk: Walk) -> None:
    rig = walk.rig
    rig.clock.forward(50)
    walk.page.wait_for_selector('[data-test="stay"]')
    walk.at(Step.CONFIRM, "still-there")
    walk.press("stay")
    rig.printer.coming = [READY, NO_PAPER]
    walk.press("confirm")
    walk.at(Step.PRINTING, "saving")
    rig.work()
    walk.at(Step.PAPER)
    walk.press("print-again")
    walk.at(Step.PRINTING)
    rig.work()
    walk.at(Step.THANKS)
    walk.press("finish")
    walk.at(Step.TAKE_CARD)
    rig.reader.pull()
    walk.at(Step.ATTRACT, "attract-again")


def _other_ends(walk: Walk) -> None:
    rig = walk.rig
    rig.is_slow = False
    rig.reader.insert(card())
    walk.press("person-0")
    walk.read_notice()
    walk.press("no")
    walk.at(Step.REFUSED)
    walk.press("finish")
    rig.reader.pull()
    rig.desk.word = PersonStatus.ACTIVE
    rig.reader.insert(card())
    walk.press("person-0")
    walk.at(Step.EXISTING)
    rig.reader.insert(CardFault.WRONG_CARD_BANK)
    walk.at(Step.STOPPED, "wrong-card")
    rig.reader.pull(ReaderState.NO_READER)
    walk.page.wait_for_selector('[data-fault="no_reader"]')
    walk.at(Step.STOPPED, "no-reader")
    rig.reader.pull()
    walk.page.wait_for_selector('main[data-step="attract"]')
    rig.whereabouts.reason = "revoked"
    walk.at(Step.OUT_OF_SERVICE)


def counter(walk: Walk) -> None:
    rig = walk.rig
    walk.at(Step.SIGN_IN)
    walk.pin(PHARMACIST_PIN)
    walk.press("sign-in")
    walk.at(Step.ATTRACT)
    rig.desk.word = PersonStatus.UNKNOWN
    rig.reader.insert(FAMILY)
    walk.at(Step.WHO)
    walk.press("person-0")
    walk.at(Step.NOTICE)
    walk.read_notice()
    walk.at(Step.CONSENT)
    walk.press("yes")
    walk.at(Step.BREAK_GLASS)
    walk.press("yes")
    walk.at(Step.CENTRE_15)
    walk.press("no")
    walk.at(Step.CONTACT)
    walk.page.fill('[data-test="mobile"]', "06 12 34 56 78")
    walk.press("give-contact")
    walk.at(Step.IDENTITY)
    walk.page.check('[data-test="statement-0"]')
    walk.page.check('[data-test="statement-1"]')
    walk.page.check('[data-test="method-known_person"]', force=True)
    walk.pin(PHARMACIST_PIN)
    walk.press("attest")
    walk.at(Step.CONFIRM)
    rig.is_slow = True
    walk.press("confirm")
    walk.at(Step.PRINTING)
    rig.work()
    walk.at(Step.DONE)
    rig.is_slow = False


JOURNEYS: dict[JourneyKind, Callable[[Walk], None]] = {JourneyKind.HALL: hall, JourneyKind.COUNTER: counter}


@contextmanager
def served(rig: EnrolmentRig) -> Iterator[str]:
    """The app on a free loopback port."""
    app = create_app(rig.session, secret_key=b"look")
    server = create_server(app, host="127.0.0.1", port=0, threads=4)
    thread = threading.Thread(target=server.run, daemon=True)
    thread.start()
    try:
        yield f"http://127.0.0.1:{server.effective_port}/"
    finally:
        server.close()
        thread.join(5)


def console_fault(message: ConsoleMessage) -> list[str]:
    """An error on the console. htmx calls it one when a touch overtakes the poll that was under way: it is meant to."""
    overtaken = message.text.startswith("htmx:")
    return [f"console: {message.text} {message.location}"] if message.type == "error" and not overtaken else []


def walk_one(browser: Browser, layout: str, kind: JourneyKind) -> list[str]:
    """One journey in one layout; what a person need not look for by eye."""
    width, height = LAYOUTS[layout]
    rig = EnrolmentRig(kind)
    page = browser.new_context(viewport={"width": width, "height": height}).new_page()
    page.set_default_timeout(8000)
    walk = Walk(page, rig, f"{layout}-{kind.value}")
    page.on("console", lambda message: walk.faults.extend(console_fault(message)))
    page.on("pageerror", lambda error: walk.faults.append(f"script: {error}"))
    with served(rig) as address:
        page.goto(address)
        JOURNEYS[kind](walk)
        page.context.close()
    return walk.faults


def main(names: list[str]) -> int:
    """Walk what was named (``portrait-hall`` …), or all."""
    OUT.mkdir(parents=True, exist_ok=True)
    faults: list[str] = []
    with sync_playwright() as playwright:
        browser = playwright.chromium.launch(executable_path=CHROMIUM, args=ARGS)
        for layout in LAYOUTS:
            for kind in JOURNEYS:
                if not names or f"{layout}-{kind.value}" in names:
                    faults += walk_one(browser, layout, kind)
        browser.close()
    sys.stdout.write("\n".join([*faults, f"{len(faults)} faults; pictures in {OUT}\n"]))
    return 1 if faults else 0


if __name__ == "__main__":
    raise SystemExit(main(sys.argv[1:]))
