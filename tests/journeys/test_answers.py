"""What a person answers arrives so: alone in the hall, refusing, opposing, with keys only."""

from __future__ import annotations

from dataclasses import replace

import pytest
from playwright.sync_api import Locator, expect

from tests.journeys.guest import WILLING, WITHOUT_CONTACT, Guest
from tests.journeys.home import Office
from tests.journeys.records import Traces
from tests.journeys.slips import is_slip_b
from tests.town.town import HALL, Town
from tests.waiting import wait_for
from wire.identifiers import RecordId

pytestmark = [pytest.mark.browser, pytest.mark.processes]

HOUR_MS = 60 * 60 * 1000


def stamp_ms(record: bytes) -> int:
    """The time in a record id."""
    return int.from_bytes(RecordId(record).value[:6], "big")


def test_the_hall_needs_the_agents_pin_lets_one_change_ones_mind_and_pays_nobody(
    town: Town, hall: Guest, card: str
) -> None:
    before, papers = Traces(town), len(town.papers())
    hall.picture("attract")
    hall.come(card)
    hall.picture("notice")
    hall.answer(WILLING)
    hall.give_contact(WITHOUT_CONTACT)
    hall.see("summary")
    hall.picture("summary")
    hall.touch("edit-centre_15")
    hall.see("centre_15")
    hall.picture("centre_15-again")
    hall.touch("no")
    hall.see("summary")
    assert (hall.said("said-break_glass"), hall.said("said-centre_15")) == ("Oui", "Non")
    hall.touch("back")
    hall.see("slip_offer")
    hall.picture("slip_offer")
    hall.touch("no")
    hall.see("summary")
    hall.touch("agree")
    hall.attest("000000")
    hall.page.wait_for_selector('[data-test="complaint"]')
    hall.picture("pin-wrong")
    assert hall.step() == "identity"
    hall.type_pin(hall.stand.pin)
    hall.touch("attest")
    hall.see("confirm")
    hall.picture("confirm")
    hall.touch("confirm")
    hall.see("thanks")
    hall.picture("thanks")

    town.wait_until_all_is_sent(HALL)
    assert [is_slip_b(paper) for paper in town.papers()[papers:]] == [False]
    dossier = before.the_dossier()
    assert before.refusals_at_central(dossier) == (False, True)
    assert before.account(dossier) == "none"
    assert before.cents(dossier) == []


def test_a_refusal_at_the_consent_leaves_one_anonymous_count_of_the_hour_and_nothing_else(
    town: Town, hall: Guest, office: Office, card: str
) -> None:
    before, refused, held = Traces(town), office.count("refused"), everything_of_persons(town)
    hall.come(card)
    hall.answer(replace(WILLING, creation=False))
    hall.see("refused")
    hall.picture("refused")
    wait_for("the refusal is at central", lambda: before.routings("refusal"))

    (routing,) = before.routings("refusal")
    assert routing.captured_ms % HOUR_MS == 0
    assert stamp_ms(routing.record_id) == routing.captured_ms
    assert (routing.administrative_hash, routing.vault_hash) == (None, None)
    town.wait_until_all_is_sent(HALL)
    assert everything_of_persons(town) == held
    office.wait_for("refused", refused + 1)


def everything_of_persons(town: Town) -> list[int]:
    """Rows of whatever is kept per person, at central and at the vault."""
    central = [
        town.at_central(f"SELECT count(*) FROM {table}") for table in ("persons", "dossiers", "consents", "slips")
    ]
    vault = [town.at_vault(f"SELECT count(*) FROM {table}") for table in ("dossiers", "wraps", "slips", "records")]
    return [count for ((count,),) in central + vault]


@pytest.mark.parametrize(
    ("break_glass", "centre_15", "made"),
    [(True, False, {"break_glass"}), (False, True, {"centre_15"}), (False, False, set())],
    ids=["centre 15 opposed", "break-the-glass opposed", "both opposed"],
)
def test_invariant_07_who_opposes_has_no_such_wrap_at_the_vault_and_central_says_so(
    town: Town, pharmacy: Guest, card: str, break_glass: bool, centre_15: bool, made: set[str]
) -> None:
    before = Traces(town)
    assert pharmacy.enrol(card, replace(WILLING, break_glass=break_glass, centre_15=centre_15)) == "done"
    town.wait_until_all_is_sent()
    dossier = before.the_dossier()
    assert before.refusals_at_central(dossier) == (not break_glass, not centre_15)
    assert before.wraps(dossier) == {"patient", "recovery"} | made


def test_the_whole_hall_journey_can_be_done_with_tab_space_and_enter(town: Town, hall: Guest, card: str) -> None:
    keys = hall.page.keyboard
    before = Traces(town)

    def press_on(name: str, key: str = "Enter") -> None:
        for _ in range(60):
            if hall.page.evaluate("document.activeElement?.dataset.test") == name:
                break
            keys.press("Tab")
        assert hall.page.evaluate("document.activeElement?.dataset.test") == name, f"{name} cannot be reached"
        keys.press(key)

    hall.insert(card)
    hall.see("who")
    press_on("person-0")
    hall.see("notice")
    expect(hall.page.locator("main h1")).to_be_focused()
    keys.press("Tab")  # into the notice, which scrolls
    keys.press("End")
    expect(hall.page.locator("[data-notice-field]")).to_have_value("1")
    press_on("notice-read")
    for step in ("consent", "break_glass", "centre_15"):
        hall.see(step)
        press_on("yes")
    hall.see("contact")
    press_on("mobile", "Home")
    keys.type("0612345678")
    keys.press("Enter")
    hall.see("proof")
    press_on("code-later")
    hall.see("alerts")
    press_on("alerts-first_access")
    hall.see("summary")
    press_on("agree")
    hall.see("identity")
    press_on("statement-0", "Space")
    press_on("statement-1", "Space")
    press_on("method-identity_card", "Space")
    press_on("pin", "Home")
    keys.type(hall.stand.pin)
    keys.press("Enter")
    hall.see("confirm")
    press_on("confirm")
    hall.see("thanks")
    town.wait_until_all_is_sent(HALL)
    assert before.account(before.the_dossier()) == "to_activate"


def test_nothing_is_chosen_before_the_person_chooses(hall: Guest, card: str) -> None:
    hall.come(card)
    hall.read_notice()
    for step in ("consent", "break_glass", "centre_15"):
        hall.see(step)
        yes, no = hall.page.locator('[data-test="yes"]'), hall.page.locator('[data-test="no"]')
        assert looks_of(yes) == looks_of(no)
        hall.touch("yes")
    hall.give_contact(WILLING)
    hall.see("summary")
    hall.touch("agree")
    hall.see("identity")
    assert hall.page.locator("input:checked").count() == 0


def looks_of(button: Locator) -> object:
    """Colours and size: neither answer may look like the expected one."""
    return button.evaluate(
        """one => { const seen = getComputedStyle(one); const box = one.getBoundingClientRect();
        return [seen.backgroundColor, seen.color, seen.borderColor, seen.fontWeight, Math.round(box.width)]; }"""
    )
