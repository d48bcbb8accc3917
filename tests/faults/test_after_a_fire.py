"""Central's disk burns: it is put back from a backup that was made while it ran, and real terminals go on with it."""

from __future__ import annotations

import subprocess
import sys

import pytest

from tests.town.launcher import ROOT
from tests.town.recount import central_agrees
from tests.town.town import HALL, PHARMACY, Town
from tests.town.visitor import Wishes

pytestmark = pytest.mark.processes


@pytest.fixture(scope="module")
def burnt(town: Town) -> Town:
    """One person before the backup, one after it, the fire, and one at each terminal since."""
    assert town.visit(PHARMACY).enrol("crowd-201", Wishes()) == "done"
    town.wait_until_all_is_sent()
    home, identity, backup = town.folder / "central", town.folder / "identity", town.folder / "central.age"
    (home / "backup.recipients").write_text(central(town, "backup-key", str(identity)))
    central(town, "backup", str(backup))
    assert town.visit(PHARMACY).enrol("crowd-202", Wishes()) == "done"
    town.wait_until_all_is_sent()
    town.central.stop()
    for file in home.glob("central.db*"):
        file.unlink()
    central(town, "restore", str(backup), "--identity", str(identity))
    town.central.start()
    assert town.visit(PHARMACY).enrol("crowd-203", Wishes()) == "done"
    assert town.visit(HALL).enrol("crowd-204", Wishes()) == "thanks"
    town.wait_until_all_is_sent(within_s=120)
    return town


def central(town: Town, *words: str) -> str:
    command = [sys.executable, "-m", "central", *words, "--home", str(town.folder / "central")]
    done = subprocess.run(command, cwd=ROOT, capture_output=True, text=True, check=False)
    assert done.returncode == 0, done.stdout + done.stderr
    return done.stdout


def test_terminals_go_on_and_everything_counted_again_agrees(burnt: Town) -> None:
    assert burnt.at_central("SELECT count(*) FROM dossiers") == [(3,)]
    central_agrees(burnt)


def test_what_was_lost_stands_as_a_gap_of_its_terminal_and_of_no_other(burnt: Town) -> None:
    lost = burnt.at_central("SELECT terminal_id, kind FROM chain_incidents WHERE closed_ms IS NULL")
    assert lost == [(PHARMACY.terminal, "gap")]


def test_the_slip_of_who_was_lost_still_has_its_dossier_at_the_host(burnt: Town) -> None:
    assert burnt.at_vault("SELECT count(*) FROM dossiers") == [(4,)]
