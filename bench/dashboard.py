"""The managers' dashboard in a browser, from the click to the drawn chart: ``python -m bench.dashboard``.

Central behind waitress over the counters of a million dossiers at 25,000 points (what a page reads hangs on the
points, not on the dossiers), Chromium beside it on the same machine. First the very first page of a process, template
and chart engine not loaded yet; then pages of a browser that has kept nothing, as a manager opens them in the morning.
"""

from __future__ import annotations

import logging
import tempfile
from pathlib import Path

from playwright.sync_api import Browser, sync_playwright

from bench.figures import Figure, percentile, table
from bench.fill.__main__ import gather_statistics
from bench.fill.counters import fill_counters
from bench.fill.dossiers import fill
from bench.pages import NOON, REGION
from tests.central.web_site import PASSWORD, CentralSite, Clock
from tests.chromium import ARGUMENTS, CHROMIUM
from tests.look.served import running

POINTS, REALLY_THERE, COUNTED = 25_000, 2_000, 1_000_000
ROUNDS = 20
MOST_MS = 1_000.0
PAGES = {
    "the country": "/tableau",
    "a region, by week": f"/tableau?region={REGION}&pas=semaine",
    "a département, by month": "/tableau?departement=75&pas=mois",
    "points to see to": "/points-a-suivre",
}
_SHARDS = 8
_LOADED = "Math.round(performance.getEntriesByType('navigation')[0].loadEventEnd)"
"""Milliseconds from the start of the navigation until page, styles, scripts and chart are there."""


def run() -> list[Figure]:
    """Fill, serve, look."""
    logging.disable(logging.WARNING)
    with tempfile.TemporaryDirectory(prefix="dmp-dashboard-") as folder, sync_playwright() as playwright:
        site = CentralSite(Path(folder) / "programme", clock=Clock(NOON))
        fill(site.engine, dossiers=REALLY_THERE, points=POINTS, shards=_SHARDS)
        fill_counters(site.engine, dossiers=COUNTED, shards=_SHARDS, first_shard=_SHARDS)
        gather_statistics(site.engine)
        site.manager("NATIONAL")
        browser = playwright.chromium.launch(executable_path=CHROMIUM, args=ARGUMENTS)
        with running(site.app) as address:
            figures = _measure(browser, address.rstrip("/"))
        browser.close()
        site.close()
    return figures


def _measure(browser: Browser, address: str) -> list[Figure]:
    first = _load(browser, address, None)
    figures = [Figure("dashboard, first of a process", first, "ms", "templates, chart engine: once", most=3 * MOST_MS)]
    for name, path in PAGES.items():
        spent = [_load(browser, address, path) for _ in range(ROUNDS)]
        inside = (
            f"p50 {percentile(spent, 50):.0f}, slowest {max(spent):.0f}; {ROUNDS} times, nothing kept by the browser"
        )
        figures.append(Figure(f"dashboard of {name}, loaded, p95", percentile(spent, 95), "ms", inside, most=MOST_MS))
    return figures


def _load(browser: Browser, address: str, path: str | None) -> float:
    """In a browser context of its own, signed in: nothing is kept but by central. None: the page one lands on."""
    with browser.new_context(viewport={"width": 1280, "height": 900}) as context:
        page = context.new_page()
        page.goto(f"{address}/connexion")
        page.fill("#name", "NATIONAL")
        page.fill("#password", PASSWORD)
        page.click("main button", no_wait_after=True)
        page.wait_for_url("**/tableau", wait_until="load" if path is None else "commit")
        if path is not None:
            page.goto(f"{address}{path}", wait_until="load")
        return float(page.evaluate(_LOADED))


if __name__ == "__main__":
    print(table(run()))
