"""Somebody before a terminal in a real browser: looks at the screen, touches what it offers, keeps what went wrong.

Waits are Playwright's own. The hand that holds the card is a :class:`tests.town.visitor.Visitor`, as the tray is no
part of a terminal.
"""

from __future__ import annotations

from dataclasses import dataclass, field, replace
from pathlib import Path

from playwright.sync_api import Browser, BrowserContext, ConsoleMessage, Locator, Page, expect

from tests.journeys.fingers import WITHIN_MS, Fingers
from tests.town.town import Stand
from tests.town.visitor import LAST_SCREENS, RESTING, Visitor, Wishes

__all__ = ["LANDSCAPE", "PICTURES", "PORTRAIT", "WILLING", "WITHIN_MS", "WITHOUT_CONTACT", "Guest", "Watched"]

PICTURES = Path("test-output/journeys")
PORTRAIT, LANDSCAPE = (1080, 1920), (1920, 1080)
# A touch aborts the page's own "anything new?" under way, on purpose (hx-sync); htmx writes that to the console.
_A_TOUCH_OVERTAKES_A_QUESTION = ("htmx.js: htmx:sendAbort", "htmx.js: htmx:afterRequest")


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

    def another_browser(self) -> BrowserContext:
        """A browser of somebody else: no cookie of this one."""
        return self._browser.new_context(viewport={"width": 800, "height": 1280})

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
        shown = self._shown(*steps, page=page)
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

    @property
    def fingers(self) -> Fingers:
        """What touches this screen as the wishes say."""
        return Fingers(self.page, self.stand.pin, self.hand.code_sent)

    def read_notice(self) -> None:
        """Swipe to its end, then touch the button that now says so."""
        self.fingers.read_notice()

    def type_pin(self, digits: str) -> None:
        """On the screen's own keys."""
        self.fingers.type_pin(digits)

    # Stretches of a journey ------------------------------------------------------------------------------------------

    def sign_in(self) -> None:
        """Begin the day where somebody must."""
        if self.see("sign_in", *RESTING) == "sign_in":
            self.type_pin(self.stand.pin)
            self.touch("sign-in")
            self.see(*RESTING)

    def insert(self, card: str) -> None:
        """Put a card in, having signed in where somebody must."""
        self.sign_in()
        self.hand.insert(card)

    def speak(self, language: str) -> None:
        """Choose the language on the screen that waits; the next person finds the terminal's own again."""
        self.see("attract")
        self.touch(f"language-{language}")
        expect(self.page.locator(f'#screen[lang="{language}"]')).to_be_visible(timeout=WITHIN_MS)

    def up_to(self, *stops: str, card: str | None = None, wishes: Wishes | None = None) -> str:
        """Touch what the wishes say on every screen until one of ``stops`` is shown; ``card`` is put in before.

        Also ends on ``aim`` where what the person came for is not on offer.
        """
        wishes = wishes or WILLING
        if card is not None:
            self.insert(card)
            expect(self._shown(*RESTING)).to_have_count(0, timeout=WITHIN_MS)
        return self.fingers.up_to(*stops, wishes=wishes)

    def come(self, card: str, wishes: Wishes | None = None) -> None:
        """Up to the notice."""
        assert self.up_to("notice", card=card, wishes=wishes) == "notice"

    def answer(self, wishes: Wishes) -> None:
        """The notice and the three questions."""
        self.up_to("contact", "consultation", "refused", wishes=wishes)

    def give_contact(self, wishes: Wishes) -> None:
        """E-mail and mobile, or the answer to the offer of a slip; alerts as wished."""
        self.up_to("summary", "identity", wishes=wishes)

    def attest(self, pin: str | None = None) -> None:
        """What the agent or the pharmacist does: what was compared, and in a hall both boxes and the PIN."""
        self.see("identity")
        self.fingers.attest(pin or self.stand.pin)

    def up_to_confirmation(self, card: str, wishes: Wishes) -> None:
        """Everything before the last touch."""
        assert self.up_to("confirm", card=card, wishes=wishes) == "confirm"

    def enrol(self, card: str, wishes: Wishes) -> str:
        """From the card to the last screen, which is returned; the card stays in."""
        return self.up_to(*LAST_SCREENS, card=card, wishes=wishes)

    def enrol_on(self, wishes: Wishes) -> str:
        """From where the person is to the last screen, which is returned."""
        return self.up_to(*LAST_SCREENS, wishes=wishes)

    def _shown(self, *steps: str, page: Page | None = None) -> Locator:
        return (page or self.page).locator(", ".join(f'main[data-step="{step}"]' for step in steps))


WILLING = Wishes(email="canari@exemple.fr")
"""Says yes to everything and gives an e-mail."""

WITHOUT_CONTACT = replace(WILLING, email="", slip=False)
"""Says yes to everything, gives nothing, wants no code."""
