"""The recount in pieces says what a whole one says, whoever kills it and whatever comes in meanwhile."""

from __future__ import annotations

from datetime import timedelta
from itertools import islice
from pathlib import Path

import pytest
from sqlalchemy import delete, insert, text, update
from sqlalchemy.exc import DBAPIError

from bench.fill.dossiers import fill
from central.counters.models import counters
from central.engine import reading, writing
from central.ledger.models import ledger_entries
from central.ledger.rules import load_rules
from central.recount.comparing import Difference
from central.recount.errors import RecountError
from central.recount.notebook import Notebook
from central.recount.reader import make_reader
from central.recount.service import Verdict, recount
from central.recount.walking import Step, make_current, walk_all
from central.verification import counts
from tests.central.intake_rig import ARRIVAL, IntakeRig
from tests.fakes.terminal import LAUNCH

RULES = load_rules()


def recounted(rig: IntakeRig, notes: Path, *, size: int = 2) -> Verdict:
    with Notebook(notes, subject="a test") as notebook:
        return recount(rig.engine, notebook, RULES, size=size)


@pytest.mark.parametrize("size", [1, 2, 3, 1000])
def test_agrees_with_what_central_did_whatever_the_size_of_the_pieces(busy: IntakeRig, notes: Path, size: int) -> None:
    verdict = recounted(busy, notes, size=size)
    assert verdict.agrees, verdict.lines()
    assert (verdict.money.eligible, verdict.money.worth, verdict.money.booked) == (5, 500, 500)


def test_an_empty_database_agrees(rig: IntakeRig, notes: Path) -> None:
    assert recounted(rig, notes).agrees


def test_agrees_with_hundreds_of_made_up_dossiers_over_shards(rig: IntakeRig, notes: Path) -> None:
    fill(rig.engine, dossiers=300, points=5, shards=3)
    verdict = recounted(rig, notes, size=70)
    assert verdict.agrees, verdict.lines()
    assert verdict.money.eligible > 0


def test_a_wrong_counter_is_named_with_both_numbers(busy: IntakeRig, notes: Path) -> None:
    here = (counters.c.dimension == "total") & (counters.c.measure == "refusals") & (counters.c.period == "all")
    with writing(busy.engine) as connection:
        connection.execute(update(counters).where(here).values(value=9))
    verdict = recounted(busy, notes)
    assert verdict.differences == [Difference(("total", "all", "refusals", ""), 9, 1)]
    assert "  refusals of total, all: 9 counted, 1 by the facts" in verdict.lines()


def test_a_counter_of_a_day_on_which_nothing_happened_is_named(busy: IntakeRig, notes: Path) -> None:
    stray = {
        "dimension": "office",
        "period": "2018-11-07",
        "measure": "refusals",
        "member": "X",
        "shard": 0,
        "value": 3,
    }
    with writing(busy.engine) as connection:
        connection.execute(insert(counters).values(**stray))
    assert recounted(busy, notes).differences == [Difference(("office", "2018-11-07", "refusals", "X"), 3, 0)]


def test_a_fact_that_no_counter_tells_of_is_named(busy: IntakeRig, notes: Path) -> None:
    with writing(busy.engine) as connection:
        connection.execute(delete(counters).where(counters.c.dimension == "terminal"))
    verdict = recounted(busy, notes)
    assert verdict.differing > 0
    assert {one.key[0] for one in verdict.differences} == {"terminal"}
    assert all(one.counted == 0 for one in verdict.differences)


@pytest.mark.parametrize(
    "tampering",
    [
        "UPDATE counters SET value = value + 1 WHERE dimension = 'region' AND period = '2018-11'",
        "DELETE FROM counters WHERE measure = 'cents_held' AND period = 'all'",
        "UPDATE dossiers SET opened_on = '2017-12-31' WHERE channel = 'pharmacy'",
        "UPDATE counters SET dimension = 'planet' WHERE dimension = 'channel'",
    ],
)
def test_finds_exactly_what_a_whole_recount_finds(busy: IntakeRig, notes: Path, tampering: str) -> None:
    with writing(busy.engine) as connection:
        assert connection.execute(text(tampering)).rowcount > 0
    with reading(busy.engine) as connection:
        expected = counts.differences(connection)
    assert expected
    assert sorted(recounted(busy, notes).differences, key=lambda one: one.key) == expected


def test_a_euro_that_nobody_earned_is_named_by_its_dossier(busy: IntakeRig, notes: Path) -> None:
    with writing(busy.engine) as connection:
        wrong = connection.scalar(text("SELECT min(dossier_id) FROM ledger_entries"))
        connection.execute(update(ledger_entries).where(ledger_entries.c.dossier_id == wrong).values(cents=200))
    verdict = recounted(busy, notes)
    assert verdict.money.mispriced == (wrong,)
    assert (verdict.money.worth, verdict.money.booked) == (500, 600)
    assert not verdict.agrees


