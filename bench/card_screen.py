"""From the card in the slot to the person's screen, and where the time goes. ``python -m bench.card_screen``.

The assembled terminal (disk with fsync, real sessions and pages) behind waitress, Chromium on its page, and below it
the real pcscd with vpcd and a card as slow as a real one (43,010 bit/s). Moments are of one clock: the card is
put in, pcscd has asked for its ATR, the reader shows it, the session asks for the reading, the reading is back, the
next screen stands in the browser. vpcd looks for a card every 0.4 s; a USB reader interrupts: that part is the
simulator's.
"""

from __future__ import annotations

import logging
import time
from collections import defaultdict
from collections.abc import Iterator
from contextlib import contextmanager
from pathlib import Path
from tempfile import TemporaryDirectory

from playwright.sync_api import Page, sync_playwright

from bench.figures import Figure, percentile, table
from kiosk.assembly import Terminal, build
from kiosk.card_reader.pcsc import PcscSlots
from kiosk.card_reader.reader import SupervisedCardReader
from kiosk.card_reader.virtual.people import card_of
from kiosk.card_reader.virtual.vpcd import VpcdCard
from kiosk.devices import Devices, open_devices
from kiosk.enrolment.holder import CardContents
from kiosk.enrolment.ports import CardPresence, CardReader, NamedSlot, ReaderState
from kiosk.settings import KioskSettings
from tests.chromium import ARGUMENTS, CHROMIUM
from tests.fakes.pcscd import FIRST_SLOT, running_pcscd, why_unavailable
from tests.fakes.programme import Programme
from tests.look.served import running
from tests.waiting import wait_until

ROUNDS = 10
PAGE_ASKS_EVERY_S = 0.5  # kiosk/templates/enrolment/veil.html
CARD = card_of("famille")
_PAINTED = """() => {
  window.painted = 0;
  const look = new MutationObserver(() => {
    if (!document.querySelector('main[data-step="who"]')) return;
    look.disconnect();
    requestAnimationFrame(() => requestAnimationFrame(() => { window.painted = Date.now(); }));
  });
  look.observe(document.documentElement, {childList: true, subtree: true});
}"""  # the browser's own word: Playwright sees the same up to half a second later
_RESTING, _READ = '[data-step="attract"]', '[data-step="who"]'
_WAIT_MS = 15_000
_PARTS = {
    "seen by pcscd": "vpcd polls every 0.4 s; a USB reader interrupts",
    "shown by our reader": "waiting in PC/SC for a change; no poll of ours",
    "taken up by the session": "its heart beats every 0.2 s",
    "read": "43,010 bit/s, nine commands, the reset of the card",
    "on the screen": "the page asks every 0.5 s; session, rendering, Chromium",
}


class Stopwatch(CardReader):
    """Our reader, with the moments at which it was asked to read and had read."""

    def __init__(self, inner: CardReader) -> None:
        self._inner = inner
        self.began = self.ended = 0.0

    def presence(self) -> CardPresence:
        """See ``CardReader``."""
        return self._inner.presence()

    def slots(self) -> tuple[NamedSlot, ...]:
        """See ``CardReader``."""
        return self._inner.slots()

    def read(self, insertion: int) -> CardContents:
        """See ``CardReader``."""
        self.began = time.time()
        try:
            return self._inner.read(insertion)
        finally:
            self.ended = time.time()

    def close(self) -> None:
        """See ``CardReader``."""
        self._inner.close()


def run() -> list[Figure]:
    """So many insertions of a family's card.

    Raises:
        RuntimeError: this machine has no pcscd, vpcd or pyscard.
    """
    if reason := why_unavailable():
        raise RuntimeError(reason)
    parts: dict[str, list[float]] = defaultdict(list)
    logging.disable(logging.WARNING)  # that there is no central here is no news
    with running_pcscd() as daemon, _terminal() as (terminal, watch), _screen(terminal) as page:
        for turn in range(ROUNDS):
            page.wait_for_selector(_RESTING, timeout=_WAIT_MS)
            time.sleep(PAGE_ASKS_EVERY_S * turn / ROUNDS)  # a hand knows nothing of when the page asks
            moments = _insertion(page, watch, daemon.port)
            for name, began, ended in zip(_PARTS, moments[:-1], moments[1:], strict=True):
                parts[name].append((ended - began) * 1000)
    logging.disable(logging.NOTSET)
    return _figures(parts)


def _insertion(page: Page, watch: Stopwatch, port: int) -> list[float]:
    """The six moments of one insertion; the card is out again afterwards."""
    before = watch.presence().insertion
    page.evaluate(_PAINTED)
    card = VpcdCard(CARD, port=port, is_realistic=True)
    moments = [time.time()]
    card.insert()
    moments.append(time.time())
    while watch.presence().insertion == before:
        time.sleep(0.0005)
    moments.append(time.time())
    page.wait_for_selector(_READ, timeout=_WAIT_MS)
    page.wait_for_function("window.painted > 0")
    moments += [watch.began, watch.ended, page.evaluate("window.painted") / 1000]
    card.pull()
    if not wait_until(lambda: watch.presence().state is ReaderState.EMPTY):
        raise RuntimeError("the card was not seen to leave")
    return moments


@contextmanager
def _terminal() -> Iterator[tuple[Terminal, Stopwatch]]:
    """A registered terminal of a hall, its reader the real one over PC/SC, its printer simulated."""
    with TemporaryDirectory(dir=Path.cwd()) as folder:
        settings = KioskSettings(home=Programme().furnish(Path(folder) / "home"), simulate=True, start_spread_s=0.0)
        simulated = open_devices(settings)
        simulated.reader.close()
        watch = Stopwatch(SupervisedCardReader(PcscSlots(FIRST_SLOT)))
        devices = Devices(watch, simulated.professional, simulated.printer, simulated.tray, settings.scan_prefix)
        terminal = build(settings, devices=devices)
        terminal.start()
        try:
            yield terminal, watch
        finally:
            terminal.stop()


@contextmanager
def _screen(terminal: Terminal) -> Iterator[Page]:
    with running(terminal.app) as address, sync_playwright() as playwright:
        chromium = playwright.chromium.launch(executable_path=CHROMIUM, args=ARGUMENTS)
        page = chromium.new_page(viewport={"width": 1080, "height": 1920})
        page.goto(address)
        yield page
        chromium.close()


def _figures(parts: dict[str, list[float]]) -> list[Figure]:
    whole = [sum(moment) for moment in zip(*parts.values(), strict=True)]
    inside = f"{ROUNDS} insertions of a family's card, Chromium, assembled terminal, real pcscd over vpcd"
    return [
        Figure("insertion to screen, p50", percentile(whole, 50), "ms", inside),
        Figure("insertion to screen, p95", percentile(whole, 95), "ms", "same"),
        *(Figure(f"  {name}, p50", percentile(parts[name], 50), "ms", what) for name, what in _PARTS.items()),
    ]


if __name__ == "__main__":
    print(table(run()))
