"""Somebody before a terminal in a real browser: looks at the screen, touches what it offers, keeps what went wrong.

Waits are Playwright's own. The hand that holds the card is a :class:`tests.town.visitor.Visitor`, as the tray is no
part of a terminal.
"""

from __future__ import annotations

from dataclasses import dataclass, field, replace
from pathlib import Path

from playwright.sync_api import Browser, BrowserContext, ConsoleMessage, Page, expect

from tests.town.town import Stand
from tests.town.visitor import Visitor, Wishes

PICTURES = Path("test-output/journeys")
PORTRAIT, LANDSCAPE = (1080, 1920), (1920, 1080)
WITHIN_MS = 30_000.0
_ANSWERS = ("consent", "break_glass", "centre_15")
# A touch aborts the page's own "anything new?" under way, on purpose (hx-sync); htmx writes that to the console.
_A_TOUCH_OVERTAKES_A_QUESTION = ("htmx.js: htmx:sendAbort", "htmx.js: htmx:afterRequest")
_LAST_SCREENS = ("thanks", "done", "paper", "stopped", "refused")


@dataclass
class Watched:
    """What the pages of a browser complained of; ``expected`` are words of complaints that a test provokes."""

    complaints: list[str] = field(default_factory=list)
    expected: list[str] = field(default_factory=lambda: list(_A_TOUCH_OVERTAKES_A_QUESTION))

    def follow(self, page: Page) -> None:
        """Listen to a page."""
        page.on("console", self._said)
        page.on("pageerror", lambda error: self.complaints.append(f"script: {error}"))

    def _said(self, message: ConsoleMessage) -> None:
        if message.type == "error":
            self.complaints.append(f"{message.location.get('url', '')}: {message.text}")

    def unexpected(self) -> list[str]:
        """Complaints nobody provoked."""
        return [one for one in self.complaints if not any(part in one for part in self.expected)]


class Guest:
    """One terminal's screen in a browser, and whoever touches it. ``viewport`` is the glass in CSS pixels."""

    def __init__(self, browser: Browser, hand: Visitor, stand: Stand, viewport: tuple[int, int], name: str) -> None:
        self._browser = browser
        self._viewport = viewport
        self._name = name
        self._pictures = 0
        self.hand = hand
        self.stand = stand
        self.watched = Watched()
        self.context, self.page = self._open()

    # The browser -----------------------------------------------------------------------------------------------------

    def _open(self) -> tuple[BrowserContext, Page]:
        width, height = self._viewport
        context = self._browser.new_context(viewport={"width": width, "height": height})
        context.set_default_timeout(WITHIN_MS)
        context.on("page", self.watched.follow)
        page = context.new_page()
        page.goto(self.hand.address + "/")
        return context, page

    def another_tab(self, path: str = "/") -> Page:
        """A second page of the same browser."""
        page = self.context.new_page()
        page.goto(self.hand.address + path)
        return page

    def start_browser_again(self) -> None:
        """As after a crash of the browser: nothing of it is left."""
        self.context.close()
        self.context, self.page = self._open()

    def picture(self, label: str, page: Page | None = None) -> None:
        """For a person to look at: test-output/journeys."""
        PICTURES.mkdir(parents=True, exist_ok=True)
        self._pictures += 1
        path = PICTURES / f"{self._name}-{self._pictures:02d}-{label}.png"
        (page or self.page).screenshot(path=path, animations="disabled")

    # One screen ------------------------------------------------------------------------------------------------------

    def see(self, *steps: str, page: Page | None = None) -> str:
        """Wait for one of these screens, and say which it is."""
        shown = (page or self.page).locator(", ".join(f'main[data-step="{step}"]' for step in steps))
        expect(shown).to_be_visible(timeout=WITHIN_MS)
        return str(shown.get_attribute("data-step"))

    def step(self) -> str:
        """The screen now on the glass."""
        return str(self.page.locator("main").get_attribute("data-step"))

    def touch(self, name: str) -> None:
        """Touch what bears this name."""
        self.page.click(f'[data-test="{name}"]')

    def said(self, name: str) -> str:
        """The words of something on the screen."""
        return self.page.inner_text(f'[data-test="{name}"]').strip()

    def shows(self, name: str) -> bool:
        """Whether something is on the screen now."""
        return self.page.is_visible(f'[data-test="{name}"]')

    def read_notice(self) -> None:
        """Swipe to its end, then touch the button that now says so."""
        self.page.locator("[data-notice-end]").scroll_into_view_if_needed()
        button = self.page.locator('[data-test="notice-read"]')
        expect(button).to_have_text(str(button.get_attribute("data-done")))
        button.click()

    def type_pin(self, digits: str) -> None:
        """On the screen's own keys."""
        for digit in digits:
            self.page.click(f'.pad--digits [data-key="{digit}"]')

    # Stretches of a journey ------------------------------------------------------------------------------------------

    def insert(self, card: str) -> None:
        """Put a card in, having signed in where somebody must."""
        if self.see("sign_in", "attract", "thanks", "done", "refused", "existing", "stopped", "take_card") == "sign_in":
            self.type_pin(self.stand.pin)
            self.touch("sign-in")
            self.see("attract")
        self.hand.insert(card)

    def come(self, card: str) -> None:
        """Up to the notice, as the first person on the card."""
        self.insert(card)
        self.see("who")
        self.touch("person-0")
        self.see("notice")

    def answer(self, wishes: Wishes) -> None:
        """The notice and the three questions."""
        self.read_notice()
        for step, accepted in zip(_ANSWERS, (wishes.creation, wishes.break_glass, wishes.centre_15), strict=True):
            self.see(step)
            self.touch("yes" if accepted else "no")
            if not wishes.creation:
                return

    def give_contact(self, wishes: Wishes) -> None:
        """E-mail and mobile, or the answer to the offer of a slip."""
        self.see("contact")
        if wishes.email or wishes.mobile:
            self.page.fill('[data-test="mobile"]', wishes.mobile)
            self.page.fill('[data-test="email"]', wishes.email)
            self.touch("give-contact")
            return
        self.touch("no-contact")
        self.see("slip_offer")
        self.touch("yes" if wishes.slip else "no")

    def attest(self, pin: str | None = None) -> None:
        """What the agent or the pharmacist does: both boxes, what was compared, the PIN."""
        self.see("identity")
        for box in ("statement-0", "statement-1", "method-identity_card"):
            self.page.check(f'[data-test="{box}"]', force=True)
        self.type_pin(pin or self.stand.pin)
        self.touch("attest")

    def up_to_confirmation(self, card: str, wishes: Wishes) -> None:
        """Everything before the last touch."""
        self.come(card)
        self.answer(wishes)
        self.give_contact(wishes)
        if self.see("summary", "identity") == "summary":
            self.touch("agree")
        self.attest()
        self.see("confirm")

    def enrol(self, card: str, wishes: Wishes) -> str:
        """From the card to the last screen, which is returned; the card stays in."""
        self.up_to_confirmation(card, wishes)
        self.touch("confirm")
        return self.see(*_LAST_SCREENS)


WILLING = Wishes(email="canari@exemple.fr")
"""Says yes to everything and gives an e-mail."""

WITHOUT_CONTACT = replace(WILLING, email="", slip=False)
"""Says yes to everything, gives nothing, wants no code."""
