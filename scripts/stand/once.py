"""One pharmacy enrolment from the card to the activated account, through the same screens as a person's fingers.

No step reaches into a database or a process: what is checked is what a pharmacist, a patient and a manager can see.
"""

from __future__ import annotations

import re
import time
from collections.abc import Callable, Mapping
from typing import Any, TypeVar

from browser import Browser, Page
from processes import Children
from programme import MANAGER, MANAGER_PASSWORD, PHARMACY, Programme

CARD = "marie"
EMAIL = "marie@example.org"
PASSPHRASE = "quatre mots sans lien entre eux"
_SCREENS_WITHIN_S = 60.0
_ARRIVES_WITHIN_S = 30.0
_POLL_S = 0.1
_LOCATOR = re.compile(r"Numéro du ticket\s+([0-9A-Z-]+)")
_CODE = re.compile(r"Code d’activation\s+([0-9A-Z-]+\s+[0-9A-Z-]+)")  # noqa: RUF001 - as printed
_ONE_TIME_CODE = re.compile(r"(?<!\d)\d{6}(?!\d)")
_QR = re.compile(r"\[QR (\S+)#L=(\S+)&C=(\S+)\]")

T = TypeVar("T")


class OnceError(Exception):
    """Something did not come out as it must; the message says what."""


def one_enrolment(programme: Programme, children: Children) -> None:
    """Enrol, print, wait for central and the vault, show the ledger, activate.

    Raises:
        OnceError, BrowserError: a screen, a slip or a count is not as it must be.
        StandError: a process ended by itself.
    """
    began = time.monotonic()
    terminal, letterbox = Browser(programme.terminal_address(PHARMACY)), Browser(programme.addresses.letterbox)
    _say("At the pharmacy's counter")
    _walk_the_screens(terminal, letterbox, children)
    slips = _slips(terminal, children)
    for number, slip in enumerate(slips, 1):
        _say(f"Slip {number} as printed")
        print(slip)
    _say("At the region's office")
    manager = _signed_in_manager(programme)
    _wait_for_central(manager, children)
    print(f"ledger: {programme.ledger_line()}")
    _say("At home")
    _activate(programme, letterbox, slips)
    _wait_for_account(manager, children)
    print(f"\nAll of it held, in {time.monotonic() - began:.0f} s.")


def _walk_the_screens(terminal: Browser, letterbox: Browser, children: Children) -> None:
    touches = _touches(terminal, letterbox)
    deadline = time.monotonic() + _SCREENS_WITHIN_S
    shown = None
    page = terminal.open("/")
    while page.step != "done":
        touch = touches.get(page.step or "")
        if touch is None or page.texts.get("complaint"):
            said = " ".join((page.texts.get("complaint") or page.text).split())
            raise OnceError(f"the terminal stands on the screen {page.step!r}: {said[:300]}")
        if page.step != shown:
            shown = page.step
            print(f"  screen {shown}", flush=True)
        children.check()
        if time.monotonic() > deadline:
            raise OnceError(f"the terminal does not leave the screen {page.step!r}")
        page = touch()
    print(f"  screen done: {page.texts['count-today']} today, {page.texts['count-waiting']} to send")


def _touches(terminal: Browser, letterbox: Browser) -> Mapping[str, Callable[[], Page]]:
    """What is touched on each screen."""
    return {
        "sign_in": lambda: terminal.touch("sign-in", pin=PHARMACY.pin),
        "attract": lambda: _insert_card(terminal),
        "notice": lambda: terminal.touch("notice-read", end_reached="1"),  # the page's script says so at its end
        "consent": lambda: terminal.touch("yes"),
        "break_glass": lambda: terminal.touch("yes"),
        "centre_15": lambda: terminal.touch("yes"),
        "consultation": lambda: terminal.touch("no"),
        "feeding": lambda: terminal.touch("yes"),
        "contact": lambda: terminal.touch("give-contact", email=EMAIL),
        "proof": lambda: _prove(terminal, letterbox),
        "identity": lambda: terminal.touch("method-identity_card"),
        "confirm": lambda: terminal.touch("confirm"),
        "reading": lambda: _look_again(terminal),
        "status": lambda: _look_again(terminal),
        "printing": lambda: _look_again(terminal),
    }


