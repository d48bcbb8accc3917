from __future__ import annotations

from collections.abc import Callable, Iterator
from dataclasses import dataclass

import pytest
from playwright.sync_api import Browser, Page, Request, expect

from tests.central.served import served
from tests.central.vault.site import PASSPHRASE, Enrolment, VaultSite
from wire.codes import ActivationCode

pytestmark = pytest.mark.browser

SENT = "document.querySelector('main').dataset.state"


@dataclass
class Holder:
    """A person with a phone; keeps what the browser asked for and complained of."""

    page: Page
    url: str
    site: VaultSite
    requests: list[Request]
    complaints: list[str]

    def note(self, request: Request) -> None:
        self.requests.append(request)

    def scan(self, enrolment: Enrolment) -> None:
        self.page.goto(f"{self.url}#L={enrolment.locator.value}&C={enrolment.code.grouped()}")

    def type(self, name: str, text: str) -> None:
        self.page.fill(f"[data-test={name}]", text)

    def choose(self, passphrase: str = PASSPHRASE, again: str | None = None) -> None:
        self.type("passphrase", passphrase)
        self.type("passphrase-again", passphrase if again is None else again)

    def submit(self) -> str:
        self.page.click("[data-test=activate]")
        self.page.wait_for_load_state()
        return str(self.page.evaluate(SENT))

    def posts(self) -> int:
        return len([request for request in self.requests if request.method == "POST"])


@pytest.fixture
def holder(browser: Browser, make_site: Callable[..., VaultSite]) -> Iterator[Holder]:
    site = make_site()
    with served(site.app) as url:
        page = browser.new_page(viewport={"width": 390, "height": 844})
        one = Holder(page, f"{url}/activation", site, [], [])
        page.on("request", one.note)
        page.on("console", lambda message: one.complaints.append(message.text))
        page.on("pageerror", lambda error: one.complaints.append(str(error)))
        yield one
        page.close()


def test_scanning_the_slip_leaves_only_the_passphrase_to_type(holder: Holder) -> None:
    _, enrolment = holder.site.opened_dossier()
    holder.scan(enrolment)
    assert holder.page.input_value("[data-test=locator]") == enrolment.locator.grouped()
    assert holder.page.input_value("[data-test=code]") == enrolment.code.grouped()
    assert holder.page.evaluate("document.activeElement.id") == "passphrase"
    holder.choose()
    assert holder.submit() == "activated"
    assert holder.complaints == []


def test_invariant_05_the_code_is_in_no_address_the_browser_asks_for_or_remembers(holder: Holder) -> None:
    _, enrolment = holder.site.opened_dossier()
    holder.scan(enrolment)
    assert holder.page.url == holder.url
    holder.choose()
    holder.submit()
    addresses = [request.url.partition("#")[0] for request in holder.requests]
    assert addresses
    assert not any(enrolment.code.grouped() in address for address in addresses)
    assert not any(enrolment.code.grouped() in str(request.headers) for request in holder.requests)


def test_a_second_slip_scanned_into_the_open_page_replaces_the_first(holder: Holder) -> None:
    one, other = (holder.site.opened_dossier()[1] for _ in range(2))
    holder.scan(one)
    holder.page.evaluate(f"location.hash = 'L={other.locator.value}&C={other.code.grouped()}'")
    expect(holder.page.locator("#locator")).to_have_value(other.locator.grouped())
    assert holder.page.url == holder.url


def test_half_a_slip_in_the_address_is_said_and_typed_by_hand(holder: Holder) -> None:
    holder.page.goto(f"{holder.url}#L=AB3D9KXM&C=K7QD")
    assert "Complétez à la main" in holder.page.inner_text("#from-slip")


