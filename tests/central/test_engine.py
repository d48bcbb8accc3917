from __future__ import annotations

import threading
from collections.abc import Iterator
from pathlib import Path

import pytest
from sqlalchemy import (
    Boolean,
    Column,
    Connection,
    Engine,
    Integer,
    LargeBinary,
    MetaData,
    String,
    Table,
    func,
    select,
    text,
)
from sqlalchemy.dialects import postgresql
from sqlalchemy.exc import DataError, IntegrityError, InternalError, OperationalError

from central.engine import add_rows, in_transaction, insert_into, insert_rows, make_engine, reading, writing
from tests.fakes.databases import empty_database_in

metadata = MetaData()
things = Table(
    "things",
    metadata,
    Column("id", LargeBinary(2), primary_key=True),
    Column("word", String(9)),
    Column("yes", Boolean),
    Column("number", Integer, default=None),
)


@pytest.fixture
def engine(tmp_path: Path) -> Iterator[Engine]:
    made = make_engine(empty_database_in(tmp_path, "things"))
    with writing(made) as connection:
        metadata.create_all(connection)
    yield made
    made.dispose()


def size(engine: Engine) -> int:
    with reading(engine) as connection:
        return connection.scalar(select(func.count()).select_from(things)) or 0


@pytest.mark.only_on("sqlite")
@pytest.mark.parametrize(("pragma", "value"), [("journal_mode", "wal"), ("synchronous", 2), ("foreign_keys", 1)])
def test_sqlite_writes_ahead_and_in_full(engine: Engine, pragma: str, value: object) -> None:
    with reading(engine) as connection:
        assert connection.exec_driver_sql(f"PRAGMA {pragma}").scalar() == value


