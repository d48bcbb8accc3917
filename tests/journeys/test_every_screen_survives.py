"""On every screen: reload, browser killed, second tab change nothing; silence and a pulled card leave no trace.

One terminal over fakes, whose clock the test turns; what the town's processes add stands in test_disposable_browser.py.
"""

from __future__ import annotations

from collections.abc import Iterator

import pytest
from playwright.sync_api import Browser, Page, expect

from kiosk.enrolment.steps import PERSONAL, JourneyKind
from tests.fakes.enrolment_rig import EnrolmentRig
from tests.fakes.programme import Programme
from tests.fakes.scenes import SCENES
from tests.look.glass import Glass, opened
from tests.waiting import wait_until

pytestmark = pytest.mark.browser

EVERY_SCENE = [(kind, name) for kind, scenes in SCENES.items() for name in scenes]
TRACES = ("CAMILLE", "INÈS", "LÉO", "JEANNE", "SPÉCIMEN", "camille@exemple.fr", "06 12 34 56 78")
WARNED_S, LEFT_S = 45, 15  # of silence, one after the other


def _by_name() -> Iterator[tuple[JourneyKind, str]]:
    """Each screen once: a browser that comes back is told the same at a counter as in a hall, by the same lines."""
    seen = set[str]()
    for kind, name in EVERY_SCENE:
        if name not in seen:
            seen.add(name)
            yield kind, name


def _personal() -> Iterator[tuple[JourneyKind, str]]:
    programme, seen = Programme(), set[str]()
    for kind, name in EVERY_SCENE:
        rig = EnrolmentRig(kind, programme)
        SCENES[kind][name](rig)
        if rig.step in PERSONAL and name not in seen:
            seen.add(name)  # the counter's screens are the hall's by the same rules: only its own are looked at again
            yield kind, name


PERSONS = list(_personal())
NAMED = list(_by_name())


def _ids(scenes: list[tuple[JourneyKind, str]]) -> list[str]:
    return [f"{kind.value}-{name}" for kind, name in scenes]


@pytest.fixture(scope="module")
def glass(browser: Browser) -> Iterator[Glass]:
    with opened(browser) as one:
        yield one


def words(page: Page) -> tuple[str | None, str, int]:
    """The step, what stands there, how many things are chosen."""
    main = page.locator("main")
    return main.get_attribute("data-step"), main.inner_text(), page.locator("main :checked").count()


@pytest.mark.parametrize(("kind", "name"), NAMED, ids=_ids(NAMED))
def test_reload_a_second_tab_and_a_killed_browser_show_the_same_screen(
    glass: Glass, browser: Browser, kind: JourneyKind, name: str
) -> None:
    rig = glass.scene(kind, name)
    kept = len(rig.store.drafts)
    glass.shows(rig)
    shown = words(glass.page)
    glass.page.reload()
    assert wait_until(lambda: words(glass.page) == shown), (words(glass.page), shown)
    killed = browser.new_context(viewport=glass.page.viewport_size)  # no cookie, no history: another browser
    try:
        page = killed.new_page()
        page.goto(glass.address)
        # A button that knows how far the notice was read says so a moment later.
        assert wait_until(lambda: words(page) == shown), (words(page), shown)
    finally:
        killed.close()
    assert len(rig.store.drafts) == kept


@pytest.mark.parametrize(("kind", "name"), PERSONS, ids=_ids(PERSONS))
def test_a_pulled_card_takes_the_person_off_the_glass_at_once(glass: Glass, kind: JourneyKind, name: str) -> None:
    rig = glass.scene(kind, name)
    glass.shows(rig)
    rig.reader.pull()
    expect(glass.page.locator('main[data-step="stopped"]')).to_be_visible()
    assert [trace for trace in TRACES if trace in glass.page.content()] == []
    assert (rig.journey.card, rig.journey.contact, rig.journey.answers) == (None, None, ())


# The rule is one for all of them (test_any_touches.py tries them all); here, one screen of each shape.
WAITING = [
    scene
    for scene in PERSONS
    if scene[1]
    in {"who", "notice", "consent", "contact-wrong", "proof", "representative_name", "summary", "identity", "confirm"}
]


@pytest.mark.parametrize(("kind", "name"), WAITING, ids=_ids(WAITING))
def test_silence_warns_and_then_leaves_nothing(glass: Glass, kind: JourneyKind, name: str) -> None:
    rig = glass.scene(kind, name)
    glass.shows(rig)
    step = rig.step.value
    rig.clock.forward(WARNED_S)
    expect(glass.page.locator('[data-test="stay"]')).to_be_visible()
    rig.clock.forward(LEFT_S)
    expect(glass.page.locator(f'main[data-step="{step}"]')).to_have_count(0)
    assert [trace for trace in TRACES if trace in glass.page.content()] == []
