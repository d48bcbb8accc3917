"""How long the terminal works on a touch, for every step of several visits. ``python -m bench.steps``.

An assembled terminal: disk with fsync, sealing, argon2id of one operator's PIN at central's cost, Jinja pages, the
simulated printer behind the real adapter. Measured around the WSGI app as htmx calls it: the touch and the screen it
answers with. Not inside: waitress, the browser, reading the card, central (asked beside the screens) and the paper
(printed beside them).
"""

from __future__ import annotations

import logging
import re
import tempfile
import time
from collections import defaultdict
from collections.abc import Iterator
from contextlib import contextmanager
from dataclasses import dataclass, field
from datetime import datetime, timedelta
from pathlib import Path

from flask.testing import FlaskClient

from bench.figures import Figure, percentile, table
from central.passwords import Passwords
from kiosk.assembly import Terminal, build
from kiosk.settings import KioskSettings
from tests.fakes.programme import AGENT_PIN, PHARMACIST_PIN, PRESENT, Programme
from tests.town.wishes import Wishes
from wire import homes
from wire.configuration import OperatorEntry
from wire.records import Channel, SubChannel

ROUNDS = 15
MOST_P95_MS = 50.0
_DEADLINE_S = 30.0
_PAUSE_S = 0.01
_STEP, _REVISION = re.compile(r'data-step="([a-z_0-9]+)"'), re.compile(r'data-revision="(\d+)"')
_CSRF, _VISIT = re.compile(r'name="csrf" value="([^"]+)"'), re.compile(r'name="visit" value="([^"]*)"')
_FIRST = re.compile(r'data-test="(?:method|quality)-([A-Za-z_-]+)"')
_WORKING = frozenset({"reading", "status", "printing"})
_LAST = frozenset({"thanks", "done", "refused", "unchanged"})
_HALL, _COUNTER = SubChannel.HALL_TERMINAL, SubChannel.COUNTER


@dataclass(frozen=True, slots=True)
class Visit:
    """Somebody with a card of the demonstration's tray."""

    card: str
    wishes: Wishes


VISITS: dict[SubChannel, tuple[Visit, ...]] = {
    _HALL: (
        Visit("marie", Wishes(email="marie@exemple.fr", mobile="06 12 34 56 78")),
        Visit("famille", Wishes(who=1, representative=0)),
        Visit("couple", Wishes(who=1, accompanied=True, representative=-1, slip=True)),
        Visit("marie", Wishes(creation=False)),
    ),
    _COUNTER: (Visit("marie", Wishes(email="marie@exemple.fr")), Visit("couple", Wishes(who=1))),
}


Times = dict[str, list[float]]


@dataclass
class Walker:
    """Touches a terminal as its page's script does.

    By screen, in milliseconds: ``taken`` by the clock, ``worked`` of the processor, which does not count what others
    on the machine do.
    """

    client: FlaskClient
    pin: str
    taken: Times = field(default_factory=lambda: defaultdict(list))
    worked: Times = field(default_factory=lambda: defaultdict(list))
    html: str = ""

    def look(self) -> str:
        """The screen now shown."""
        self.html = self.client.get("/etat?revision=-1").get_data(as_text=True)
        return self._found(_STEP)

    def touch(self, step: str, what: str, **fields: str) -> None:
        """One touch, answered with the next screen."""
        data = {"csrf": self._found(_CSRF), "visit": self._found(_VISIT), **fields}
        began, before = time.perf_counter(), time.thread_time()
        answer = self.client.post(f"/touch/{step}/{what}", data=data, headers={"HX-Request": "true"})
        self.worked[step].append((time.thread_time() - before) * 1000)
        self.taken[step].append((time.perf_counter() - began) * 1000)
        if answer.status_code != 200:
            raise RuntimeError(f"{step}/{what} is answered {answer.status_code}")

    def walk(self, wishes: Wishes) -> None:
        """From the card in the slot to the last screen, which is left."""
        deadline = time.monotonic() + _DEADLINE_S
        while time.monotonic() < deadline:
            step = self.look()
            if step in _LAST:
                return self.touch(step, "leave")
            if step in _WORKING | {"attract"}:
                time.sleep(_PAUSE_S)
            elif step == "identity":
                fields = {"statement_0": "1", "statement_1": "1", "method": self._first(), "pin": self.pin}
                self.touch(step, "attest", **fields)
            else:
                what, said = wishes.touch_on(step, self._first())
                self.touch(step, what, **said)
        raise RuntimeError(f"the terminal does not leave {self.look()}")

    def wait_for(self, *steps: str) -> str:
        """Until one of these is shown."""
        deadline = time.monotonic() + _DEADLINE_S
        while (step := self.look()) not in steps:
            if time.monotonic() > deadline:
                raise RuntimeError(f"the terminal shows {step}, none of {steps}")
            time.sleep(_PAUSE_S)
        return step

    def _first(self) -> str:
        found = _FIRST.search(self.html)
        return found[1] if found else ""

    def _found(self, what: re.Pattern[str]) -> str:
        found = what.search(self.html)
        if found is None:
            raise RuntimeError("the page is not of the form that this bench knows")
        return found[1]


