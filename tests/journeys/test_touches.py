"""What a visit costs in touches: the person at most twelve when nothing is typed, the pharmacist three."""

from __future__ import annotations

from collections.abc import Iterator

import pytest
from playwright.sync_api import Browser, Page

from tests.fakes.enrolment_rig import EnrolmentRig
from tests.fakes.programme import Programme
from tests.journeys.counting import Cost, cost_of
from tests.journeys.guest import PORTRAIT
from tests.journeys.visits import VISITS
from tests.look.served import served

pytestmark = pytest.mark.browser

MOST_OF_THE_PERSON, MOST_OF_THE_OPERATOR = 12, 3


@pytest.fixture
def page(browser: Browser) -> Iterator[Page]:
    width, height = PORTRAIT
    context = browser.new_context(viewport={"width": width, "height": height})
    yield context.new_page()
    context.close()


def cost(page: Page, name: str) -> Cost:
    """Of the visit of that name."""
    visit = VISITS[name]
    rig = visit.rig(EnrolmentRig(visit.kind, Programme()))
    with served(rig) as address:
        page.goto(address)
        found = cost_of(page, rig, visit)
        page.goto("about:blank")
    assert found.last == visit.last
    return found


@pytest.mark.parametrize("name", ["alone, no contact", "refusal"])
def test_a_guided_visit_costs_the_person_at_most_twelve_touches(page: Page, name: str) -> None:
    assert cost(page, name).person <= MOST_OF_THE_PERSON


def test_a_refusal_costs_less_than_a_yes(page: Page) -> None:
    assert cost(page, "refusal").person < cost(page, "alone, no contact").person


def test_at_a_counter_the_operator_touches_three_times(page: Page) -> None:
    assert cost(page, "counter").operator <= MOST_OF_THE_OPERATOR
