"""What a visit costs through the real screens in a browser: touches of each side, seconds, the server's time."""

from __future__ import annotations

import time
from collections.abc import Callable, Iterable
from dataclasses import dataclass, field
from typing import Any

from flask import Flask
from playwright.sync_api import Page

from kiosk.enrolment.steps import JourneyKind
from tests.fakes.enrolment_rig import EnrolmentRig
from tests.journeys.fingers import Fingers
from tests.journeys.visits import Visit
from tests.town.visitor import LAST_SCREENS

BEFORE_THE_VISIT = frozenset({"sign_in", "attract"})
AGENTS = frozenset({"identity"})
PHARMACISTS = frozenset({"identity", "confirm", "done", "who", "aim"})
"""Whose touches these screens take; all others are the person's."""


@dataclass
class ServerTimes:
    """A WSGI layer that notes how long the terminal worked on each touch, in milliseconds, by its screen."""

    inner: Callable[..., Iterable[bytes]]
    taken: dict[str, list[float]] = field(default_factory=dict)

    def __call__(self, environ: dict[str, Any], start_response: Callable[..., Any]) -> Iterable[bytes]:
        began = time.perf_counter()
        answer = list(self.inner(environ, start_response))
        _, _, path = str(environ["PATH_INFO"]).partition("/touch/")
        if path:
            self.taken.setdefault(path.partition("/")[0], []).append((time.perf_counter() - began) * 1000)
        return answer

    @classmethod
    def around(cls, app: Flask) -> ServerTimes:
        """Put it around an app."""
        times = cls(app.wsgi_app)
        app.wsgi_app = times  # type: ignore[method-assign]
        return times


@dataclass(frozen=True, slots=True)
class Cost:
    """Touches after the card is in; ``seconds`` are the machine's, as nobody reads."""

    person: int
    operator: int
    seconds: float
    last: str


def cost_of(page: Page, rig: EnrolmentRig, visit: Visit) -> Cost:
    """Walk it from the card to the end, notice by its button; the page stands on the screen that waits."""
    fingers = Fingers(page, visit.pin, lambda _address: rig.prover.last_code)
    fingers.swipes = False
    if fingers.step() == "sign_in":
        fingers.type_pin(visit.pin)
        fingers.press("sign-in")
    fingers.see("attract")
    began = time.perf_counter()
    rig.reader.insert(visit.card)
    page.wait_for_selector('main:not([data-step="attract"])')
    last = fingers.up_to(*LAST_SCREENS, wishes=visit.wishes)
    seconds = time.perf_counter() - began
    fingers.press("finish")
    operators = PHARMACISTS if visit.kind is JourneyKind.COUNTER else AGENTS
    of_operator = sum(count for step, count in fingers.made.items() if step in operators)
    after_card = sum(count for step, count in fingers.made.items() if step not in BEFORE_THE_VISIT)
    return Cost(after_card - of_operator, of_operator, seconds, last)
