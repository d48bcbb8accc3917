"""Invariant 8: each change of state has exactly one audit entry, in a hash chain."""

from __future__ import annotations

import shutil
import sqlite3
from collections import Counter
from contextlib import closing

import pytest

from tests.invariants.test_05_activation_code import activate
from tests.town.canaries import code_on, locator_on
from tests.town.recount import central_agrees
from tests.town.town import HALL, PHARMACY, Town
from tests.town.visitor import Wishes
from tests.waiting import wait_for

pytestmark = pytest.mark.processes


def test_invariant_08_each_change_of_state_is_told_once(town: Town) -> None:
    town.start()
    assert town.visit(PHARMACY).enrol("crowd-80", Wishes(email="canari@exemple.fr")) == "done"
    town.wait_until_all_is_sent()
    activate(town, locator_on(town.papers()), code_on(town.papers()).grouped())
    assert town.visit(HALL).enrol("crowd-81") == "thanks"
    town.wait_until_all_is_sent()
    wait_for("central knows", lambda: town.at_central("SELECT 1 FROM accounts WHERE state = 'active'"))
    told = Counter(tag for (tag,) in town.at_central("SELECT tag FROM audit_entries"))
    assert told["dossier:opened"] == 2
    assert told["account:to_activate"] == 2
    assert told["account:activated"] == 1
    assert told["ledger:accrued"] == 1
    central_agrees(town)


def test_invariant_08_sending_everything_again_tells_nothing_new(town: Town) -> None:
    before = town.at_central("SELECT count(*) FROM audit_entries WHERE tag NOT LIKE 'person:%'")
    town.stop()
    database = town.folder / PHARMACY.folder / "terminal.db"
    kept = {row[0]: row[1] for row in town.at_central("SELECT record_id, raw FROM records")}
    with closing(sqlite3.connect(database)) as connection, connection:
        for (name,) in connection.execute("SELECT record_id FROM records").fetchall():
            connection.execute("UPDATE records SET state = 'waiting', raw = ? WHERE record_id = ?", (kept[name], name))
    town.start()
    town.wait_until_all_is_sent()
    assert town.at_central("SELECT count(*) FROM audit_entries WHERE tag NOT LIKE 'person:%'") == before
    central_agrees(town)


@pytest.mark.parametrize(
    "tampering",
    [
        "UPDATE audit_entries SET tag = 'account:locked' WHERE tag = 'account:activated'",
        "DELETE FROM audit_entries WHERE tag = 'account:activated'",
    ],
)
def test_invariant_08_a_changed_or_missing_entry_is_noticed(town: Town, tampering: str) -> None:
    town.stop()
    database = town.folder / "central" / "central.db"
    with closing(sqlite3.connect(database)) as connection:
        connection.execute("PRAGMA wal_checkpoint(TRUNCATE)")  # else the copy lacks what the log still holds
    shutil.copy(database, town.folder / "kept.db")
    with closing(sqlite3.connect(database)) as connection, connection:
        connection.execute(tampering)
    with pytest.raises(AssertionError, match="BROKEN"):
        central_agrees(town)
    shutil.copy(town.folder / "kept.db", database)
    central_agrees(town)
