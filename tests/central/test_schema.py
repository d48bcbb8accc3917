from __future__ import annotations

import re
from pathlib import Path

from sqlalchemy import Table, inspect
from sqlalchemy.dialects.postgresql.psycopg import PGDialect_psycopg
from sqlalchemy.schema import CreateTable

import central
from central import schema
from central.engine import _many_rows, make_engine, reading
from central.enrolments.models import access_decisions, dossiers, pending_ins
from central.intake.models import records
from central.vault.models import metadata as vault_tables
from tests.central.intake_rig import ARRIVAL, IntakeRig
from tests.fakes.databases import empty_database_in
from tests.fakes.terminal import LAUNCH
from wire.evidence import Question
from wire.identifiers import milliseconds


def test_the_migrated_database_has_the_shape_of_the_code(tmp_path: Path) -> None:
    engine = make_engine(empty_database_in(tmp_path))
    schema.upgrade(engine)
    assert schema.drift(engine) == []
    engine.dispose()


def test_a_table_the_migrations_forgot_would_show(tmp_path: Path) -> None:
    engine = make_engine(empty_database_in(tmp_path))
    schema.upgrade(engine)
    with engine.begin() as connection:
        connection.exec_driver_sql("DROP TABLE slips")
    assert len(schema.drift(engine)) == 1
    engine.dispose()


def test_up_and_down_and_up_with_data(tmp_path: Path) -> None:
    rig = IntakeRig(tmp_path)
    terminal = rig.terminal()
    terminal.enrol(0, accepted={Question.BREAK_GLASS: False})
    for person in (1, 2, 1):
        terminal.enrol(person, accepted={Question.CENTRE_15: len(terminal.made) < 3})
    rig.send(terminal)
    before = rig.rows(dossiers)
    schema.downgrade(rig.engine, "0001")
    schema.upgrade(rig.engine)
    assert schema.drift(rig.engine) == []
    report = rig.recount()
    assert report.agrees, report.lines()
    assert rig.rows(dossiers) == before
    rig.close()


def test_down_with_returns_loses_only_what_the_older_shape_cannot_hold(tmp_path: Path) -> None:
    rig = IntakeRig(tmp_path)
    terminal = rig.terminal()
    terminal.enrol(1)
    terminal.come_back("consent_change", 1, at=ARRIVAL, accepted={Question.BREAK_GLASS: False})
    terminal.come_back("closure_request", 1, at=ARRIVAL)
    terminal.come_back("code_reissue", 2)
    terminal.wait_for_number()
    rig.send(terminal)
    kept = [(row.dossier_id, row.state, row.break_glass_refused) for row in rig.rows(dossiers)]
    schema.downgrade(rig.engine, "0003")
    schema.upgrade(rig.engine)
    assert schema.drift(rig.engine) == []
    assert [(row.dossier_id, row.state, row.break_glass_refused) for row in rig.rows(dossiers)] == kept
    assert (rig.count(records), rig.count(pending_ins)) == (5, 0)
    rig.close()


def test_refusals_of_before_have_the_time_of_their_opening(tmp_path: Path) -> None:
    rig = IntakeRig(tmp_path)
    terminal = rig.terminal()
    terminal.enrol(1, accepted={Question.CENTRE_15: False})
    rig.send(terminal)
    schema.downgrade(rig.engine, "0003")
    schema.upgrade(rig.engine)
    [row], [word] = rig.rows(dossiers), rig.rows(access_decisions)
    opened_ms = milliseconds(LAUNCH)
    assert (row.centre_15_decided_ms, row.break_glass_decided_ms, row.state_decided_ms) == (opened_ms, 0, opened_ms)
    assert (word.access, word.decided_ms, word.changed) == ("centre_15", opened_ms, False)
    rig.close()


def test_down_to_nothing_leaves_nothing(tmp_path: Path) -> None:
    rig = IntakeRig(tmp_path)
    schema.downgrade(rig.engine, "base")
    with reading(rig.engine) as connection:
        assert inspect(connection).get_table_names() == ["alembic_version"]
    schema.upgrade(rig.engine)
    assert schema.drift(rig.engine) == []
    rig.close()


def test_the_vaults_tables_are_not_central_s() -> None:
    assert "wraps" not in schema.all_tables().tables


OWN_KEY = {
    "persons": "one dossier a person: unique by the fingerprint",
    "records": "of the vault: unique by the record",
    "audit": "of the vault: one chain, which is not about dossiers alone",
    "events": "of the vault: told to central in one order",
}
"""Tables that name a dossier and do not hang on it."""


def every_table() -> list[Table]:
    return [*schema.all_tables().tables.values(), *vault_tables.tables.values()]


def test_what_hangs_on_a_dossier_carries_it_in_its_key() -> None:
    """So that the tables can be partitioned or distributed by it (design.md §9)."""
    for table in every_table():
        if "dossier_id" in table.c and table.name not in OWN_KEY:
            assert "dossier_id" in table.primary_key.columns, table.name


def test_what_a_table_is_split_by_stands_in_its_key() -> None:
    """Else PostgreSQL could not keep the key unique across the parts."""
    for table in every_table():
        said = table.dialect_options["postgresql"]["partition_by"]
        columns = set(said.removeprefix("HASH (").removesuffix(")").split(", ")) if said else set()
        assert columns <= {column.name for column in table.primary_key}, table.name


def test_neither_a_sequence_nor_an_advisory_lock_is_asked_of_the_database() -> None:
    """Both are one machine's: an engine that spreads the tables over several has them not, or slowly (design.md §9)."""
    said = "\n".join(str(CreateTable(table).compile(dialect=PGDialect_psycopg())) for table in every_table())
    assert not re.search(r"SERIAL\b|GENERATED|NEXTVAL|CREATE SEQUENCE", said, re.IGNORECASE)
    sources = [path.read_text(encoding="utf-8") for path in Path(central.__path__[0]).rglob("*.py")]
    assert not [source for source in sources if re.search(r"pg_(try_)?advisory|Sequence\(|Identity\(", source)]


def test_no_key_is_counted_up_by_the_database() -> None:
    """A sequence is one machine's; identifiers are ours (design.md §9)."""
    counted = [
        column
        for table in schema.all_tables().tables.values()
        for column in table.primary_key.columns
        if column.type.python_type is int and column.autoincrement is True
    ]
    assert counted == []


def test_every_table_and_hot_insert_can_be_said_to_postgresql() -> None:
    """Words only: they are run by the other tests, with ``--database postgresql``."""
    dialect = PGDialect_psycopg()
    for table in schema.all_tables().tables.values():
        assert str(CreateTable(table).compile(dialect=dialect))
        names = tuple(column.name for column in table.c)
        many = _many_rows(dialect.name, table, names, None)
        assert many.statement.startswith(f"INSERT INTO {table.name} ({', '.join(names)}) SELECT * FROM unnest(%b::")
        assert many.statement.count("[]") == len(names)
