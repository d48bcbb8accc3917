"""Fingers on a screen in a browser: for every screen, the touches that say what somebody wishes."""

from __future__ import annotations

from collections import Counter
from collections.abc import Callable
from functools import partial

from playwright.sync_api import Locator, Page, TimeoutError, expect  # noqa: A004 - Playwright's own

from tests.town.wishes import Wishes

WITHIN_MS = 30_000.0
_WORKING = ("reading", "status", "printing")
_SCREENS_AT_MOST = 60
_ANOTHER_SCREEN_AT_REST = """was => document.querySelector("#screen").dataset.revision !== was
  && !document.querySelector("main .wheel")"""
# Two pictures in a row at the same place: the smooth scrolling has ended.
STANDS_STILL = """() => new Promise((good) => {
  const box = document.querySelector("[data-notice]");
  let before = -1;
  const look = () => {
    if (!box || box.scrollTop === before) return good(true);
    before = box.scrollTop;
    setTimeout(look, 60);
  };
  look();
})"""


class Fingers:
    """One page, touched; ``pin`` is the operator's.

    ``made`` counts the touches by screen: what is typed and a swipe are none. ``swipes`` off: the notice is gone
    through by its button, as without a finger's swipe.
    """

    def __init__(self, page: Page, pin: str, code_sent: Callable[[str], str] | None = None) -> None:
        self.page = page
        self.swipes = True
        self.made: Counter[str] = Counter()
        self._pin = pin
        self._code_sent = code_sent

    def touch(self, step: str, wishes: Wishes) -> None:
        """Say what is wished on this screen, and wait until another one is there."""
        self._way(step, wishes)()
        if step != "proof":  # there the same screen may come again
            expect(self.shown(step)).to_have_count(0, timeout=WITHIN_MS)

    def up_to(self, *stops: str, wishes: Wishes) -> str:
        """Touch what is wished on every screen until one of ``stops`` is shown.

        Also ends on ``aim`` where what the person came for is not on offer.
        """
        for _ in range(_SCREENS_AT_MOST):
            expect(self.shown(*_WORKING)).to_have_count(0, timeout=WITHIN_MS)
            # No touch is under way.
            expect(self.page.locator("[data-disabled-by-htmx]")).to_have_count(0, timeout=WITHIN_MS)
            step = self.step()
            if step in stops or (step == "aim" and not self.page.is_visible(f'[data-test="aim-{wishes.aim}"]')):
                return step
            self.touch(step, wishes)
        raise AssertionError(f"the terminal does not leave {self.step()}")

    def see(self, step: str) -> None:
        """Wait for that screen."""
        expect(self.shown(step)).to_be_visible(timeout=WITHIN_MS)

    def step(self) -> str:
        """The screen now on the glass."""
        return str(self.page.locator("main").get_attribute("data-step"))

    def shown(self, *steps: str) -> Locator:
        """Any of these screens."""
        return self.page.locator(", ".join(f'main[data-step="{step}"]' for step in steps))

    def press(self, name: str) -> None:
        """Touch what bears this name."""
        step = self.step()
        self.made[step] += 1
        try:
            self.page.click(f'[data-test="{name}"]')
        except TimeoutError as missing:
            missing.add_note(f"pressed {name} on {step}, which is now {self.step()}; touched before: {dict(self.made)}")
            raise

    def read_notice(self) -> None:
        """Swipe to its end, or page to it by the button; then touch the button that now says so."""
        button, done = (
            self.page.locator('[data-test="notice-read"]'),
            self.page.locator('[data-notice-field][value="1"]'),
        )
        if self.swipes:
            self.page.locator("[data-notice-end]").scroll_into_view_if_needed()
        while not self.swipes and not done.count():
            self.press("notice-read")
            self.page.wait_for_function(STANDS_STILL)
        expect(button).to_have_text(str(button.get_attribute("data-done")))
        self.press("notice-read")

    def type_pin(self, digits: str) -> None:
        """On the screen's own keys."""
        for digit in digits:
            self.made[self.step()] += 1
            self.page.click(f'.pad--digits [data-key="{digit}"]')

    def attest(self, pin: str) -> None:
        """What was compared, and in a hall both boxes and the agent's PIN."""
        if not self.page.is_visible('[data-test="statement-0"]'):
            return self.press("method-identity_card")
        for box in ("statement-0", "statement-1", "method-identity_card"):
            self.made["identity"] += 1
            self.page.check(f'[data-test="{box}"]', force=True)
        self.type_pin(pin)
        self.press("attest")
        return None

    def _way(self, step: str, wishes: Wishes) -> Callable[[], None]:
        def press(name: str) -> Callable[[], None]:
            return partial(self.press, name)

        ways: dict[str, Callable[[], None]] = {
            "who": partial(self._choose, wishes),
            "protection": press(f"measure-{wishes.measure}"),
            "representative": press(
                f"representative-{wishes.representative if wishes.representative >= 0 else 'other'}"
            ),
            "representative_name": partial(self._name_companion, wishes),
            "quality": partial(self._say_quality, wishes),
            "aim": press(f"aim-{wishes.aim}"),
            "notice": self.read_notice,
            "minor_notice": self.read_notice,
            "contact": partial(self._give_contact, wishes),
            "proof": partial(self._prove, wishes),
            "alerts": press(f"alerts-{wishes.alerts}"),
            "own_contact": press("no-own-contact"),
            "other_parent": press("no-other-parent"),
            "slip_offer": press("yes" if wishes.slip else "no"),
            "summary": press("agree"),
            "identity": partial(self.attest, self._pin),
            "confirm": partial(self._confirm, wishes),
            "take_card": press("start-again"),
        }
        return ways.get(step) or press("yes" if wishes.says(step) else "no")

    def _choose(self, wishes: Wishes) -> None:
        if wishes.accompanied:
            self.made["who"] += 1
            self.page.check('[data-test="accompanied"]', force=True)
        self.press(f"person-{wishes.who}")

    def _name_companion(self, wishes: Wishes) -> None:
        for field, text in zip(("family_name", "given_name", "birth_date"), wishes.companion, strict=True):
            self.page.fill(f'[data-test="{field}"]', text)
        self.press("name-representative")

    def _say_quality(self, wishes: Wishes) -> None:
        first = self.page.locator('[data-test^="quality-"]').first.get_attribute("data-test")
        self.press(f"quality-{wishes.quality}" if wishes.quality else str(first))

    def _give_contact(self, wishes: Wishes) -> None:
        if not wishes.email and not wishes.mobile:
            return self.press("no-contact")
        self.page.fill('[data-test="mobile"]', wishes.mobile)
        self.page.fill('[data-test="email"]', wishes.email)
        return self.press("give-contact")

    def _prove(self, wishes: Wishes) -> None:
        if not wishes.proves:
            return self._press_and_wait("code-later")
        assert self._code_sent is not None, "whoever stands here reads no messages"
        expect(self.page.locator('[data-test="code"]')).to_be_visible(timeout=WITHIN_MS)
        shown = self.page.inner_text("main")
        to = wishes.email if wishes.email and wishes.email in shown else wishes.mobile_sent_to
        self.page.fill('[data-test="code"]', self._code_sent(to))
        return self._press_and_wait("give-code")

    def _press_and_wait(self, name: str) -> None:
        """Until central was asked: then the next screen is there, or the same one for a second contact."""
        revision = self.page.get_attribute("#screen", "data-revision")
        self.press(name)
        self.page.wait_for_function(_ANOTHER_SCREEN_AT_REST, arg=revision)

    def _confirm(self, wishes: Wishes) -> None:
        if wishes.confirming_pin:
            self.type_pin(wishes.confirming_pin)
        self.press("confirm")
