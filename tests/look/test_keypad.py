"""A whole journey without a finger: digits, arrows, Enter, * and nothing else, from the card to the last screen."""

from __future__ import annotations

from collections.abc import Iterator

import pytest
from playwright.sync_api import Browser, expect

from kiosk.enrolment.steps import JourneyKind, Step
from tests.fakes.card_slot import card
from tests.fakes.enrolment_rig import EnrolmentRig
from tests.fakes.operators import AGENT_PIN
from tests.look.glass import Glass, opened

pytestmark = pytest.mark.browser


@pytest.fixture(scope="module")
def glass(browser: Browser) -> Iterator[Glass]:
    with opened(browser) as glass:
        yield glass


class Hands:
    """What a person with a numeric keypad can do."""

    def __init__(self, glass: Glass) -> None:
        self.page = glass.page

    def see(self, step: Step) -> None:
        expect(self.page.locator(f'main[data-step="{step.value}"]')).to_be_visible(timeout=8000)

    def key(self, *keys: str) -> None:
        for key in keys:
            self.page.keyboard.press(key)

    def go_to(self, test: str) -> None:
        """With the arrows, as far as they lead; fails when they do not lead there."""
        wanted = self.page.locator(f'[data-test="{test}"]')
        for _ in range(40):
            if wanted.evaluate("element => element === document.activeElement"):
                return
            self.key(self._towards(test))
        here = self.page.evaluate("document.activeElement.outerHTML.slice(0, 120)")
        pytest.fail(f"the arrows do not lead to {test}, but to {here}")

    def _towards(self, test: str) -> str:
        return str(
            self.page.evaluate(
                """test => {
                    const active = document.activeElement.matches("h1, h2, body") ? null : document.activeElement;
                    if (!active) return "ArrowDown";
                    const here = active.getBoundingClientRect();
                    const there = document.querySelector(`[data-test="${test}"]`).getBoundingClientRect();
                    if (there.top >= here.bottom) return "ArrowDown";
                    if (there.bottom <= here.top) return "ArrowUp";
                    return there.left > here.left ? "ArrowRight" : "ArrowLeft";
                }""",
                test,
            )
        )


@pytest.fixture
def rig(glass: Glass) -> EnrolmentRig:
    rig = EnrolmentRig(JourneyKind.HALL, glass.programme)
    glass.shows(rig)
    return rig


@pytest.fixture
def hands(glass: Glass, rig: EnrolmentRig) -> Hands:
    return Hands(glass)


def test_from_the_card_to_goodbye_with_digits_alone(hands: Hands, rig: EnrolmentRig) -> None:
    rig.session.choose_comfort("keypad", "on")
    rig.reader.insert(card())
    hands.see(Step.WHO)
    hands.key("1")
    hands.see(Step.NOTICE)
    for _ in range(30):
        if rig.step is not Step.NOTICE:
            break
        hands.key("1")
        hands.page.wait_for_timeout(120)
    for step in (Step.CONSENT, Step.BREAK_GLASS):
        hands.see(step)
        hands.key("1")
    hands.see(Step.CENTRE_15)
    hands.key("2")
    hands.see(Step.CONTACT)
    hands.key(*"0612345678", "Enter")
    hands.see(Step.PROOF)
    expect(hands.page.locator("#code")).to_be_visible()
    hands.key(*rig.prover.last_code, "Enter")
    hands.see(Step.ALERTS)
    hands.key("3")
    hands.see(Step.SUMMARY)
    hands.go_to("agree")
    hands.key("Enter")
    hands.see(Step.IDENTITY)
    hands.go_to("statement-0")
    hands.key("Enter")
    hands.go_to("statement-1")
    hands.key("Enter")
    hands.go_to("method-passport")
    hands.key("Enter")
    hands.go_to("pin")
    hands.key(*AGENT_PIN, "Enter")
    hands.see(Step.CONFIRM)
    hands.key("1")
    hands.see(Step.THANKS)
    hands.key("1")
    hands.see(Step.TAKE_CARD)
    assert len(rig.store.drafts) > 0


def test_the_star_goes_back(hands: Hands, rig: EnrolmentRig) -> None:
    rig.session.choose_comfort("keypad", "on")
    rig.go(Step.BREAK_GLASS)
    hands.see(Step.BREAK_GLASS)
    hands.key("*")
    hands.see(Step.CONSENT)


