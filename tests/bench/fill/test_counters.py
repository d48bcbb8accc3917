"""The counters of dossiers that are not there add up as if they were."""

from __future__ import annotations

from collections import Counter
from collections.abc import Iterator
from datetime import date
from pathlib import Path

import pytest
from sqlalchemy import Engine, func, select

from bench.fill.counters import fill_counters
from central.counters.models import counters
from central.engine import make_engine, reading
from tests.fakes.databases import CENTRAL, database_in

DOSSIERS = 20_000
SIZE = {"dossiers": DOSSIERS, "points": 120, "shards": 2, "first_shard": 2}
UNTIL = date(2019, 1, 20)  # four months, one of them cut


@pytest.fixture(scope="module")
def engine(tmp_path_factory: pytest.TempPathFactory) -> Iterator[Engine]:
    filled = make_engine(database_in(tmp_path_factory.mktemp("full"), CENTRAL))
    fill_counters(filled, until=UNTIL, **SIZE)
    yield filled
    filled.dispose()


@pytest.fixture(scope="module")
def sums(engine: Engine) -> Counter[tuple[str, str, str]]:
    """(dimension, measure, kind of period) → value over all members."""
    kind = func.length(counters.c.period)
    query = select(counters.c.dimension, counters.c.measure, kind, func.sum(counters.c.value))
    with reading(engine) as connection:
        rows = connection.execute(query.group_by(counters.c.dimension, counters.c.measure, kind)).all()
    return Counter({(row[0], row[1], {3: "all", 7: "months", 10: "days"}[row[2]]): row[3] for row in rows})


def test_all_the_dossiers_are_counted(sums: Counter[tuple[str, str, str]]) -> None:
    assert sums["total", "dossiers_opened", "all"] == DOSSIERS
    assert sums["channel", "dossiers_opened", "all"] == DOSSIERS


def test_days_months_and_all_time_are_one_sum(sums: Counter[tuple[str, str, str]]) -> None:
    for dimension, measure, period in list(sums):
        assert sums[dimension, measure, period] == sums[dimension, measure, "all"], (dimension, measure)


@pytest.mark.parametrize("dimension", ["region", "departement", "region_channel", "sub_channel", "terminal"])
def test_whatever_is_opened_at_a_point_is_counted_at_its_place(
    sums: Counter[tuple[str, str, str]], dimension: str
) -> None:
    for measure in ("dossiers_opened", "cents_accrued", "accounts_activated", "refusals"):
        assert sums[dimension, measure, "all"] == sums["office", measure, "all"] > 0


def test_every_departement_has_its_openings(engine: Engine) -> None:
    query = select(func.count(counters.c.member.distinct())).where(counters.c.dimension == "departement")
    with reading(engine) as connection:
        assert connection.scalar(query) == 101


def test_the_same_seed_makes_the_same_counters(engine: Engine, tmp_path: Path) -> None:
    again = make_engine(database_in(tmp_path, CENTRAL))
    fill_counters(again, until=UNTIL, **SIZE)
    rows = []
    for one in (engine, again):
        with reading(one) as connection:
            rows.append(connection.execute(select(counters)).all())
    again.dispose()
    assert rows[0] == rows[1]
