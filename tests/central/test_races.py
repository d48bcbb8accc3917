"""What is counted or appended at the same instant by several workers: never one more than allowed, nothing lost.

On PostgreSQL these meet for real; on SQLite the same tests see writers wait. Without the turns, the row held, or the
isolation that :mod:`central.engine` chooses, they fail (docs/decisions/0028 tells which).
"""

from __future__ import annotations

import threading
from collections import Counter as Tallied
from collections.abc import Callable, Iterator
from pathlib import Path
from typing import Any

import pytest
from sqlalchemy import Column, Connection, Engine, Integer, MetaData, Table, select, update

from central.engine import in_transaction, make_engine, reading, writing
from central.enrolments.models import dossiers
from central.errors import TooManyError
from central.ledger.models import ledger_entries
from central.proofs.models import contact_proofs
from central.proofs.questions import QuestionLimits
from tests.central.intake_rig import ARRIVAL, IntakeRig, rig  # noqa: F401 - a fixture is found by its name here
from tests.central.proofs.conftest import Counter
from tests.fakes.databases import empty_database_in
from wire.proofs import ProofOutcome

AT_ONCE = 8
WITHIN_S = 60.0
SENT, WRONG, SPENT = ProofOutcome.SENT, ProofOutcome.WRONG, ProofOutcome.SPENT


def all_at_once(work: Callable[[int], Any], many: int = AT_ONCE) -> list[Any]:
    """Run ``work(0)`` … ``work(many - 1)`` in threads that begin together; what they gave, or the first error."""
    start, given, failures = threading.Barrier(many), [], []

    def run(number: int) -> None:
        try:
            start.wait(WITHIN_S)
            given.append(work(number))
        except BaseException as error:  # noqa: BLE001 - handed to the test
            failures.append(error)

    threads = [threading.Thread(target=run, args=(number,)) for number in range(many)]
    for thread in threads:
        thread.start()
    for thread in threads:
        thread.join(WITHIN_S)
    if failures:
        raise failures[0]
    return given


numbers = Table("numbers", MetaData(), Column("id", Integer, primary_key=True), Column("value", Integer))


@pytest.fixture
def engine(tmp_path: Path) -> Iterator[Engine]:
    made = make_engine(empty_database_in(tmp_path, "numbers"))
    with writing(made) as connection:
        numbers.metadata.create_all(connection)
        connection.execute(numbers.insert(), [{"id": 1, "value": 0}, {"id": 2, "value": 0}])
    yield made
    made.dispose()


def values(engine: Engine) -> list[int]:
    with reading(engine) as connection:
        return list(connection.execute(select(numbers.c.value).order_by(numbers.c.id)).scalars())


def raise_by_one(connection: Connection, number: int) -> None:
    """Read, think, write: what the database cannot know to be an addition."""
    read = connection.scalar(select(numbers.c.value).where(numbers.c.id == number))
    assert read is not None
    connection.execute(update(numbers).where(numbers.c.id == number).values(value=read + 1))


def test_what_was_read_before_another_changed_it_is_read_again(engine: Engine) -> None:
    """A real serialization failure: each but the first meets a row that changed since its own state was taken."""
    all_at_once(lambda _: in_transaction(engine, lambda connection: raise_by_one(connection, 1)))
    assert values(engine) == [AT_ONCE, 0]


def test_two_that_wait_for_each_other_both_come_to_their_end(engine: Engine) -> None:
    """A real deadlock, on PostgreSQL: each holds the row that the other one wants."""
    first_held = threading.Barrier(2)
    runs: Tallied[int] = Tallied()

    def both(connection: Connection, one: int) -> None:
        runs[one] += 1
        raise_by_one(connection, one)
        if runs[one] == 1 and connection.dialect.name == "postgresql":
            first_held.wait(WITHIN_S)
        raise_by_one(connection, 3 - one)

    all_at_once(lambda number: in_transaction(engine, lambda connection: both(connection, number + 1)), many=2)
    assert values(engine) == [2, 2]


@pytest.fixture
def counter(rig: IntakeRig) -> Counter:  # noqa: F811 - the fixture above
    return Counter(rig)


def test_guesses_at_once_get_no_try_more_than_three(counter: Counter) -> None:
    proof, wrong = counter.send().proof, counter.wrong_code
    said = all_at_once(lambda _: counter.check(proof, wrong).outcome)
    assert Tallied(said) == {WRONG: 2, SPENT: AT_ONCE - 2}
    assert [row.wrong_tries for row in counter.rig.rows(contact_proofs)] == [3]


def test_however_many_terminals_ask_at_once_one_message_goes_to_an_address(counter: Counter) -> None:
    terminals = [counter.rig.terminal(f"T-PHARM-{number}") for number in range(2, AT_ONCE + 2)]
    said = all_at_once(lambda number: counter.send(terminal=terminals[number]).outcome)
    assert (said.count(SENT), len(counter.messenger.sent)) == (1, 1)


def test_questions_at_once_are_no_more_than_a_terminal_may_ask(rig: IntakeRig) -> None:  # noqa: F811 - the fixture above
    counter = Counter(rig, question_limits=QuestionLimits(per_window=3))

    def ask(_number: int) -> bool:
        try:
            counter.check(b"", "000000")
        except TooManyError:
            return False
        return True

    assert sum(all_at_once(ask)) == 3


def test_one_person_at_eight_counters_at_once_is_opened_and_paid_once(tmp_path: Path) -> None:
    sharded = IntakeRig(tmp_path / "sharded", shards=4)
    terminals = [sharded.terminal(f"T-PHARM-{number}") for number in range(AT_ONCE)]
    for terminal in terminals:
        terminal.enrol(1)
    bodies = [terminal.batch() for terminal in terminals]
    all_at_once(lambda number: sharded.worker().receive(bodies[number], now=ARRIVAL))
    assert (sharded.count(dossiers), sharded.count(ledger_entries)) == (1, 1)
    report = sharded.recount()
    assert report.agrees, report.lines()
    sharded.close()
