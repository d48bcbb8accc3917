"""Every kind of visit, in every language, in a real browser over one terminal whose ports are fakes."""

from __future__ import annotations

from collections.abc import Iterator

import pytest
from playwright.sync_api import Browser, Page

from kiosk.enrolment.languages import load_languages
from kiosk.enrolment.ports import RecordDraft
from tests.fakes.enrolment_rig import EnrolmentRig
from tests.fakes.programme import Programme
from tests.journeys.fingers import Fingers
from tests.journeys.guest import PORTRAIT, Watched
from tests.journeys.visits import VISITS, Visit
from tests.look.served import served
from tests.town.visitor import LAST_SCREENS
from wire.records import RecordKind

pytestmark = pytest.mark.browser

_PROGRAMME = Programme()
LANGUAGES = tuple(load_languages())
# What most people come for is walked in every language; the others in one each, in turn (scripts/soak: in all).
IN_EVERY_LANGUAGE = ("alone, e-mail proved", "counter", "child with a parent", "new code", "refusal")
ALL = [(name, language) for name in VISITS for language in LANGUAGES]
SAMPLED = [
    (name, language)
    for number, name in enumerate(VISITS)
    for language in LANGUAGES
    if name in IN_EVERY_LANGUAGE or language == LANGUAGES[number % len(LANGUAGES)]
]
_SAMPLED_ROUNDS = 8  # the default of --rounds


def pytest_generate_tests(metafunc: pytest.Metafunc) -> None:
    if "language" in metafunc.fixturenames:
        is_sampled = metafunc.config.getoption("--rounds") <= _SAMPLED_ROUNDS
        metafunc.parametrize(("name", "language"), SAMPLED if is_sampled else ALL)


@pytest.fixture
def page(browser: Browser) -> Iterator[Page]:
    watched = Watched()
    width, height = PORTRAIT
    context = browser.new_context(viewport={"width": width, "height": height})
    one = context.new_page()
    watched.follow(one)
    yield one
    context.close()
    assert watched.unexpected() == []


def records_of_persons(rig: EnrolmentRig) -> list[RecordDraft]:
    return [draft for draft in rig.store.drafts if draft.kind is not RecordKind.SLIP_OUTCOME]


def walk(page: Page, rig: EnrolmentRig, visit: Visit, language: str) -> str:
    """From the screen that waits to the last one."""
    fingers = Fingers(page, visit.pin, lambda _address: rig.prover.last_code)
    if fingers.step() == "sign_in":
        fingers.type_pin(visit.pin)
        fingers.press("sign-in")
    page.wait_for_selector('main[data-step="attract"]')
    if language != "fr":
        fingers.press(f"language-{language}")
        page.wait_for_selector(f'[data-test="language-{language}"][aria-pressed="true"]')
    rig.reader.insert(visit.card)
    page.wait_for_selector('main:not([data-step="attract"])')
    return fingers.up_to(*LAST_SCREENS, wishes=visit.wishes)


def test_a_visit_leaves_its_one_record_and_its_slips(page: Page, name: str, language: str) -> None:
    visit = VISITS[name]
    rig = visit.rig(EnrolmentRig(visit.kind, _PROGRAMME))
    with served(rig) as address:
        page.goto(address)
        assert walk(page, rig, visit, language) == visit.last
        page.goto("about:blank")  # no page asks a server that is gone
        assert [draft.kind for draft in records_of_persons(rig)] == [visit.leaves] * (visit.leaves is not None)
        assert "".join(slip.kind.value for slip in rig.printer.given) == visit.slips
        for draft in records_of_persons(rig):
            answers = getattr(draft.administrative, "answers", ())
            said = {one.question.value: one.accepted for one in answers}
            assert said == (visit.questions or said)
            assert {one.shown.language for one in answers} <= {language}
