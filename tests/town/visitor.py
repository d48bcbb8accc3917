"""Somebody at a terminal's real screens, without a browser: reads the page, touches what it offers."""

from __future__ import annotations

import re
from dataclasses import dataclass

import httpx2

from tests.waiting import wait_for

_STEP = re.compile(r'data-step="([a-z_0-9]+)"')
_CSRF = re.compile(r'name="csrf-token" content="([^"]+)"')
_VISIT = re.compile(r'name="visit" value="([^"]*)"')
_QUESTIONS = ("consent", "break_glass", "centre_15")


@dataclass(frozen=True, slots=True)
class Wishes:
    """What the person answers."""

    creation: bool = True
    break_glass: bool = True
    centre_15: bool = True
    email: str = ""
    mobile: str = ""
    slip: bool = True


class Visitor:
    """One terminal; ``pin`` is its operator's."""

    def __init__(self, address: str, pin: str) -> None:
        self.address = address
        self.pin = pin
        headers = {"Sec-Fetch-Site": "same-origin", "Origin": address}
        # No connection outlives its answer: the terminal may lose its power at any moment.
        limits = httpx2.Limits(max_keepalive_connections=0)
        self._client = httpx2.Client(base_url=address, trust_env=False, timeout=30, headers=headers, limits=limits)
        self._page = ""

    def close(self) -> None:
        """Go away."""
        self._client.close()

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

    def enrol(self, card: str, wishes: Wishes | None = None) -> str:
        """From the card to the last screen, which is returned; the card is pulled at the end."""
        self.up_to_confirmation(card, wishes or Wishes())
        if self.step() == "confirm":
            self.touch("confirm")
        last = self.wait_for("thanks", "done", "paper", "stopped", "refused", "existing")
        self.pull()
        return last

    def up_to_confirmation(self, card: str, wishes: Wishes) -> str:
        """Everything before the last "yes"; ends on ``confirm``, ``refused`` or ``existing``."""
        if self.up_to_notice(card) == "existing":
            return "existing"
        self.touch("notice", end_reached="1")
        if not self._answers(wishes):
            return self.wait_for("refused")
        if wishes.email or wishes.mobile:
            self.touch("contact", email=wishes.email, mobile=wishes.mobile)
        else:
            self.touch("no_contact")
            self.touch("slip", wanted="yes" if wishes.slip else "no")
        if self.step() == "summary":
            self.touch("agree")
        self.wait_for("identity")
        self.touch("attest", statement_0="1", statement_1="1", method=self.method(), pin=self.pin)
        return self.wait_for("confirm")

    def up_to_notice(self, card: str) -> str:
        """Card in, person chosen, status asked; ends on ``notice`` or ``existing``."""
        if self.step() == "sign_in":
            self.touch("sign_in", pin=self.pin)
        self.wait_for("attract", "thanks", "done", "take_card", "refused", "existing", "stopped")
        self.insert(card)
        if self.wait_for("who", "notice", "existing") == "who":
            self.touch("choose", position="0")
        return self.wait_for("notice", "existing")

    def _answers(self, wishes: Wishes) -> bool:
        for step, accepted in zip(_QUESTIONS, (wishes.creation, wishes.break_glass, wishes.centre_15), strict=True):
            assert self.step() == step
            self.touch("answer", accepted="yes" if accepted else "no")
            if not wishes.creation:
                return False
        return True

    def method(self) -> str:
        """The first way of checking an identity that the screen offers."""
        self.step()
        found = re.search(r'data-test="method-([a-z_]+)"', self._page)
        return found[1] if found else ""

    def _demo(self, what: str, **fields: str) -> None:
        self.step()
        csrf = _CSRF.search(self._page)
        answer = self._client.post(f"/demo/{what}", data={"csrf": csrf[1] if csrf else "", **fields})
        assert answer.status_code < 400, answer.text[:200]