def test_browser_and_server_agree_on_check_symbols(holder: Holder) -> None:
    holder.page.goto(holder.url)
    for number in range(40):
        code = ActivationCode(bytes([number * 6]) * 10 if number % 2 else number.to_bytes(10, "big")).grouped()
        wrong = code[:-1] + ("A" if code[-1] != "A" else "B")
        told = []
        for typed in (code, wrong):
            holder.type("code", typed)
            holder.page.press("[data-test=code]", "Tab")
            told.append(holder.page.is_visible("#code-problem"))
        assert told == [False, True], code


def test_a_mistyped_code_is_told_before_anything_is_sent(holder: Holder) -> None:
    holder.page.goto(holder.url)
    holder.type("locator", "AB3D9KXM")
    holder.type("code", "0000-0000-0000-0000-0")
    holder.choose()
    holder.page.click("[data-test=activate]")
    assert "ne compte pas comme un essai" in holder.page.inner_text("#code-problem")
    assert holder.page.evaluate("document.activeElement.id") == "code"
    assert holder.posts() == 0


def test_two_different_passphrases_are_told_before_anything_is_sent(holder: Holder) -> None:
    _, enrolment = holder.site.opened_dossier()
    holder.scan(enrolment)
    holder.choose(again="quatre poires sur un toit")
    holder.page.click("[data-test=activate]")
    assert holder.page.evaluate("document.activeElement.id") == "passphrase_again"
    assert holder.posts() == 0


def test_what_is_typed_without_dashes_is_grouped_as_on_the_slip(holder: Holder) -> None:
    holder.page.goto(holder.url)
    holder.type("locator", "ab3d9kxm")
    holder.page.press("[data-test=locator]", "Tab")
    assert holder.page.input_value("[data-test=locator]") == "AB3D-9KXM"


def test_a_wrong_code_puts_the_focus_on_what_is_wrong(holder: Holder) -> None:
    _, enrolment = holder.site.opened_dossier()
    holder.page.goto(holder.url)
    holder.type("locator", enrolment.locator.grouped())
    holder.type("code", ActivationCode.new().grouped())
    holder.choose()
    assert holder.submit() == "wrong_code"
    assert holder.page.evaluate("document.activeElement.getAttribute('role')") == "alert"
    assert holder.page.input_value("[data-test=locator]") == enrolment.locator.grouped()
    assert holder.page.input_value("[data-test=code]") == ""


def test_the_passphrase_can_be_shown_and_hidden_again(holder: Holder) -> None:
    holder.page.goto(holder.url)
    kinds = []
    for _time in range(2):
        holder.page.click("[data-reveal]")
        kinds.append(holder.page.get_attribute("#passphrase", "type"))
    assert kinds == ["text", "password"]


def test_the_back_button_does_not_bring_code_or_passphrase_back(holder: Holder) -> None:
    _, enrolment = holder.site.opened_dossier()
    holder.scan(enrolment)
    holder.choose()
    holder.submit()
    holder.page.go_back()
    holder.page.wait_for_load_state()
    values = [holder.page.input_value(f"[data-test={name}]") for name in ("code", "passphrase", "passphrase-again")]
    assert values == ["", "", ""]


def test_the_page_works_without_its_script(browser: Browser, holder: Holder) -> None:
    _, enrolment = holder.site.opened_dossier()
    plain = browser.new_page(java_script_enabled=False)
    plain.goto(holder.url)
    for name, text in (("locator", enrolment.locator.grouped()), ("code", enrolment.code.grouped())):
        plain.fill(f"[data-test={name}]", text)
    plain.fill("[data-test=passphrase]", PASSPHRASE)
    plain.fill("[data-test=passphrase-again]", PASSPHRASE)
    plain.click("[data-test=activate]")
    assert plain.inner_text("h1") == "Votre accès est activé"
    plain.close()


def test_nothing_is_wider_than_a_small_phone_at_double_text(holder: Holder) -> None:
    holder.page.set_viewport_size({"width": 320, "height": 640})
    holder.page.goto(holder.url)
    holder.page.evaluate("document.documentElement.style.fontSize = '32px'")
    assert holder.page.evaluate("document.documentElement.scrollWidth") <= 320
