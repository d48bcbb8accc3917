"""axe-core on every page of the managers' door and of their roles, and nothing that the strict policy stops."""

from __future__ import annotations

from pathlib import Path

import axe_playwright_python
import pytest
from playwright.sync_api import Browser

from tests.look.manager_pages import every_page, served_managers

pytestmark = pytest.mark.browser

AXE = Path(axe_playwright_python.__file__).with_name("axe.min.js").read_text(encoding="utf-8")
LOOK = "rules => axe.run(document, {runOnly: rules, resultTypes: ['violations'], preload: false})"
RULES = ["wcag2a", "wcag2aa", "wcag21a", "wcag21aa", "wcag22aa", "best-practice"]
PAGES = 30
PICTURES = Path("test-output/managers")


@pytest.mark.parametrize("width", [1366, 360])
def test_axe_finds_nothing_on_any_page_and_the_policy_stops_nothing(
    browser: Browser, tmp_path: Path, width: int
) -> None:
    with served_managers(tmp_path / "programme") as (site, address):
        context = browser.new_context(viewport={"width": width, "height": 900}, bypass_csp=False)
        page = context.new_page()
        stopped: list[str] = []
        page.on("console", lambda message: stopped.append(message.text) if "Policy" in message.text else None)
        seen, faults = [], []
        PICTURES.mkdir(parents=True, exist_ok=True)
        for name in every_page(page, address, site):
            seen.append(name)
            page.screenshot(path=PICTURES / f"{width}-{len(seen):02d}-{name.replace(' ', '-')}.png", full_page=True)
            page.evaluate(AXE)
            found = page.evaluate(LOOK, RULES)
            faults += [(name, fault["id"], fault["help"]) for fault in found["violations"]]
            if page.evaluate("document.documentElement.scrollWidth > innerWidth"):
                faults.append((name, "width", "wider than the window"))
        context.close()
    assert faults == []
    assert stopped == []
    assert len(seen) == PAGES