@pytest.mark.only_on("sqlite")
def test_a_writer_whose_turn_never_comes_is_told_so_in_the_words_that_callers_know(
    engine: Engine, monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.setattr("central.engine.take_turn", lambda _connection: False)
    monkeypatch.setattr("central.engine._BUSY_MS", 0)
    impatient = make_engine(engine.url.render_as_string(hide_password=False))
    with writing(engine), pytest.raises(OperationalError, match="locked"), writing(impatient):
        pytest.fail("two write at once")
    impatient.dispose()


def test_a_block_that_raises_leaves_nothing(engine: Engine) -> None:
    def fail() -> None:
        with writing(engine) as connection:
            connection.execute(things.insert(), {"id": b"1"})
            raise ZeroDivisionError

    with pytest.raises(ZeroDivisionError):
        fail()
    assert size(engine) == 0


@pytest.mark.only_on("sqlite")
def test_a_writer_begins_by_waiting_for_the_one_before_it(engine: Engine) -> None:
    inside, order = threading.Event(), []

    def second() -> None:
        inside.wait(5)
        with writing(engine) as connection:
            order.append("second")
            connection.execute(things.insert(), {"id": b"2"})

    thread = threading.Thread(target=second)
    thread.start()
    with writing(engine) as connection:
        inside.set()
        thread.join(0.2)
        order.append("first")
        connection.execute(things.insert(), {"id": b"1"})
    thread.join(10)
    assert order == ["first", "second"]
    assert size(engine) == 2


def test_work_that_lost_a_race_runs_again_and_sees_the_winner(engine: Engine) -> None:
    seen: list[int] = []

    def work(connection: Connection) -> str:
        seen.append(connection.scalar(select(func.count()).select_from(things)) or 0)
        if len(seen) == 1:
            raise IntegrityError("another was first", None, Exception())
        return "done"

    assert (in_transaction(engine, work), len(seen)) == ("done", 2)


def test_a_conflict_that_never_ends_is_told(engine: Engine) -> None:
    tries: list[int] = []

    def work(connection: Connection) -> None:
        tries.append(1)
        connection.execute(things.insert(), {"id": b"1"})
        connection.execute(things.insert(), {"id": b"1"})

    with pytest.raises(IntegrityError):
        in_transaction(engine, work, attempts=3)
    assert (len(tries), size(engine)) == (3, 0)


@pytest.mark.only_on("postgresql")
def test_who_only_reads_cannot_write_and_sees_one_state(engine: Engine) -> None:
    with reading(engine) as connection:
        assert connection.scalar(text("SHOW transaction_isolation")) == "repeatable read"
        with pytest.raises(InternalError, match="read-only"):
            connection.execute(things.insert(), {"id": b"1"})


@pytest.mark.only_on("postgresql")
@pytest.mark.parametrize(("said", "threshold"), [("", 5), ("&prepare_threshold=none", None)])
def test_statements_are_not_prepared_where_the_url_says_so(engine: Engine, said: str, threshold: int | None) -> None:
    """A PgBouncer before 1.21 gives the next transaction a connection that does not know them (docs/scaling.md)."""
    behind = make_engine(engine.url.render_as_string(hide_password=False) + said)
    with behind.connect() as connection:
        driver = connection.connection.driver_connection
        assert driver is not None
        assert driver.prepare_threshold == threshold
    behind.dispose()


def test_any_other_error_is_told_at_once(engine: Engine) -> None:
    tries: list[int] = []

    def work(_connection: Connection) -> None:
        tries.append(1)
        raise ZeroDivisionError

    with pytest.raises(ZeroDivisionError):
        in_transaction(engine, work)
    assert len(tries) == 1


def test_parameters_stand_in_no_error(engine: Engine) -> None:
    row = {"id": b"1", "word": "secret"}
    with pytest.raises(IntegrityError) as refused, writing(engine) as connection:
        connection.execute(things.insert(), [row, row])
    assert "secret" not in str(refused.value)


def test_rows_are_written_as_they_are(engine: Engine) -> None:
    rows = [
        {"number": 7, "id": b"\x00\xff", "word": "é", "yes": True},
        {"number": 8, "id": b"b", "word": None, "yes": False},
    ]
    with writing(engine) as connection:
        insert_rows(connection, things, rows)
        insert_rows(connection, things, [])
    with reading(engine) as connection:
        assert [tuple(row) for row in connection.execute(select(things).order_by(things.c.number))] == [
            (b"\x00\xff", "é", True, 7),
            (b"b", None, False, 8),
        ]


def test_sums_are_added_to_the_rows_that_stand_there(engine: Engine) -> None:
    def add(*values: tuple[bytes, int]) -> None:
        with writing(engine) as connection:
            rows = [{"id": name, "word": None, "yes": True, "number": value} for name, value in values]
            add_rows(connection, things, rows, value="number")

    add((b"a", 3), (b"b", -1))
    add()
    add((b"b", 5), (b"c", 40_000))
    with reading(engine) as connection:
        found = connection.execute(select(things.c.id, things.c.number).order_by(things.c.id))
        assert [tuple(row) for row in found] == [(b"a", 3), (b"b", 4), (b"c", 40_000)]


def test_a_word_that_is_too_long_is_refused_and_not_cut(engine: Engine) -> None:
    """SQLite keeps it as it is; nothing of ours may depend on either."""
    row = {"id": b"a", "word": "0123456789", "yes": None, "number": None}
    try:
        with writing(engine) as connection:
            insert_rows(connection, things, [row])
    except DataError:
        assert size(engine) == 0
    else:
        with reading(engine) as connection:
            assert connection.scalar(select(things.c.word)) == row["word"]


def test_a_repeated_row_can_be_passed_over(engine: Engine) -> None:
    with writing(engine) as connection:
        insert = insert_into(connection, things).on_conflict_do_nothing()
        counts = [connection.execute(insert, {"id": b"1"}).rowcount for _ in range(2)]
    assert counts == [1, 0]


def test_the_same_insert_can_be_said_to_postgresql(engine: Engine) -> None:
    with reading(engine) as connection:
        said = insert_into(connection, things).on_conflict_do_nothing()
    assert "ON CONFLICT DO NOTHING" in str(said)
    statement = postgresql.insert(things).on_conflict_do_nothing().compile(dialect=postgresql.dialect())
    assert "ON CONFLICT DO NOTHING" in str(statement)
