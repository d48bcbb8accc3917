"""Invariant 11: with no network a terminal enrols for as long as its disk lasts, and tells early what is waiting."""

from __future__ import annotations

import contextlib
import re
import subprocess
from collections.abc import Iterator
from pathlib import Path

import pytest

from tests.town.recount import recount
from tests.town.town import PHARMACY, Town
from tests.town.visitor import Wishes

pytestmark = pytest.mark.processes
WISHES = Wishes(email="canari@exemple.fr")
ENROLLED_OFFLINE = 12


def test_invariant_11_a_terminal_without_network_enrols_and_says_what_waits(town: Town) -> None:
    town.pharmacy.start()
    visitor = town.visit(PHARMACY)
    for number in range(ENROLLED_OFFLINE):
        assert visitor.enrol(f"crowd-{120 + number}", WISHES) == "done"
    shown = re.search(r'data-test="count-waiting"[^>]*>\s*(\d+)', visitor.page())
    assert shown is not None
    assert int(shown[1]) >= ENROLLED_OFFLINE


def test_invariant_11_a_restart_without_network_changes_nothing(town: Town) -> None:
    before = town.at_terminal(PHARMACY, "SELECT count(*) FROM records WHERE state = 'waiting'")
    town.pharmacy.cut_now()
    town.pharmacy.start()
    assert town.at_terminal(PHARMACY, "SELECT count(*) FROM records WHERE state = 'waiting'") == before


def test_invariant_11_all_arrive_once_and_in_order_when_the_network_is_back(town: Town) -> None:
    town.start()
    recount(town)
    arrived = town.at_central(
        "SELECT sequence FROM records WHERE terminal_id = ? ORDER BY record_id", PHARMACY.terminal
    )
    assert [row[0] for row in arrived] == list(range(1, len(arrived) + 1))
    assert town.at_central("SELECT count(*) FROM dossiers") == [(ENROLLED_OFFLINE,)]


@pytest.fixture
def tiny_disk(town: Town, tmp_path: Path) -> Iterator[Path]:
    """The terminal's folder on a disk of two megabytes, nearly full."""
    town.pharmacy.stop()
    home = town.folder / PHARMACY.folder
    aside = tmp_path / "aside"
    home.rename(aside)
    home.mkdir(mode=0o700)
    subprocess.run(["mount", "-t", "tmpfs", "-o", "size=2m,mode=0700", "tmpfs", str(home)], check=True)
    subprocess.run(["cp", "-a", f"{aside}/.", str(home)], check=True)
    yield home
    town.pharmacy.stop()
    subprocess.run(["umount", str(home)], check=True)
    home.rmdir()
    aside.rename(home)


def test_invariant_11_a_full_disk_prints_no_slip_and_keeps_all_it_has(town: Town, tiny_disk: Path) -> None:
    town.pharmacy.start()
    visitor = town.visit(PHARMACY)
    visitor.up_to_confirmation("crowd-140", WISHES)
    papers = len(town.papers())
    filler = tiny_disk / "filler"
    with filler.open("wb", buffering=0) as full, contextlib.suppress(OSError):
        while True:
            full.write(b"\0" * 4096)
    visitor.touch("confirm")
    assert visitor.wait_for("stopped", "done", "out_of_service") != "done"
    assert len(town.papers()) == papers
    visitor.pull()
    filler.unlink()
    town.pharmacy.start()
    assert visitor.enrol("crowd-140", WISHES) == "done"
    recount(town)