def _insert_card(terminal: Browser) -> Page:
    terminal.open("/demo")
    answer = terminal.post("/demo/insert", {"card": CARD})
    if answer.is_error:
        raise OnceError(f"the card cannot be inserted: {answer.status_code}")
    return _until(lambda: terminal.open("/"), lambda page: page.step != "attract", "the card is not noticed")


def _prove(terminal: Browser, letterbox: Browser) -> Page:
    """Type the one-time code that the mailbox received, as soon as the screen asks for it."""
    if not terminal.has("give-code"):
        return _look_again(terminal)
    return terminal.touch("give-code", code=_newest_code(letterbox))


def _newest_code(letterbox: Browser) -> str:
    """The mailbox shows the newest message first."""
    return _ONE_TIME_CODE.findall(letterbox.open("/").text)[0]


def _look_again(terminal: Browser) -> Page:
    time.sleep(_POLL_S)
    return terminal.open("/")


def _slips(terminal: Browser, children: Children) -> list[str]:
    children.check()
    papers: Any = terminal.get_json("/demo/papers.json")
    texts = [str(paper["text"]) for paper in papers["papers"]]
    if len(texts) != 2:
        raise OnceError(f"{len(texts)} slips came out of the printer where two must")
    return texts


def _signed_in_manager(programme: Programme) -> Browser:
    manager = Browser(programme.addresses.central)
    manager.open("/connexion")
    manager.touch("/connexion", name=MANAGER, password=MANAGER_PASSWORD)
    return manager


def _wait_for_central(manager: Browser, children: Children) -> None:
    """Until the manager's page counts the dossier and nothing waits for the vault."""
    page = _until(
        lambda: manager.open("/tableau"),
        lambda page: (_figure(page, "opened"), _figure(page, "outbox")) == ("1", "0"),
        "central and vault do not have it",
        children,
    )
    print(f"  manager's page: {_figure(page, 'opened')} opened, {_figure(page, 'outbox')} waiting for the vault")


def _wait_for_account(manager: Browser, children: Children) -> None:
    """Until central, too, has heard from the vault that the account is active."""
    page = _until(
        lambda: manager.open("/tableau"),
        lambda page: _figure(page, "activated") == "1",
        "central does not hear of the activation",
        children,
    )
    print(f"  account: active ({_figure(page, 'activated')} on the manager's page)")


def _figure(page: Page, name: str) -> str:
    return page.texts.get(name, "").strip()


def _activate(programme: Programme, letterbox: Browser, slips: list[str]) -> None:
    locator, code = _typed_from(slips[1])
    home = Browser(programme.addresses.vault)
    home.open("/activation")
    page = home.touch("activate", locator=locator, code=code, passphrase=PASSPHRASE, passphrase_again=PASSPHRASE)
    if home.has("send-email"):
        home.touch("send-email")
        page = home.touch("check", one_time=_newest_code(letterbox))
    if page.step != "activated":
        raise OnceError(f"the activation page answers {page.step!r}")
    print("  activation page: activated")


def _typed_from(slip: str) -> tuple[str, str]:
    """Number and code as a person reads them off the paper; the QR must say the same."""
    locator, code, square = _LOCATOR.search(slip), _CODE.search(slip), _QR.search(slip)
    if not (locator and code and square):
        raise OnceError("slip B lacks its number, its code or its QR")
    read = [re.sub(r"[\s-]", "", text) for text in (locator[1], code[1])]
    if read != [re.sub(r"-", "", text) for text in square.groups()[1:]]:
        raise OnceError("slip B says one thing in letters and another in its QR")
    return locator[1], re.sub(r"\s+", "-", code[1])  # printed on two lines, typed on one


def _until(look: Callable[[], T], good: Callable[[T], bool], complaint: str, children: Children | None = None) -> T:
    deadline = time.monotonic() + _ARRIVES_WITHIN_S
    while True:
        seen = look()
        if good(seen):
            return seen
        if children:
            children.check()
        if time.monotonic() > deadline:
            raise OnceError(f"{complaint} after {_ARRIVES_WITHIN_S:.0f} s")
        time.sleep(_POLL_S)


def _say(line: str) -> None:
    print(f"\n== {line}", flush=True)
