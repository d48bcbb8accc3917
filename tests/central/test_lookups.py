from __future__ import annotations

from collections.abc import Iterator
from pathlib import Path

import pytest
from sqlalchemy import Column, Engine, Integer, LargeBinary, MetaData, Table, bindparam, event, select

from central.engine import insert_rows, make_engine, reading, writing
from central.lookups import SIZES, Lookup
from tests.fakes.databases import empty_database_in

metadata = MetaData()
named = Table("named", metadata, Column("id", LargeBinary(2), primary_key=True), Column("number", Integer))
MANY = 450
ALL = Lookup(select(named.c.id, named.c.number), named.c.id)
ABOVE = Lookup(select(named.c.number).where(named.c.number > bindparam("least")), named.c.id)


def key(number: int) -> bytes:
    return number.to_bytes(2, "big")


@pytest.fixture
def engine(tmp_path: Path) -> Iterator[Engine]:
    made = make_engine(empty_database_in(tmp_path, "named"))
    with writing(made) as connection:
        metadata.create_all(connection)
        insert_rows(connection, named, [{"id": key(number), "number": number} for number in range(MANY)])
    yield made
    made.dispose()


@pytest.mark.parametrize("many", [0, 1, 2, SIZES[-1], SIZES[-1] + 1, MANY])
def test_each_key_is_answered_once(engine: Engine, many: int) -> None:
    with reading(engine) as connection:
        rows = list(ALL.rows(connection, [key(number) for number in range(many)] * 2))
    assert sorted((row.id, row.number) for row in rows) == [(key(number), number) for number in range(many)]


def test_a_key_that_is_not_there_has_no_row(engine: Engine) -> None:
    with reading(engine) as connection:
        assert [row.number for row in ALL.rows(connection, [key(MANY), key(7)])] == [7]


def test_the_query_keeps_its_own_conditions(engine: Engine) -> None:
    with reading(engine) as connection:
        keys = [key(number) for number in range(5)]
        assert sorted(row.number for row in ABOVE.rows(connection, keys, least=2)) == [3, 4]


def test_fewer_keys_than_a_kept_question_takes_are_asked_in_its_words(engine: Engine) -> None:
    said: list[str] = []
    event.listen(engine, "before_cursor_execute", lambda _c, _u, statement, *_rest: said.append(statement))
    with reading(engine) as connection:
        for many in (SIZES[1] - 1, SIZES[1]):
            list(ALL.rows(connection, [key(number) for number in range(many)]))
    asked = [statement for statement in said if statement.startswith("SELECT")]
    assert len(asked) == 2
    assert asked[0] == asked[1]
