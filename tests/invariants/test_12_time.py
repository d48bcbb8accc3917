"""Invariant 12: central never trusts a terminal's clock alone."""

from __future__ import annotations

import sqlite3
from contextlib import closing
from datetime import UTC, datetime, timedelta

import pytest

from tests.fakes.drafts import enrolment
from tests.town.crowd import person
from tests.town.forger import Forger, without
from tests.town.town import HALL, Town
from wire.identifiers import milliseconds

pytestmark = pytest.mark.processes
DAY = timedelta(days=1)


@pytest.fixture(scope="module")
def forger(town: Town) -> Forger:
    with closing(sqlite3.connect(town.folder / "central" / "central.db")) as database, database:
        long_ago = milliseconds(datetime.now(UTC) - 1000 * DAY)  # before its registration nothing can have happened
        database.execute("UPDATE devices SET registered_ms = ?", (long_ago,))
    town.start(terminals=False)
    return Forger(town, HALL)


def opened(town: Town, forger: Forger, number: int, captured: datetime, floor: datetime | None) -> tuple[str, int, int]:
    """Send an enrolment with these times; give opened_on, earliest and received as central keeps them."""
    draft = enrolment(datetime.now(UTC), forger.terminal, forger.trust)
    facts = draft.administrative
    somebody = without(facts, traits=without(facts.traits, nir=person(number).number))  # type: ignore[union-attr]
    record = forger.record(
        "enrolment",
        somebody,
        draft.vault,
        record_id=draft.record_id,
        captured_ms=milliseconds(captured),
        floor_ms=None if floor is None else milliseconds(floor),
    )
    outcome = forger.send(record)[0]
    assert outcome.code is None, outcome.code
    ((day, earliest, received),) = town.at_central(
        "SELECT opened_on, earliest_ms, received_ms FROM dossiers WHERE record_id = ?", draft.record_id.value
    )
    return day, earliest, received


def day_of(at: datetime) -> set[str]:
    """The date, whichever side of midnight in Paris it falls."""
    return {f"{at - timedelta(hours=2):%Y-%m-%d}", f"{at:%Y-%m-%d}", f"{at + timedelta(hours=2):%Y-%m-%d}"}


def test_invariant_12_a_clock_ahead_of_arrival_is_brought_back_to_arrival(town: Town, forger: Forger) -> None:
    now = datetime.now(UTC)
    day, _, received = opened(town, forger, 201, now + 400 * DAY, now - DAY)
    assert day in day_of(now)
    assert abs(received - milliseconds(now)) < 60_000


def test_invariant_12_a_clock_behind_the_last_signed_time_is_brought_up_to_it(town: Town, forger: Forger) -> None:
    now = datetime.now(UTC)
    day, earliest, _ = opened(town, forger, 202, now - 400 * DAY, now - 3 * DAY)
    assert day in day_of(now - 3 * DAY)
    assert earliest == milliseconds(now - 3 * DAY)


def test_invariant_12_a_time_within_the_bound_is_believed(town: Town, forger: Forger) -> None:
    now = datetime.now(UTC)
    day, _, _ = opened(town, forger, 203, now - 2 * DAY, now - 3 * DAY)
    assert day in day_of(now - 2 * DAY)


def test_invariant_12_a_floor_in_the_future_is_not_believed_either(town: Town, forger: Forger) -> None:
    now = datetime.now(UTC)
    day, _, _ = opened(town, forger, 204, now - DAY, now + 300 * DAY)
    assert day <= max(day_of(now))