def test_a_digit_chooses_nothing_where_nobody_asked_for_the_keypad(hands: Hands, rig: EnrolmentRig) -> None:
    rig.go(Step.CONSENT)
    hands.see(Step.CONSENT)
    hands.key("1")
    hands.page.wait_for_timeout(300)
    assert rig.step is Step.CONSENT


def test_arrows_and_enter_reach_the_comfort_menu_and_its_close_button(hands: Hands, rig: EnrolmentRig) -> None:
    rig.go(Step.CONSENT)
    hands.see(Step.CONSENT)
    hands.go_to("comfort")
    hands.key("Enter")
    expect(hands.page.locator('[role="dialog"]')).to_be_visible()
    hands.go_to("comfort-contrast-high")
    hands.key("Enter")
    expect(hands.page.locator('#screen[data-contrast="high"]')).to_be_visible()
    hands.go_to("comfort-close")
    hands.key("Enter")
    expect(hands.page.locator('[role="dialog"]')).to_have_count(0)
    assert rig.step is Step.CONSENT


def test_nothing_behind_an_open_menu_can_be_reached(hands: Hands, rig: EnrolmentRig) -> None:
    rig.go(Step.CONSENT)
    rig.session.choose_comfort("menu", "open")
    expect(hands.page.locator('[role="dialog"]')).to_be_visible()
    for _ in range(30):
        hands.key("Tab")
        assert hands.page.evaluate("!document.activeElement.closest('[data-behind]')")


def test_another_language_keeps_what_is_half_typed_and_where_the_finger_was(hands: Hands, rig: EnrolmentRig) -> None:
    rig.go(Step.CONTACT)
    hands.see(Step.CONTACT)
    hands.page.fill("#mobile", "06 12 34")
    hands.page.focus("#mobile")
    rig.session.choose_comfort("language", "en")
    expect(hands.page.locator('#screen[lang="en"]')).to_be_visible()
    expect(hands.page.locator("#mobile")).to_have_value("06 12 34")
    expect(hands.page.locator("#mobile")).to_be_focused()


def test_the_keys_of_the_glass_write_a_name_with_its_accents(hands: Hands, rig: EnrolmentRig) -> None:
    rig.session.choose_comfort("keypad", "off")
    rig.insert(card())
    rig.session.choose_person(rig.touch(), 0, is_accompanied=True)
    rig.go(Step.REPRESENTATIVE_NAME)
    hands.see(Step.REPRESENTATIVE_NAME)
    hands.page.click("#given_name")
    for letter in "zoé":
        hands.page.click(f'[data-keys-kind="name"] [data-key="{letter}"]')
    expect(hands.page.locator("#given_name")).to_have_value("Zoé")
    hands.page.click("#birth_date")
    hands.page.click('[data-keys-kind="digits"] [data-key="5"]')
    expect(hands.page.locator("#birth_date")).to_have_value("5")


NUMBERED = """() => {
    const layer = document.querySelector("[data-top]") || document.querySelector("main");
    return [...layer.querySelectorAll("[data-choice]")].filter((one) => one.getClientRects().length).map((one) => {
        const home = one.closest(".box") || one;
        const badge = getComputedStyle(home, "::before");
        const words = document.createRange();
        words.selectNodeContents(one.closest(".box") ? home.querySelector("span") : home);
        const edge = home.getBoundingClientRect().left + (parseFloat(badge.left) || 0) + parseFloat(badge.width);
        return words.getBoundingClientRect().left - edge;
    });
}"""


@pytest.mark.parametrize("scene", ["who", "consent", "alerts", "identity", "comfort", "summary", "thanks"])
def test_a_number_stands_beside_its_words_and_no_screen_has_more_than_there_are_digits(
    glass: Glass, scene: str
) -> None:
    rig = glass.scene(JourneyKind.HALL, scene)
    rig.session.choose_comfort("keypad", "on")
    if scene == "comfort":
        rig.session.choose_comfort("menu", "open")
    glass.shows(rig)
    spaces = glass.page.evaluate(NUMBERED)
    assert 0 < len(spaces) <= 9
    assert min(spaces) >= 0
