"""Somebody at a terminal's real screens, without a browser: reads the page, touches what it offers."""

from __future__ import annotations

import re
from collections.abc import Callable

import httpx2

from tests.town.wishes import Wishes
from tests.waiting import wait_for

__all__ = ["LAST_SCREENS", "Visitor", "Wishes"]

LAST_SCREENS = ("thanks", "done", "paper", "stopped", "refused", "unchanged")
RESTING = ("attract", "thanks", "done", "take_card", "refused", "unchanged", "stopped")
_STEP = re.compile(r'data-step="([a-z_0-9]+)"')
_CSRF = re.compile(r'name="csrf-token" content="([^"]+)"')
_VISIT = re.compile(r'name="visit" value="([^"]*)"')
_WORKING = frozenset({"reading", "status", "printing"})
_TOUCHES_AT_MOST = 60


class Visitor:
    """One terminal; ``pin`` is its operator's. ``code_sent`` reads the last one-time code that went to an address."""

    def __init__(self, address: str, pin: str, code_sent: Callable[[str], str] | None = None) -> None:
        self.address = address
        self.pin = pin
        self.code_sent = code_sent
        headers = {"Sec-Fetch-Site": "same-origin", "Origin": address}
        # No connection outlives its answer: the terminal may lose its power at any moment.
        limits = httpx2.Limits(max_keepalive_connections=0)
        self._client = httpx2.Client(base_url=address, trust_env=False, timeout=30, headers=headers, limits=limits)
        self._page = ""

    def close(self) -> None:
        """Go away."""
        self._client.close()

    # One screen ------------------------------------------------------------------------------------------------------

    def step(self) -> str:
        """The screen now shown."""
        self._page = self._client.get("/").raise_for_status().text
        found = _STEP.search(self._page)
        assert found, "the page names no step"
        return found[1]

    def page(self) -> str:
        """The page as it came."""
        self.step()
        return self._page

    def offers(self, name: str) -> bool:
        """Whether something with that name is on the screen now shown."""
        return f'data-test="{name}"' in self.page()

    def touch(self, what: str, *, on: str | None = None, **fields: str) -> httpx2.Response:
        """Touch something on the screen now shown, or on an older one."""
        step = self.step()
        visit, csrf = _VISIT.search(self._page), _CSRF.search(self._page)
        data = {"csrf": csrf[1] if csrf else "", "visit": visit[1] if visit else "", **fields}
        return self._client.post(f"/touch/{on or step}/{what}", data=data)

    def wait_for(self, *steps: str, within_s: float = 30) -> str:
        """Wait until one of these screens is shown, and say which."""
        wait_for(f"one of {steps}, not {self.step()}", lambda: self.step() in steps, within_s)
        return self.step()

    def insert(self, card: str) -> None:
        """Take a card from the tray and put it in."""
        self._demo("insert", card=card)

    def pull(self) -> None:
        """Take the card back."""
        self._demo("pull")

    def papers(self) -> list[str]:
        """What came out of the printer, as text, oldest first."""
        papers = self._client.get("/demo/papers.json").raise_for_status().json()
        return [paper["text"] for paper in (papers["papers"] if isinstance(papers, dict) else papers)]

    # Stretches of a visit --------------------------------------------------------------------------------------------

    def enrol(self, card: str, wishes: Wishes | None = None) -> str:
        """From the card to the last screen, which is returned; the card is pulled at the end.

        ``aim`` is returned where what the person came for is not on offer: an opening for who has a dossier.
        """
        last = self.up_to(*LAST_SCREENS, card=card, wishes=wishes)
        self.pull()
        return last

    def up_to_confirmation(self, card: str, wishes: Wishes) -> str:
        """Everything before the last "yes"; ends on ``confirm``, ``refused``, ``unchanged`` or ``aim``."""
        return self.up_to("confirm", "refused", "unchanged", card=card, wishes=wishes)

    def up_to_notice(self, card: str, wishes: Wishes | None = None) -> str:
        """Card in, person chosen, status asked; ends on ``notice`` or ``aim``."""
        return self.up_to("notice", card=card, wishes=wishes)

    def come(self, card: str) -> None:
        """Put a card in, having signed in where somebody must."""
        if self.step() == "sign_in":
            self.touch("sign_in", pin=self.pin)
        self.wait_for(*RESTING, "day")
        self.insert(card)
        wait_for("the card is noticed", lambda: self.step() not in {*RESTING, "day"})

    def up_to(self, *stops: str, card: str | None = None, wishes: Wishes | None = None) -> str:
        """Touch what the wishes say on every screen until one of ``stops`` is shown; ``card`` is put in before."""
        wishes = wishes or Wishes()
        if card is not None:
            self.come(card)
        for _ in range(_TOUCHES_AT_MOST):
            step = self._settled()
            if step in stops or (step == "aim" and not self.offers(f"aim-{wishes.aim}")):
                return step
            self._touch_as_wished(step, wishes)
        raise AssertionError(f"the terminal does not leave {self.step()}")

    def _touch_as_wished(self, step: str, wishes: Wishes) -> None:
        if step == "identity":
            self.touch("attest", statement_0="1", statement_1="1", method=self.method(), pin=self.pin)
        elif step == "proof" and wishes.proves:
            self._prove(wishes)
        else:
            what, fields = wishes.touch_on(step, self._first("quality"))
            self.touch(what, **fields)
        # On its own screen a code that did not leave, or was wrong, is part of the visit.
        assert not self.offers("complaint") or self.step() == "proof", f"the terminal complains on {step}"

    def _prove(self, wishes: Wishes) -> None:
        assert self.code_sent is not None, "this visitor reads no messages"
        wait_for("a code can be typed", lambda: self.offers("give-code"))
        address = wishes.email if wishes.email and wishes.email in self._page else wishes.mobile_sent_to
        self.touch("code", code=self.code_sent(address))
        wait_for("the code is checked", lambda: self.step() != "proof" or self.offers("give-code"))

    def method(self) -> str:
        """The first way of checking an identity that the screen offers."""
        self.step()
        return self._first("method")

    def _first(self, what: str) -> str:
        found = re.search(rf'data-test="{what}-([A-Za-z_-]+)"', self._page)
        return found[1] if found else ""

    def _settled(self) -> str:
        """The screen that waits for somebody."""
        wait_for("the terminal has done its work", lambda: self.step() not in _WORKING)
        return self.step()

    def _demo(self, what: str, **fields: str) -> None:
        self.step()
        csrf = _CSRF.search(self._page)
        answer = self._client.post(f"/demo/{what}", data={"csrf": csrf[1] if csrf else "", **fields})
        assert answer.status_code < 400, answer.text[:200]
