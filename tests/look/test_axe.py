"""axe-core on every screen in every language and theme; its report is kept: ``test-output/axe.json`` and ``.html``."""

from __future__ import annotations

import html
import json
from collections.abc import Iterator
from pathlib import Path
from typing import Any

import axe_playwright_python
import pytest
from playwright.sync_api import Browser

from kiosk.enrolment.languages import load_languages
from kiosk.enrolment.steps import JourneyKind
from tests.fakes.scenes import SCENES
from tests.look.glass import Glass, opened

pytestmark = pytest.mark.browser

REPORT = Path("test-output/axe.json")
AXE = Path(axe_playwright_python.__file__).with_name("axe.min.js").read_text(encoding="utf-8")
LOOK = "rules => axe.run(document, {runOnly: rules, resultTypes: ['violations'], preload: false})"
RULES = ["wcag2a", "wcag2aa", "wcag21a", "wcag21aa", "wcag22aa", "best-practice"]
EVERY_SCENE = [(kind, name) for kind, scenes in SCENES.items() for name in scenes]
THEMES = ("normal", "high")
Report = dict[str, list[dict[str, Any]]]


@pytest.fixture(scope="module")
def glass(browser: Browser) -> Iterator[Glass]:
    with opened(browser) as glass:
        yield glass


@pytest.fixture(scope="module")
def report() -> Iterator[Report]:
    """All that was looked at, written when the last screen has been."""
    found: Report = {}
    yield found
    REPORT.parent.mkdir(parents=True, exist_ok=True)
    REPORT.write_text(json.dumps(found, ensure_ascii=False, indent=1), encoding="utf-8")
    REPORT.with_suffix(".html").write_text(as_page(found), encoding="utf-8")


def as_page(found: Report) -> str:
    """The report for a person: one line a screen, language and theme, with what was found."""
    lines = [
        f"<tr><td>{html.escape(name)}</td><td>{len(faults)}</td>"
        f"<td>{html.escape('; '.join(fault['rule'] + ': ' + fault['help'] for fault in faults))}</td></tr>"
        for name, faults in found.items()
    ]
    total = sum(len(faults) for faults in found.values())
    head = f"<h1>axe-core: {len(found)} screens looked at, {total} faults</h1><p>Rules: {', '.join(RULES)}</p>"
    table = "<table><tr><th>screen</th><th>faults</th><th>which</th></tr>" + "".join(lines) + "</table>"
    return f'<!doctype html><html lang="en"><meta charset="utf-8"><title>axe</title>{head}{table}</html>\n'


def looked_at(glass: Glass, theme: str = "normal") -> list[dict[str, Any]]:
    """What axe does not accept on the screen now shown; another theme changes colours only, so only they are asked."""
    if not glass.page.evaluate("'axe' in window"):
        glass.page.evaluate(AXE)
    rules = RULES if theme == "normal" else {"type": "rule", "values": ["color-contrast"]}
    result = glass.page.evaluate(LOOK, rules)
    return [
        {"rule": found["id"], "help": found["help"], "where": [node["html"][:200] for node in found["nodes"]]}
        for found in result["violations"]
    ]


@pytest.mark.parametrize(("kind", "name"), EVERY_SCENE, ids=[f"{kind.value}-{name}" for kind, name in EVERY_SCENE])
def test_axe_finds_nothing_in_any_language_and_theme(
    glass: Glass, report: Report, kind: JourneyKind, name: str
) -> None:
    rig = glass.scene(kind, name)
    glass.shows(rig)
    faults = []
    for language in load_languages():
        for theme in THEMES:
            rig.session.choose_comfort("language", language)
            rig.session.choose_comfort("contrast", theme)
            if name == "still-there":
                rig.wait(50)
            glass.redraw()
            found = report[f"{kind.value} {name} {language} {theme}"] = looked_at(glass, theme)
            faults += [(language, theme, one) for one in found]
    assert faults == []


def test_axe_sees_a_field_without_a_name(glass: Glass) -> None:
    glass.shows(glass.scene(JourneyKind.HALL, "contact"))
    glass.page.evaluate("document.querySelectorAll('label').forEach((label) => label.remove())")
    assert "label" in {found["rule"] for found in looked_at(glass)}


@pytest.mark.parametrize(("kind", "name"), EVERY_SCENE, ids=[f"{kind.value}-{name}" for kind, name in EVERY_SCENE])
def test_a_screen_reader_meets_one_title_and_one_main_part_in_the_right_language(
    glass: Glass, kind: JourneyKind, name: str
) -> None:
    glass.shows(glass.scene(kind, name))
    page = glass.page
    assert page.locator("h1").count() == 1
    assert page.locator("main").count() == 1
    assert page.locator("html").get_attribute("lang") == page.locator("#screen").get_attribute("lang")
