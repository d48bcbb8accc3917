"""Counts everything again, on every disk, after whatever happened: invariants 1, 2, 8 and 9 as seen from outside."""

from __future__ import annotations

import re
import subprocess
import sys
import uuid
from collections import Counter

from tests.town.launcher import ROOT
from tests.town.town import HALL, PHARMACY, Town

_REFERENCE = re.compile(r"[0-9a-f]{8}-[0-9a-f]{4}-7[0-9a-f]{3}-[89ab][0-9a-f]{3}-[0-9a-f]{12}")
_LOCATOR = re.compile(r"#L=([0-9A-Z]{8})&C=")


def no_slip_without_a_record(town: Town) -> None:
    """Every reference on paper is a record on a terminal's disk; every locator on paper is at the vault."""
    on_disk = {row[0] for stand in (HALL, PHARMACY) for row in town.at_terminal(stand, "SELECT record_id FROM records")}
    at_vault = {row[0] for row in town.at_vault("SELECT locator FROM slips")}
    for paper in town.papers():
        for reference in _REFERENCE.findall(paper.replace("\n", "")):
            assert uuid.UUID(reference).bytes in on_disk, "a slip names a record that no disk knows"
        for locator in _LOCATOR.findall(paper):
            assert locator in at_vault, "a slip bears a locator that the vault never got"


def nothing_lost_nothing_doubled(town: Town) -> None:
    """What the terminals made is what central has, each once; one dossier a person; the vault has each dossier once."""
    for stand in (HALL, PHARMACY):
        made = town.at_terminal(stand, "SELECT record_id, hash FROM records ORDER BY sequence")
        kept = town.at_central(
            "SELECT record_id, record_hash FROM records WHERE terminal_id = ? ORDER BY sequence", stand.terminal
        )
        assert kept == made, f"{stand.label}: central has not exactly what the terminal made"
    dossiers = [row[0] for row in town.at_central("SELECT dossier_id FROM dossiers")]
    persons = [row[0] for row in town.at_central("SELECT dossier_id FROM persons")]
    assert sorted(dossiers) == sorted(persons), "a dossier without its person, or a person with two"
    assert sorted(dossiers) == sorted(row[0] for row in town.at_vault("SELECT dossier_id FROM dossiers"))
    assert town.at_central("SELECT * FROM quarantine") == []
    assert town.at_central("SELECT * FROM chain_incidents") == []


def exact_to_the_cent(town: Town) -> None:
    """A euro for each dossier that the pharmacy opened, and for nothing else."""
    opened = Counter(row[0] for row in town.at_central("SELECT dossier_id FROM dossiers WHERE channel = 'pharmacy'"))
    booked = town.at_central("SELECT dossier_id, cents, state FROM ledger_entries")
    assert Counter(row[0] for row in booked) == opened, "not one entry an opening"
    assert {row[1:] for row in booked} <= {(100, "accrued")}


def central_agrees(town: Town) -> None:
    """Central's own recount: chains, ledger, counters, evidence."""
    home = str(town.folder / "central")
    done = subprocess.run(
        [sys.executable, "-m", "central", "verify", "--home", home],
        cwd=ROOT,
        capture_output=True,
        text=True,
        check=False,
    )
    assert done.returncode == 0, done.stdout + done.stderr


def recount(town: Town) -> None:
    """All of it; everything must have been sent and handed over before."""
    town.wait_until_all_is_sent()
    no_slip_without_a_record(town)
    nothing_lost_nothing_doubled(town)
    exact_to_the_cent(town)
