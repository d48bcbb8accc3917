"""Invariant 9: the ledger's sum is eligible openings times the rate in force; every cent names its record."""

from __future__ import annotations

from collections.abc import Iterator

import pytest

from tests.town.recount import central_agrees, exact_to_the_cent
from tests.town.town import HALL, PHARMACY, Town
from tests.town.visitor import Wishes

pytestmark = pytest.mark.processes
OPENED_BY_THE_PHARMACY = 5


@pytest.fixture(scope="module")
def busy_town(town: Town) -> Iterator[Town]:
    """Five openings at the counter, two in the hall, a refusal, a person who comes back."""
    town.start()
    for number in range(OPENED_BY_THE_PHARMACY):
        assert town.visit(PHARMACY).enrol(f"crowd-{90 + number}", Wishes(email="canari@exemple.fr")) == "done"
    assert town.visit(PHARMACY).enrol("crowd-98", Wishes(creation=False)) == "refused"
    town.wait_until_all_is_sent()
    assert town.visit(PHARMACY).enrol("crowd-90") == "aim"
    for number in (96, 97):
        assert town.visit(HALL).enrol(f"crowd-{number}") == "thanks"
    town.wait_until_all_is_sent()
    return town


def test_invariant_09_the_sum_is_openings_times_the_rate(busy_town: Town) -> None:
    assert busy_town.at_central("SELECT sum(cents) FROM ledger_entries") == [(100 * OPENED_BY_THE_PHARMACY,)]
    exact_to_the_cent(busy_town)
    central_agrees(busy_town)


def test_invariant_09_a_hall_a_refusal_and_a_second_visit_earn_nothing(busy_town: Town) -> None:
    assert busy_town.at_central("SELECT DISTINCT office_id FROM ledger_entries") == [(PHARMACY.office,)]
    assert busy_town.at_central("SELECT count(*) FROM dossiers") == [(OPENED_BY_THE_PHARMACY + 2,)]


def test_invariant_09_every_cent_names_its_record_terminal_rule_and_version(busy_town: Town) -> None:
    entries = busy_town.at_central(
        "SELECT r.kind, r.terminal_id, e.terminal_id, e.rule, e.rules_version "
        "FROM ledger_entries e JOIN records r USING (record_id)"
    )
    assert len(entries) == OPENED_BY_THE_PHARMACY
    for kind, of_record, of_entry, rule, version in entries:
        assert kind == "enrolment"
        assert of_record == of_entry == PHARMACY.terminal
        assert rule
        assert version >= 1
