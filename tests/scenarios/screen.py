"""The terminal's screen as a browser has it, without a browser: draws, reads, touches what is offered."""

from __future__ import annotations

import html
import re

from flask import Flask

from tests.town.wishes import Wishes
from tests.waiting import wait_for

_STEP = re.compile(r'data-step="([a-z_0-9]+)"')
_CSRF = re.compile(r'name="csrf-token" content="([^"]+)"')
_VISIT = re.compile(r'name="visit" value="([^"]*)"')
_FAULT = re.compile(r'data-test="fault-code">([A-Z]-\d+)<')
_TAG = re.compile(r"<[^>]*>")
_HEADERS = {"Sec-Fetch-Site": "same-origin", "HX-Request": "true"}
# Screens that go on by themselves, or as soon as a hand that has moved is noticed.
_WORKING = frozenset({"attract", "stopped", "reading", "status", "printing"})
_TOUCHES_AT_MOST = 60
WITHIN_S = 15.0


class Screen:
    """One browser before one terminal. ``pin`` is the one of whoever works there."""

    def __init__(self, app: Flask, pin: str) -> None:
        self._browser = app.test_client()
        self._pin = pin
        self._page = ""
        self._csrf = ""
        self.passed: list[str] = []
        self.look()

    def look(self) -> str:
        """Draw the page anew; the screen it shows."""
        answer = self._browser.get("/", headers=_HEADERS)
        assert answer.status_code == 200, answer.status
        self._page = answer.text
        found = _CSRF.search(self._page)
        assert found, "the page bears no token"
        self._csrf = found[1]
        return self.step

    @property
    def step(self) -> str:
        """The screen of the page as last drawn."""
        found = _STEP.search(self._page)
        assert found, "the page names no step"
        return found[1]

    @property
    def html(self) -> str:
        return self._page

    @property
    def text(self) -> str:
        """What can be read on it, every blank a plain space."""
        return as_read(html.unescape(_TAG.sub(" ", self._page)))

    @property
    def fault(self) -> str | None:
        """The code that is shown."""
        found = _FAULT.search(self._page)
        return None if found is None else found[1]

    def offers(self, name: str) -> bool:
        return f'data-test="{name}"' in self._page

    def touch(self, what: str, *, on: str | None = None, **fields: str) -> None:
        """Touch something; the page becomes what the terminal answers."""
        visit = _VISIT.search(self._page)
        form = {"csrf": self._csrf, "visit": visit[1] if visit else "", **fields}
        answer = self._browser.post(f"/touch/{on or self.step}/{what}", data=form, headers=_HEADERS)
        assert answer.status_code == 200, f"{what}: {answer.status}"
        self._page = answer.text

    def wait_for(self, *steps: str) -> str:
        """Draw until one of these screens is shown.

        Raises:
            TimeoutError: none of them was.
        """
        if self.step not in steps:
            wait_for(
                f"{' or '.join(steps)}, not {self.step} {self.fault or ''}", lambda: self.look() in steps, WITHIN_S
            )
        return self.step

    def walk(self, *stops: str, wishes: Wishes) -> str:
        """Touch what the wishes say on every screen until one of ``stops`` is shown, which is returned."""
        self.look()
        for _ in range(_TOUCHES_AT_MOST):
            if self.step in stops:
                return self.step
            if self.step in _WORKING:
                at = self.step
                wait_for(f"the end of {at}", lambda at=at: self.look() != at, WITHIN_S)
            else:
                self.passed.append(self.step)
                self._touch_as_wished(wishes)
        raise AssertionError(f"the terminal does not leave {self.step} {self.fault or ''}: {self.passed[-6:]}")

    def _touch_as_wished(self, wishes: Wishes) -> None:
        if self.step == "sign_in":
            self.touch("sign_in", pin=self._pin)
        elif self.step == "identity":
            self.touch("attest", statement_0="1", statement_1="1", method=self._first("method"), pin=self._pin)
        else:
            what, fields = wishes.touch_on(self.step, self._first("quality"))
            self.touch(what, **fields)

    def _first(self, what: str) -> str:
        found = re.search(rf'data-test="{what}-([A-Za-z_-]+)"', self._page)
        return found[1] if found else ""


def as_read(words: str) -> str:
    """With every run of blanks, unbreakable ones too, as one space."""
    return " ".join(words.split())
