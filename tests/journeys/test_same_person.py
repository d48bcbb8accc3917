"""The same person twice: told so when the line is up; one dossier and one euro when it was not."""

from __future__ import annotations

from dataclasses import replace

import pytest

from tests.journeys.guest import WILLING, Guest
from tests.journeys.home import Home
from tests.journeys.records import Traces
from tests.journeys.slips import Printed, is_slip_b, read_words
from tests.town.town import HALL, PHARMACY, Stand, Town
from tests.waiting import wait_for

pytestmark = [pytest.mark.browser, pytest.mark.processes]

_SLIPS = "SELECT state FROM slips WHERE dossier_id = ? ORDER BY received_ms"
_BACK_WITHIN_S = 120.0  # the terminals' back-off has grown while central was away


def test_the_same_card_again_is_told_that_a_dossier_exists_and_leaves_no_record(
    town: Town, pharmacy: Guest, card: str
) -> None:
    assert pharmacy.enrol(card, WILLING) == "done"
    town.wait_until_all_is_sent()
    before, kept = Traces(town), records_at(town, PHARMACY)
    pharmacy.hand.pull()
    assert pharmacy.up_to("aim", card=card) == "aim"
    assert pharmacy.page.get_attribute("[data-status]", "data-status") == "active"
    assert not pharmacy.shows("aim-enrolment")
    pharmacy.picture("active")
    assert records_at(town, PHARMACY) == kept
    assert before.dossiers() == []


@pytest.mark.parametrize(("first", "cents"), [(PHARMACY, [100]), (HALL, [])], ids=["pharmacy first", "hall first"])
def test_twice_offline_on_two_terminals_is_one_dossier_one_euro_at_most_and_the_refusal_wins(
    town: Town, hall: Guest, pharmacy: Guest, home: Home, card: str, first: Stand, cents: list[int]
) -> None:
    before, papers = Traces(town), len(town.papers())
    second, late = (HALL, town.hall) if first is PHARMACY else (PHARMACY, town.pharmacy)
    town.central.stop()
    try:
        assert pharmacy.enrol(card, WILLING) == "done"
        assert hall.enrol(card, replace(WILLING, break_glass=False)) == "thanks"
        for guest in (hall, pharmacy):
            guest.context.close()
        late.stop()
    finally:
        town.central.start()
    town.wait_until_all_is_sent(first, within_s=_BACK_WITHIN_S)
    dossier = before.the_dossier()
    late.start()
    town.wait_until_all_is_sent(second, within_s=_BACK_WITHIN_S)

    assert before.the_dossier() == dossier
    assert before.cents(dossier) == cents
    assert before.refusals_at_central(dossier) == (True, False)
    assert "break_glass" not in before.wraps(dossier)
    slips = [read_words(paper) for paper in town.papers()[papers:] if is_slip_b(paper)]  # the pharmacy's, the hall's
    first_slip, last_slip = slips if first is PHARMACY else reversed(slips)
    wait_for("the later code is in force", lambda: states_of_slips(town, dossier) == ["void", "live"])
    assert home.activate(address_of(first_slip, home)) == "void"
    assert home.activate(address_of(last_slip, home)) == "activated"
    home.picture(f"second-slip-{first.label}-first")


def records_at(town: Town, stand: Stand) -> int:
    """Records a terminal ever made."""
    return len(town.at_terminal(stand, "SELECT 1 FROM records"))


def states_of_slips(town: Town, dossier: bytes) -> list[str]:
    """What the vault holds of them, the first to arrive first."""
    return [str(state) for (state,) in town.at_vault(_SLIPS, dossier)]


def address_of(slip: Printed, home: Home) -> str:
    """What the square of that slip says."""
    return f"{home.address}#L={slip.locator}&C={slip.code}"


def test_the_count_of_what_waits_is_on_the_counters_screen_while_central_is_away(
    town: Town, pharmacy: Guest, card: str
) -> None:
    town.wait_until_all_is_sent(HALL, PHARMACY)
    town.central.stop()
    try:
        assert pharmacy.enrol(card, WILLING) == "done"
        assert int(pharmacy.said("count-waiting")) >= 1
    finally:
        town.central.start()
    town.wait_until_all_is_sent(PHARMACY, within_s=_BACK_WITHIN_S)
