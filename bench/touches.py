"""What each kind of visit costs through the real screens, in Chromium: ``python -m bench.touches`` or scripts/touches.

Touches of the person and of whoever works there, after the card is in; text that is typed and the card itself are no
touches, a key of a PIN is one. The notice is paged through by its button, as by somebody who does not swipe. Seconds
are the machine's: nobody reads. The server's time is that of a touch and the screen it answers with, over fakes of the
ports (bench/steps.py has the assembled terminal).
"""

from __future__ import annotations

import logging
import sys
from collections.abc import Iterator
from contextlib import contextmanager

from playwright.sync_api import Browser, sync_playwright

from bench.figures import percentile
from kiosk.app import create_app
from tests.chromium import ARGUMENTS, CHROMIUM
from tests.fakes.enrolment_rig import EnrolmentRig
from tests.fakes.programme import Programme
from tests.journeys.counting import Cost, ServerTimes, cost_of
from tests.journeys.visits import VISITS
from tests.look.served import LAYOUTS, running

_HEAD = f"{'visit':<30} {'person':>7} {'operator':>9} {'seconds':>8} {'touch p50':>10} {'touch p95':>10}  ends on"


def main() -> int:
    """Print the table."""
    logging.getLogger("waitress").setLevel(logging.ERROR)  # how many pages ask at once is no news here
    programme = Programme()
    sys.stdout.write(_HEAD + "\n")
    with sync_playwright() as playwright:
        browser = playwright.chromium.launch(executable_path=CHROMIUM, args=ARGUMENTS)
        for name, visit in VISITS.items():
            rig = visit.rig(EnrolmentRig(visit.kind, programme))
            with measured(rig) as (address, times):
                cost = _walk(browser, address, rig, name)
            every = [one for taken in times.taken.values() for one in taken]
            sys.stdout.write(_line(name, cost, every) + "\n")
            sys.stdout.flush()
        browser.close()
    return 0


@contextmanager
def measured(rig: EnrolmentRig) -> Iterator[tuple[str, ServerTimes]]:
    """The app over this rig on a free loopback port, with a watch around it."""
    app = create_app(rig.session, secret_key=b"touches")
    times = ServerTimes.around(app)
    with running(app) as address:
        yield address, times


def _walk(browser: Browser, address: str, rig: EnrolmentRig, name: str) -> Cost:
    width, height = LAYOUTS["portrait"]
    context = browser.new_context(viewport={"width": width, "height": height})
    page = context.new_page()
    page.goto(address)
    cost = cost_of(page, rig, VISITS[name])
    context.close()
    return cost


def _line(name: str, cost: Cost, milliseconds: list[float]) -> str:
    times = f"{percentile(milliseconds, 50):>7.1f} ms {percentile(milliseconds, 95):>7.1f} ms"
    return f"{name:<30} {cost.person:>7} {cost.operator:>9} {cost.seconds:>8.1f} {times}  {cost.last}"


if __name__ == "__main__":
    sys.exit(main())
