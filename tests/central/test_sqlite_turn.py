from __future__ import annotations

import sqlite3
import threading
from collections.abc import Callable, Iterator
from contextlib import AbstractContextManager
from pathlib import Path

import pytest

from central.engine import make_engine
from central.sqlite_turn import LOOK_AGAIN_S, one_at_a_time, take_turn

OWN_PATIENCE_MS = 7_000


class Others:
    """Another writer, and a clock that only moves while we sleep."""

    def __init__(self, file: Path, leaves_at: float) -> None:
        self.now = 0.0
        self._leaves_at = leaves_at
        self._writer = sqlite3.connect(file, isolation_level=None)
        self._writer.execute("BEGIN IMMEDIATE")

    def sleep(self, seconds: float) -> None:
        self.now += seconds
        if self.now >= self._leaves_at and self._writer.in_transaction:
            self._writer.execute("COMMIT")

    def clock(self) -> float:
        return self.now

    def close(self) -> None:
        self._writer.close()


@pytest.fixture
def ours(tmp_path: Path) -> Iterator[sqlite3.Connection]:
    connection = sqlite3.connect(tmp_path / "central.db", isolation_level=None)
    connection.execute("PRAGMA journal_mode=WAL")
    connection.execute(f"PRAGMA busy_timeout={OWN_PATIENCE_MS}")
    yield connection
    connection.close()


@pytest.fixture
def another(tmp_path: Path, ours: sqlite3.Connection) -> Iterator[Callable[[float], Others]]:
    made: list[Others] = []

    def begin(leaves_at: float) -> Others:
        made.append(Others(tmp_path / "central.db", leaves_at))
        return made[-1]

    yield begin
    for each in made:
        each.close()


def test_nobody_waits_where_nobody_writes(ours: sqlite3.Connection) -> None:
    assert take_turn(ours)
    assert ours.in_transaction


def test_the_turn_is_had_within_a_look_of_the_moment_it_was_given_back(
    ours: sqlite3.Connection, another: Callable[[float], Others]
) -> None:
    others = another(0.0205)
    assert take_turn(ours, now=others.clock, sleep=others.sleep)
    assert ours.in_transaction
    assert others.now < 0.0205 + 2 * LOOK_AGAIN_S


def test_who_waits_in_vain_has_begun_nothing(ours: sqlite3.Connection, another: Callable[[float], Others]) -> None:
    others = another(99.0)
    assert not take_turn(ours, patience_s=0.01, now=others.clock, sleep=others.sleep)
    assert not ours.in_transaction


def test_a_file_that_is_no_database_is_not_waited_for(tmp_path: Path) -> None:
    (tmp_path / "letter.db").write_text("Dear central, " * 99)
    letter = sqlite3.connect(tmp_path / "letter.db", isolation_level=None)
    assert not take_turn(letter, sleep=_nobody_sleeps)
    letter.close()


def test_the_connection_s_own_patience_is_left_as_it_was(ours: sqlite3.Connection) -> None:
    take_turn(ours)
    assert ours.execute("PRAGMA busy_timeout").fetchone() == (OWN_PATIENCE_MS,)


def test_threads_of_one_process_do_long_work_one_after_the_other(tmp_path: Path) -> None:
    engine = make_engine(f"sqlite:///{tmp_path / 'central.db'}")
    turn, second_began = one_at_a_time(engine), threading.Event()
    with turn():
        second = threading.Thread(target=_run, args=(turn, second_began))
        second.start()
        assert not second_began.wait(0.05)
    assert second_began.wait(5)
    second.join()
    engine.dispose()


def test_who_waited_long_for_a_thread_that_hangs_goes_beside_it(tmp_path: Path) -> None:
    engine = make_engine(f"sqlite:///{tmp_path / 'central.db'}")
    turn, second_began = one_at_a_time(engine, patience_s=0.01), threading.Event()
    with turn():
        second = threading.Thread(target=_run, args=(turn, second_began))
        second.start()
        assert second_began.wait(5)
        second.join()
    with turn():
        pass  # the turn of the one that hung was given back once, not twice
    engine.dispose()


def test_over_a_server_nobody_waits_here() -> None:
    turn = one_at_a_time(make_engine("postgresql+psycopg://nowhere/none"))
    with turn(), turn():
        pass


def _run(turn: Callable[[], AbstractContextManager[object]], began: threading.Event) -> None:
    with turn():
        began.set()


def _nobody_sleeps(_seconds: float) -> None:
    raise AssertionError("waited for something that will not come")
