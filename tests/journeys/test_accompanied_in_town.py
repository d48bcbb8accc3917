"""M1-M9 through the town: a child and a teenager with a parent, a protected adult, a child who waits for a number."""

from __future__ import annotations

import itertools

import msgspec
import pytest

from tests.journeys.guest import Guest
from tests.journeys.records import Traces
from tests.town.town import HALL, PHARMACY, Town
from tests.town.wishes import Wishes

pytestmark = [pytest.mark.browser, pytest.mark.processes]

_family = itertools.count()
WITH_PARENT = Wishes(who=1, representative=0, quality="MTH", email="parent@exemple.fr")


def answers_at_central(town: Town, dossier: bytes) -> dict[str, bool]:
    """Every answer in the evidence of what opened that dossier."""
    ((evidence,),) = town.at_central("SELECT evidence FROM consents WHERE dossier_id = ?", dossier)
    stored = msgspec.msgpack.decode(evidence)
    return {one["question"]: one["accepted"] for one in stored["answers"]}


def test_a_child_with_a_parent_is_heard_and_takes_a_leaflet_home(town: Town, hall: Guest) -> None:
    before, papers = Traces(town), len(town.papers())
    hall.speak("ar")
    hall.up_to("minor_notice", card=f"child-{next(_family)}", wishes=WITH_PARENT)
    hall.picture("minor_notice")
    assert hall.enrol_on(WITH_PARENT) == "thanks"
    hall.picture("thanks-child")
    town.wait_until_all_is_sent(HALL)
    said = answers_at_central(town, before.the_dossier())
    assert said.items() >= {"declaration": True, "heard": True, "creation": True}.items()
    slips = town.papers()[papers:]
    assert len(slips) == 3
    assert "ÉLOÏSE" in slips[0] or "GAËL" in slips[0]  # slip A names both
    assert "LÉO" in slips[0]
    assert "LÉO" not in slips[2]  # the leaflet names nobody


def test_from_sixteen_the_teenagers_own_yes_is_in_the_evidence(town: Town, hall: Guest) -> None:
    before = Traces(town)
    hall.up_to("own_will", card=f"teen-{next(_family)}", wishes=WITH_PARENT)
    hall.picture("own_will")
    assert hall.enrol_on(WITH_PARENT) == "thanks"
    town.wait_until_all_is_sent(HALL)
    assert answers_at_central(town, before.the_dossier())["own_will"] is True


def test_a_teenager_who_says_no_opens_nothing(town: Town, hall: Guest) -> None:
    before = Traces(town)
    hall.up_to("own_will", card=f"teen-{next(_family)}", wishes=WITH_PARENT)
    hall.touch("no")
    hall.see("unchanged")
    hall.picture("unchanged")
    town.wait_until_all_is_sent(HALL)
    assert before.dossiers() == []


def test_a_guardian_opens_for_a_represented_adult_who_was_heard(town: Town, pharmacy: Guest, card: str) -> None:
    """At a counter one person on the card is taken at once; the pharmacist goes back to say that somebody is there."""
    before = Traces(town)
    wishes = Wishes(accompanied=True, representative=-1, quality="TUTEUR", email="tuteur@exemple.fr")
    pharmacy.up_to("notice", card=card)
    pharmacy.touch("back")
    pharmacy.see("who")
    assert pharmacy.enrol_on(wishes) == "done"
    town.wait_until_all_is_sent(PHARMACY)
    said = answers_at_central(town, before.the_dossier())
    assert said.items() >= {"declaration": True, "heard": True, "creation": True}.items()


def test_a_child_without_an_own_number_waits_for_it_and_opens_nothing(town: Town, hall: Guest) -> None:
    before, papers = Traces(town), len(town.papers())
    waiting = "SELECT count(*) FROM pending_ins WHERE given_ms IS NULL"
    ((held,),) = town.at_central(waiting)
    hall.speak("en")
    assert hall.enrol(f"under-{next(_family)}", WITH_PARENT) == "thanks"
    hall.picture("thanks-pending")
    town.wait_until_all_is_sent(HALL)
    assert before.dossiers() == []
    assert town.at_central(waiting) == [(held + 1,)]
    assert len(town.papers()) - papers == 2  # acknowledgement and leaflet: no code for what is not open
