"""P1-P12 through the town: the person answers on a screen of their own, three touches of the pharmacist, a preparer."""

from __future__ import annotations

from collections.abc import Iterator

import pytest
from playwright.sync_api import Page
from processes import run_command

from tests.journeys.fingers import WITHIN_MS, Fingers
from tests.journeys.guest import WILLING, Guest
from tests.journeys.records import Traces
from tests.town.town import PHARMACY, Town
from tests.town.visitor import Visitor
from tests.town.wishes import Wishes

pytestmark = [pytest.mark.browser, pytest.mark.processes]

PREPARER_PIN = "369147"
MOST_TOUCHES = 3
PERSONS_OWN = ("notice", "consent", "break_glass", "centre_15", "consultation", "feeding", "contact")


@pytest.fixture
def tablet(pharmacy: Guest) -> Iterator[Page]:
    """The person's own screen: another browser, bound by the code that the counter shows."""
    pharmacy.sign_in()
    context = pharmacy.another_browser()
    page = context.new_page()
    pharmacy.watched.follow(page)
    page.goto(pharmacy.hand.address + "/patient")
    pharmacy.touch("pairing-show")
    page.fill('[data-test="code"]', pharmacy.said("pairing-code"))
    page.click('[data-test="pair"]')
    page.wait_for_selector('[data-test="code"]', state="detached", timeout=WITHIN_MS)
    yield page
    context.close()
    pharmacy.hand.touch("unpair")


def test_with_a_screen_of_their_own_the_pharmacist_touches_three_times(
    town: Town, pharmacy: Guest, tablet: Page, card: str
) -> None:
    before, person, wishes = Traces(town), Fingers(tablet, ""), Wishes(email="comptoir@exemple.fr")
    operator = Fingers(pharmacy.page, PHARMACY.pin)
    pharmacy.hand.insert(card)
    for step in PERSONS_OWN:
        person.see(step)
        pharmacy.see(step)
        if step == "consent":
            pharmacy.picture("operator-watches")
            pharmacy.picture("person-answers", tablet)
        person.touch(step, wishes)
    person.see("proof")
    person.touch("proof", wishes)
    operator.see("identity")
    assert "comptoir@exemple.fr" not in tablet.content()
    operator.touch("identity", wishes)
    operator.touch("confirm", wishes)
    operator.see("done")
    operator.press("finish")
    assert operator.made.total() <= MOST_TOUCHES
    town.wait_until_all_is_sent(PHARMACY)
    assert before.cents(before.the_dossier()) == [100]


def test_the_persons_screen_shows_what_the_counter_shows_after_a_reload_of_both(
    pharmacy: Guest, tablet: Page, card: str
) -> None:
    person = Fingers(tablet, "")
    pharmacy.hand.insert(card)
    person.see("notice")
    person.touch("notice", WILLING)
    person.see("consent")
    tablet.reload()
    pharmacy.page.reload()
    person.see("consent")
    pharmacy.see("consent")
    person.touch("consent", WILLING)
    pharmacy.see("break_glass")


@pytest.fixture
def preparer(town: Town) -> Iterator[Visitor]:
    """A preparer who has a PIN of their own at this pharmacy."""
    home, typed = str(town.folder / "central"), f"{PREPARER_PIN}\n" * 2
    who = ("--office", PHARMACY.office, "--role", "preparer", "--display-name", "Préparatrice fictive")
    run_command("central", "add-operator", "PREPARATEUR-01", *who, "--home", home, typed=typed)
    town.pharmacy.start()  # it asks for its configuration when it starts
    visitor = town.visit(PHARMACY)
    visitor.pin = PREPARER_PIN
    yield visitor
    visitor.pin = PHARMACY.pin
    visitor.touch("sign_out")


def test_what_a_preparer_prepared_waits_for_the_pharmacists_pin(town: Town, preparer: Visitor, card: str) -> None:
    before = Traces(town)
    preparer.up_to("confirm", card=card, wishes=WILLING)
    preparer.touch("confirm", pin=PREPARER_PIN)
    assert preparer.step() == "confirm"
    assert preparer.offers("complaint")
    preparer.touch("confirm", pin=PHARMACY.pin)
    assert preparer.wait_for("done") == "done"
    preparer.pull()
    town.wait_until_all_is_sent(PHARMACY)
    assert before.cents(before.the_dossier()) == [100]