def test_a_euro_that_an_annulment_left_standing_is_named(busy: IntakeRig, notes: Path) -> None:
    annul = "SELECT dossier_id, record_id, 'annulment', 1, 'done' FROM ledger_entries ORDER BY dossier_id LIMIT 1"
    with writing(busy.engine) as connection:
        connection.execute(text(f"INSERT INTO changes (dossier_id, record_id, kind, decided_ms, effect) {annul}"))
    money = recounted(busy, notes).money
    assert (len(money.mispriced), money.worth, money.booked) == (1, 400, 500)


def test_what_is_booked_in_the_morning_and_in_the_evening_is_of_one_day(busy: IntakeRig, notes: Path) -> None:
    terminal = busy.terminal("T-ALL-DAY")
    for hour in range(3):
        busy.send(terminal, terminal.enrol(300 + hour), at=ARRIVAL + timedelta(hours=hour))
    verdict = recounted(busy, notes, size=1000)
    assert verdict.agrees, verdict.lines()


# Killed, and begun again ----------------------------------------------------------------------------------------


@pytest.mark.parametrize("steps", [1, 4, 9, 20])
def test_goes_on_where_it_was_killed_and_walks_nothing_twice(busy: IntakeRig, notes: Path, steps: int) -> None:
    with Notebook(notes, subject="a test") as notebook:
        before = sum(step.facts for step in islice(walk_all(busy.engine, notebook, RULES, size=1), steps))
    with Notebook(notes, subject="a test") as notebook:
        after = sum(step.facts for step in walk_all(busy.engine, notebook, RULES, size=1))
    with Notebook(notes.with_name("whole"), subject="a test") as notebook:
        whole = sum(step.facts for step in walk_all(busy.engine, notebook, RULES, size=1))
    assert before + after == whole
    assert recounted(busy, notes, size=1).agrees


@pytest.mark.parametrize("size", [1, 1000])
def test_goes_on_where_it_was_killed_while_it_looked_at_its_pieces_again(
    busy: IntakeRig, notes: Path, size: int
) -> None:
    with Notebook(notes, subject="a test") as notebook:
        list(walk_all(busy.engine, notebook, RULES, size=size))
        with reading(busy.engine) as connection:
            list(islice(make_current(connection, notebook, RULES, size=size), 12))
    verdict = recounted(busy, notes, size=size)
    assert verdict.agrees, verdict.lines()


def test_notes_on_another_database_are_refused(busy: IntakeRig, notes: Path) -> None:
    recounted(busy, notes)
    with pytest.raises(RecountError, match="another database"):
        Notebook(notes, subject="another")


def test_a_file_that_is_no_notebook_is_left_alone(notes: Path) -> None:
    notes.write_bytes(b"a letter to somebody, long enough to be looked at as if it were a database" * 20)
    with pytest.raises(RecountError, match="no notes"):
        Notebook(notes, subject="a test")
    assert notes.read_bytes().startswith(b"a letter")


# While central goes on ------------------------------------------------------------------------------------------


def test_facts_that_come_between_the_pieces_are_counted_once(busy: IntakeRig, notes: Path) -> None:
    terminals = [busy.terminal(f"T-LATE-{number}") for number in range(6)]

    def come_in(step: Step) -> None:
        if terminals:
            late = terminals.pop()
            late.enrol(100 + len(terminals), at=LAUNCH)  # its key lies among those that were walked
            late.refuse(at=LAUNCH)
            busy.send(late, at=ARRIVAL + timedelta(days=40))

    with Notebook(notes, subject="a test") as notebook:
        verdict = recount(busy.engine, notebook, RULES, size=1, tell=come_in)
    assert verdict.agrees, verdict.lines()


def test_the_verdict_is_of_one_moment_whatever_comes_while_it_is_found(busy: IntakeRig, notes: Path) -> None:
    """What comes in while pieces are looked at again is not seen, in the facts or in the counters."""
    late = busy.terminal("T-LATE-1")
    late.enrol(100, at=LAUNCH)
    asked = []

    def come_in(step: Step) -> None:
        if step.name.endswith("again") and not asked:
            asked.append(busy.send(late, at=ARRIVAL + timedelta(days=40)))

    with Notebook(notes, subject="a test") as notebook:
        verdict = recount(busy.engine, notebook, RULES, size=1, tell=come_in)
    assert asked
    assert verdict.agrees, verdict.lines()
    assert verdict.money.eligible == 5


def test_what_was_noted_weeks_ago_is_looked_at_again(busy: IntakeRig, notes: Path) -> None:
    with Notebook(notes, subject="a test") as notebook:
        list(walk_all(busy.engine, notebook, RULES, size=1))
    late = busy.terminal("T-LATE-1")
    late.enrol(0, at=LAUNCH, accepted={})  # a second enrolment, of a person whose piece is noted
    late.enrol(200, at=LAUNCH)
    busy.send(late, at=ARRIVAL + timedelta(days=60))
    verdict = recounted(busy, notes, size=1)
    assert verdict.agrees, verdict.lines()


# Reads only -----------------------------------------------------------------------------------------------------


def test_its_connection_cannot_write(busy: IntakeRig) -> None:
    engine = make_reader(busy.database)
    with pytest.raises(DBAPIError), reading(engine) as connection:
        connection.execute(delete(counters))
    engine.dispose()
    with reading(busy.engine) as connection:
        assert connection.scalar(text("SELECT count(*) FROM counters"))
