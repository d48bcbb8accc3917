"""A scanner that types like a keyboard, on the real pages: taken where a code may come, and noise everywhere else."""

from __future__ import annotations

from collections.abc import Iterator

import pytest
from playwright.sync_api import Browser, Page, expect

from kiosk.enrolment.steps import JourneyKind, Step
from tests.fakes.enrolment_rig import EnrolmentRig
from tests.look.glass import Glass, opened
from tests.waiting import wait_for

pytestmark = pytest.mark.browser
CODE = "CANARI-apCV-7F3A90-1111111111"
# All keys in one turn of the page: faster than any scanner, however busy the machine is. Tells which were let through.
_BURST = """text => [...text, 'Enter'].filter(key => (document.activeElement || document.body).dispatchEvent(
    new KeyboardEvent('keydown', {key, bubbles: true, cancelable: true})))"""


@pytest.fixture(scope="module")
def glass(browser: Browser) -> Iterator[Glass]:
    with opened(browser) as glass:
        yield glass


def at(glass: Glass, kind: JourneyKind, name: str, **comfort: str) -> EnrolmentRig:
    rig = glass.scene(kind, name)
    for field, value in comfort.items():
        rig.session.choose_comfort(field, value)
    glass.shows(rig)
    return rig


def scan(page: Page, text: str) -> list[str]:
    """One burst; the keys that the page did not swallow."""
    return [str(key) for key in page.evaluate(_BURST, text)]


def everything_the_browser_keeps(page: Page) -> str:
    return str(
        page.evaluate(
            "[document.documentElement.outerHTML, location.href, history.length, JSON.stringify(history.state),"
            " JSON.stringify(localStorage), JSON.stringify(sessionStorage), document.cookie,"
            " [...document.querySelectorAll('input')].map(one => one.value)].join()"
        )
    )


def test_a_code_typed_at_scanner_speed_is_answered_and_kept_nowhere(glass: Glass) -> None:
    rig = at(glass, JourneyKind.HALL, "attract")
    hint = glass.page.locator("[data-test=hint]")
    addresses: list[str] = []
    glass.page.on("request", lambda request: addresses.append(request.url))

    def says_so() -> bool:
        glass.page.keyboard.type(CODE + "\n")  # once more on a machine that was too busy to be fast
        glass.page.wait_for_timeout(100)
        return rig.journey.complaint is not None

    wait_for("the terminal answers the scan", says_so)
    expect(hint).to_contain_text("utilisez votre carte Vitale")
    assert "CANARI" not in everything_the_browser_keeps(glass.page)
    assert not any("CANARI" in address for address in addresses)
    assert any(address.endswith("/touch/attract/scan") for address in addresses)


def test_the_same_text_typed_by_a_hand_does_nothing(glass: Glass) -> None:
    rig = at(glass, JourneyKind.HALL, "attract")
    glass.page.keyboard.type(CODE[:12] + "\n", delay=70)
    assert rig.journey.complaint is None


def test_the_counters_day_takes_a_code(glass: Glass) -> None:
    at(glass, JourneyKind.COUNTER, "day")
    scan(glass.page, CODE)
    expect(glass.page.locator("[data-test=hint]")).to_contain_text("demandez la carte Vitale")


def test_a_scanner_that_announces_itself_is_told_from_another_one(glass: Glass) -> None:
    rig = glass.scene(JourneyKind.HALL, "attract")
    rig.scan_prefix = "]Q1"
    rig.restart()
    glass.shows(rig)
    scan(glass.page, CODE)
    scan(glass.page, f"]Q1{CODE}")
    expect(glass.page.locator("[data-test=hint]")).to_be_visible()
    assert rig.apcv.presented == [len(CODE)]


@pytest.mark.parametrize(("keypad", "let_through"), [("off", ["1"]), ("on", [])])
def test_a_scan_answers_no_question_and_touches_no_button(glass: Glass, keypad: str, let_through: list[str]) -> None:
    rig = at(glass, JourneyKind.HALL, "consent", keypad=keypad)
    before = rig.journey
    glass.page.locator("[data-test=no]").focus()
    assert scan(glass.page, "1111112222") == let_through
    with glass.page.expect_response("**/etat*"):  # by then a key that was held back would have been given back
        pass
    assert rig.journey is before


def test_a_single_digit_still_answers_in_keypad_mode(glass: Glass) -> None:
    rig = at(glass, JourneyKind.HALL, "consent", keypad="on")
    glass.page.keyboard.press("1")
    wait_for("the answer is taken", lambda: rig.step is not Step.CONSENT)


def test_what_is_typed_into_a_field_is_left_alone(glass: Glass) -> None:
    at(glass, JourneyKind.HALL, "contact")
    glass.page.locator("#email").click()
    glass.page.keyboard.type("camille@exemple.fr")
    expect(glass.page.locator("#email")).to_have_value("camille@exemple.fr")
