"""Opening hours, scaled down: real gunicorn workers, a simulated fleet, an outage, answers that get lost."""

from __future__ import annotations

from concurrent.futures import ThreadPoolExecutor
from pathlib import Path

import pytest
from sqlalchemy import delete, insert, select

from bench.opening.asking import NOT_MODIFIED, OK
from bench.opening.recount import recount
from bench.opening.report import report
from bench.opening.run import Outcome, run
from bench.opening.size import Size
from bench.opening.tally import Phase, Request
from central.engine import make_engine, writing
from central.intake.models import records
from tests.fakes.databases import CENTRAL, database_in, on_postgresql

SMALL = Size(
    terminals=20, boot_s=1.0, visits=40, day_s=2.0, backlog=30, clocks=120.0, lost_answers=0.2, connections=8, seed=11
)

pytestmark = pytest.mark.processes


@pytest.fixture(scope="module")
def folder(tmp_path_factory: pytest.TempPathFactory) -> Path:
    return tmp_path_factory.mktemp("opening")


@pytest.fixture(scope="module")
def outcome(folder: Path) -> Outcome:
    return played(SMALL, database_in(folder, CENTRAL), folder)


def played(size: Size, database: str, folder: Path) -> Outcome:
    """In a thread of its own: where a browser was used before, this one has an event loop for ever."""
    with ThreadPoolExecutor(1) as thread:
        return thread.submit(run, size, database, folder=folder).result()


def test_nothing_is_lost_or_doubled_though_answers_get_lost_and_the_line_goes_down(outcome: Outcome) -> None:
    counted, tally = outcome.counted, outcome.played.tally
    assert counted.findings == ()
    assert counted.holds, counted
    assert counted.made == counted.kept == 3 * SMALL.visits + SMALL.backlog
    assert tally.answers_lost > 0
    assert tally.sent_again > 0
    assert tally.line_down > 0


def test_every_terminal_gets_its_configuration_and_then_hears_that_it_is_unchanged(outcome: Outcome) -> None:
    seen = outcome.played.tally.seconds
    assert all(terminal.configured_s is not None for terminal in outcome.played.terminals)
    first = sum(len(seen[phase, Request.CONFIGURATION, OK]) for phase in Phase)
    assert first == SMALL.terminals
    assert sum(len(seen[phase, Request.CONFIGURATION, NOT_MODIFIED]) for phase in Phase) > SMALL.terminals


def test_the_backlog_comes_in_while_people_still_come(outcome: Outcome) -> None:
    seen = outcome.played.tally.seconds
    assert seen[Phase.DAY, Request.BACKLOG, OK]
    assert seen[Phase.DAY, Request.BATCH, OK]
    assert seen[Phase.DAY, Request.STATUS, OK]


def test_the_report_names_each_kind_of_request_and_what_was_counted(outcome: Outcome) -> None:
    text = report(outcome)
    for request in Request:
        assert request.value in text
    assert "| lost: acknowledged, not in the database       | 0" in text


def test_the_recount_sees_a_record_that_was_acknowledged_and_is_gone_and_one_that_stands_twice(
    outcome: Outcome, folder: Path
) -> None:
    engine = make_engine(f"sqlite:///{folder / 'central.db'}")
    with writing(engine) as connection:
        gone, twice = connection.execute(select(records).where(records.c.kind == "slip_outcome").limit(2)).all()
        connection.execute(delete(records).where(records.c.record_id == gone.record_id))
        connection.execute(insert(records).values({**twice._mapping, "record_id": bytes(16)}))
    counted = recount(engine, outcome.played.terminals, people=outcome.counted.people, shards=1)
    engine.dispose()
    assert (counted.lost, counted.doubled, counted.strangers) == (1, 1, 1)
    assert not counted.holds


def test_the_same_holds_on_postgresql(tmp_path: Path) -> None:
    with on_postgresql(wanted=True):
        outcome = played(SMALL, database_in(tmp_path, CENTRAL), tmp_path)
    assert outcome.counted.findings == ()
    assert outcome.counted.holds, outcome.counted
