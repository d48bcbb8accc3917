"""Takes pictures of the activation page in every state, on a phone and on a desk, for people to look at.

``.venv/bin/python -m tests.look.activation_page [FOLDER]``; not part of the test run.
"""

from __future__ import annotations

import sys
import tempfile
from pathlib import Path

from playwright.sync_api import Page, sync_playwright

from central.vault.keys import load_keys
from central.vault.objections import token
from tests.central.vault.site import PASSPHRASE, VaultSite
from tests.chromium import ARGUMENTS, CHROMIUM
from tests.fakes.messenger import FakeMessenger
from tests.look.served import running
from wire.codes import ActivationCode, Locator
from wire.evidence import Contact
from wire.handover import HandOverAction

SIZES = {"phone": (390, 844), "desk": (1280, 800)}


class Walk:
    def __init__(self, page: Page, site: VaultSite, url: str, folder: Path, size: str) -> None:
        self.page, self.site, self.url, self.folder, self.size = page, site, url, folder, size

    def shoot(self, name: str) -> None:
        self.page.screenshot(path=self.folder / f"{self.size}-{name}.png", full_page=True)

    def open(self, fragment: str = "") -> None:
        self.page.goto("about:blank")
        self.page.goto(f"{self.url}/activation{fragment}")

    def fill(self, locator: str, code: str, passphrase: str = PASSPHRASE, again: str = PASSPHRASE) -> None:
        for name, text in (("locator", locator), ("code", code), ("passphrase", passphrase)):
            self.page.fill(f"[data-test={name}]", text)
        self.page.fill("[data-test=passphrase-again]", again)
        self.page.click("[data-test=activate]")
        self.page.wait_for_load_state()

    def typed(self, name: str, locator: str, code: str) -> None:
        self.open()
        self.fill(locator, code)
        self.shoot(name)

    def all(self) -> None:
        site = self.site
        dossier, first = site.opened_dossier()
        self.open()
        self.shoot("form")
        self.fill("AB3", "K7QD-3M9X-T0ZB-W4NE-5", "court", "autre")
        self.shoot("mistyped")
        self.open(f"#L={first.locator.value}&C={first.code.grouped()}")
        self.shoot("from-slip")
        self.typed("not-yet", Locator.new().grouped(), ActivationCode.new().grouped())
        self.typed("wrong", first.locator.grouped(), ActivationCode.new().grouped())
        self.typed("activated", first.locator.grouped(), first.code.grouped())
        self.typed("used", first.locator.grouped(), first.code.grouped())
        second = site.enrol()
        site.hand_over(site.item(second, dossier, HandOverAction.CODE_REQUEST))
        self.typed("waiting", second.locator.grouped(), second.code.grouped())
        _, third = site.opened_dossier()
        for _try in range(5):
            self.typed("locked", third.locator.grouped(), ActivationCode.new().grouped())
        for _try in range(6):
            self.typed("throttled", third.locator.grouped(), ActivationCode.new().grouped())
        site.clock.pass_by(minutes=20)
        _, fourth = site.opened_dossier()
        site.clock.pass_by(days=43)
        self.typed("expired", fourth.locator.grouped(), fourth.code.grouped())
        self.page.goto(f"{self.url}/inconnu")
        self.shoot("error")
        for language in ("fr", "en", "ar"):
            self.second_factor(language)

    def second_factor(self, language: str) -> None:
        site = self.site
        contact = Contact(email="rose@exemple.fr", mobile="+33611223344")
        dossier, slip = site.opened_dossier(contact=contact, language=language)
        self.typed(f"{language}-choose", slip.locator.grouped(), slip.code.grouped())
        self.press("send-email", f"{language}-enter")
        self.page.fill("[data-test=one-time]", f"{(int(site.letters[-1].code) + 1) % 1_000_000:06}")
        self.press("check", f"{language}-wrong")
        self.press("send-email", f"{language}-too-soon")
        self.press("skip", f"{language}-activated")
        renewed = site.take_change(dossier, code=True)
        self.typed(f"{language}-waiting", renewed.locator.grouped(), renewed.code.grouped())
        link = token(renewed.record_id, load_keys(site.home).objection_key())
        self.page.goto(f"{self.url}/opposition/{link}")
        self.shoot(f"{language}-objection")
        self.press("object", f"{language}-objected")
        self.page.reload()
        self.shoot(f"{language}-objection-gone")
        self.page.goto(f"{self.url}/opposition/half")
        self.shoot(f"{language}-objection-unknown")
        self.typed(f"{language}-slip-objected", renewed.locator.grouped(), renewed.code.grouped())
        site.clock.pass_by(minutes=20)

    def press(self, name: str, picture: str) -> None:
        self.page.click(f"[data-test={name}]")
        self.page.wait_for_load_state()
        self.shoot(picture)


def main(folder: Path) -> None:
    folder.mkdir(parents=True, exist_ok=True)
    with sync_playwright() as playwright:
        browser = playwright.chromium.launch(executable_path=CHROMIUM, args=ARGUMENTS)
        for size, (width, height) in SIZES.items():
            site = VaultSite(Path(tempfile.mkdtemp()) / "programme", messenger=FakeMessenger())
            with running(site.app) as address:
                page = browser.new_page(viewport={"width": width, "height": height})
                Walk(page, site, address.rstrip("/"), folder, size).all()
        browser.close()


if __name__ == "__main__":
    main(Path(sys.argv[1] if len(sys.argv) > 1 else "test-output/activation"))
