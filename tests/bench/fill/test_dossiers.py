"""What the filler writes is what intake would have: everything that counts again agrees."""

from __future__ import annotations

from collections.abc import Iterator
from pathlib import Path

import pytest
from sqlalchemy import Engine, Table, func, select

from bench.fill.dossiers import Filled, fill
from central.accounts.models import accounts
from central.engine import make_engine, reading
from central.enrolments.models import consents, dossiers, persons, slips
from central.handover.models import outbox
from central.intake.models import quarantine, records
from central.ledger.models import ledger_entries
from central.ledger.rules import load_rules
from central.verification.service import verify_all
from tests.fakes.databases import CENTRAL, database_in

DOSSIERS, SHARDS = 2_000, 3


@pytest.fixture(scope="module")
def engine(tmp_path_factory: pytest.TempPathFactory) -> Iterator[Engine]:
    made = make_engine(database_in(tmp_path_factory.mktemp("full"), CENTRAL))
    yield made
    made.dispose()


@pytest.fixture(scope="module")
def filled(engine: Engine) -> Filled:
    return fill(engine, dossiers=DOSSIERS, points=12, shards=SHARDS, seed=7)


def rows_of(engine: Engine, table: Table) -> int:
    with reading(engine) as connection:
        return connection.scalar(select(func.count()).select_from(table)) or 0


def test_central_verify_finds_nothing_wrong(engine: Engine, filled: Filled) -> None:
    report = verify_all(engine, shards=SHARDS, rules=load_rules())
    assert report.agrees, report.lines()


def test_there_are_as_many_dossiers_as_were_asked_for(engine: Engine, filled: Filled) -> None:
    assert filled.dossiers == DOSSIERS
    for table in (dossiers, persons, accounts):
        assert rows_of(engine, table) == DOSSIERS
    assert rows_of(engine, records) == filled.records > DOSSIERS


def test_all_that_happens_at_a_counter_is_among_it(engine: Engine, filled: Filled) -> None:
    assert rows_of(engine, consents) > DOSSIERS  # second enrolments
    assert 0 < rows_of(engine, ledger_entries) < DOSSIERS  # halls are not paid
    assert rows_of(engine, slips) > 0
    assert rows_of(engine, quarantine) < DOSSIERS // 100
    assert rows_of(engine, outbox) == 0


def test_the_same_seed_makes_the_same_rows(tmp_path: Path) -> None:
    heads = []
    for name in ("one", "other"):
        (tmp_path / name).mkdir()
        made = make_engine(database_in(tmp_path / name, CENTRAL))
        fill(made, dossiers=100, seed=3)
        with reading(made) as connection:
            heads.append(connection.execute(select(records.c.record_hash).order_by(records.c.record_id)).all())
        made.dispose()
    assert heads[0] == heads[1]