def run() -> list[Figure]:
    """Both terminals, one after the other."""
    figures = []
    for place, visits in VISITS.items():
        with assembled(place) as (terminal, pin):
            walker = walked(terminal, pin, visits)
        figures += _figures("hall" if place is _HALL else "counter", walker)
    return figures


@contextmanager
def assembled(place: SubChannel) -> Iterator[tuple[Terminal, str]]:
    """A registered terminal without a line, and the PIN of the one operator of its office."""
    logging.disable(logging.WARNING)
    pin, role = (AGENT_PIN, "agent") if place is _HALL else (PHARMACIST_PIN, "pharmacist")
    began = time.monotonic()

    def clock() -> datetime:
        return PRESENT + timedelta(seconds=time.monotonic() - began)

    with tempfile.TemporaryDirectory(dir=Path.cwd()) as folder:
        programme, home = Programme(), Path(folder) / "home"
        programme.furnish(home)
        operator = OperatorEntry(operator="OP-01", role=role, display_name="A.", pin_hash=Passwords().hash(pin))
        channel = Channel.DESK if place is _HALL else Channel.PHARMACY
        signed = programme.configuration(operators=(operator,), channel=channel, sub_channel=place)
        (home / homes.CONFIGURATION).write_bytes(signed)
        terminal = build(KioskSettings(home=home, simulate=True, start_spread_s=0.0), clock=clock)
        terminal.start()
        try:
            yield terminal, pin
        finally:
            terminal.stop()
            logging.disable(logging.NOTSET)


def walked(terminal: Terminal, pin: str, visits: tuple[Visit, ...], rounds: int = ROUNDS) -> Walker:
    """Every visit so many times; once more before, so that templates are compiled and libraries loaded."""
    walker = Walker(terminal.app.test_client(), pin)
    assert terminal.devices.tray is not None
    slots = terminal.devices.tray.slots
    if walker.look() == "sign_in":
        walker.touch("sign_in", "sign_in", pin=pin)
    for number in range(rounds + 1):
        for visit in visits:
            walker.wait_for("attract")
            slots.insert(visit.card)
            walker.walk(visit.wishes)
            slots.pull()
        if number == 0:
            walker.taken.clear()
            walker.worked.clear()
    return walker


def slowest(times: Times) -> list[tuple[float, str]]:
    """The 95th percentile of each step, the slowest first."""
    return sorted(((percentile(values, 95), step) for step, values in times.items()), reverse=True)


def _figures(name: str, walker: Walker) -> list[Figure]:
    every = [one for values in walker.taken.values() for one in values]
    by_step, by_work = slowest(walker.taken), slowest(walker.worked)
    inside = f"{len(every)} touches on {len(walker.taken)} screens: the touch and the screen it answers with"
    return [
        Figure(f"{name}: a touch, p50", percentile(every, 50), "ms", inside),
        Figure(f"{name}: a touch, p95", percentile(every, 95), "ms", "the same", most=MOST_P95_MS),
        Figure(f"{name}: the slowest step's p95", by_step[0][0], "ms", _said(by_step), most=MOST_P95_MS),
        Figure(f"{name}: the slowest step's p95 of the processor", by_work[0][0], "ms", _said(by_work)),
    ]


def _said(by_step: list[tuple[float, str]]) -> str:
    return "p95 by step: " + ", ".join(f"{step} {value:.1f}" for value, step in by_step[:4])


if __name__ == "__main__":
    print(table(run()))
