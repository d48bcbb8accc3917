"""``central recount``: its exit codes, its notes, and that it only reads."""

from __future__ import annotations

import argparse
import io
from collections.abc import Callable, Iterator
from pathlib import Path

import pytest
from sqlalchemy import update

from central.commands import recount
from central.commands.desk import Desk
from central.counters.models import counters
from central.engine import writing
from central.passwords import Passwords
from central.settings import CentralSettings
from tests.central.intake_rig import ARRIVAL, IntakeRig

Run = Callable[..., tuple[int, str]]


@pytest.fixture
def rig(tmp_path: Path) -> Iterator[IntakeRig]:
    central = IntakeRig(tmp_path)
    terminal = central.terminal()
    for person in range(5):
        terminal.enrol(person)
    central.send(terminal)
    yield central
    central.close()


@pytest.fixture
def run(rig: IntakeRig) -> Run:
    def command(*arguments: str) -> tuple[int, str]:
        parser = argparse.ArgumentParser()
        recount.add_parsers(parser.add_subparsers())
        options = parser.parse_args(("recount", *arguments))
        out = io.StringIO()
        settings = CentralSettings(home=rig.folder, database=rig.database)
        return options.command(Desk(settings, lambda: ARRIVAL, out, str, Passwords()), options), out.getvalue()

    return command


def test_answers_0_when_the_counters_are_the_facts_and_leaves_no_notes(run: Run, rig: IntakeRig) -> None:
    code, said = run("--piece", "2")
    assert code == recount.EQUAL
    assert said.splitlines() == [
        "counters: as the facts say",
        "ledger: 5 openings earn 500 cents, 500 are booked",
        "the counters are the facts",
    ]
    assert not (rig.folder / "recount.notes").exists()


def test_answers_1_and_names_the_cell_when_they_are_not(run: Run, rig: IntakeRig) -> None:
    with writing(rig.engine) as connection:
        wrong = (counters.c.dimension == "channel") & (counters.c.period == "all")
        opened = counters.c.measure == "dossiers_opened"
        connection.execute(update(counters).where(wrong & opened).values(value=6))
    code, said = run()
    assert code == recount.DIFFERENT
    assert "dossiers_opened of channel pharmacy, all: 6 counted, 5 by the facts" in said


def test_answers_2_when_the_notes_are_on_something_else(run: Run, tmp_path: Path) -> None:
    other = tmp_path / "letter"
    other.write_bytes(b"not a notebook" * 100)
    code, said = run("--notes", str(other))
    assert code == recount.UNFINISHED
    assert said.startswith("not finished: ")


def test_answers_2_when_interrupted_and_goes_on_from_its_notes(
    run: Run, rig: IntakeRig, monkeypatch: pytest.MonkeyPatch
) -> None:
    def interrupt(_connection: object, _sums: object) -> None:
        raise KeyboardInterrupt

    with monkeypatch.context() as patched:
        patched.setattr("central.recount.service.differences", interrupt)
        code, said = run("--piece", "1")
    assert (code, said.startswith("not finished: interrupted")) == (recount.UNFINISHED, True)
    assert (rig.folder / "recount.notes").exists()
    assert run("--piece", "1")[0] == recount.EQUAL


def test_answers_2_when_there_is_no_database_to_read(run: Run, rig: IntakeRig, tmp_path: Path) -> None:
    options = argparse.Namespace(notes=tmp_path / "notes", piece=10)
    nowhere = CentralSettings(home=rig.folder, database=f"sqlite:///{tmp_path / 'nowhere.db'}")
    out = io.StringIO()
    assert recount.recount_command(Desk(nowhere, lambda: ARRIVAL, out, str, Passwords()), options) == recount.UNFINISHED
    assert not (tmp_path / "nowhere.db").exists()
