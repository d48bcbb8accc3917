from __future__ import annotations

from collections import Counter
from pathlib import Path

import pytest
from hypothesis import given
from hypothesis import strategies as st

from central.counters.models import ALL_TIME, Dimension, Measure, counters
from central.counters.tally import Place, Tally, add
from central.engine import writing
from tests.central.intake_rig import IntakeRig

PLACE = Place("pharmacy", "counter", "04", "974", "PHARMACIE-1", "T-PHARM-1")


def test_a_fact_counts_in_every_dimension_for_its_day_month_and_all_time() -> None:
    tally = Tally(PLACE)
    tally.count(Measure.DOSSIERS_OPENED, "2018-11-06")
    rows = tally.rolled_up()
    assert set(rows.values()) == {1}
    assert {period for _, period, _, _ in rows} == {"2018-11-06", "2018-11", ALL_TIME}
    assert {dimension for dimension, *_ in rows} == {dimension.value for dimension in Dimension}
    assert rows["region_channel", "2018-11", "dossiers_opened", "04/pharmacy"] == 1


@given(st.lists(st.tuples(st.sampled_from(["2018-11-06", "2018-11-30", "2018-12-01"]), st.integers(1, 9)), max_size=9))
def test_days_add_up_to_months_and_all_time(facts: list[tuple[str, int]]) -> None:
    tally = Tally(PLACE)
    by_period: Counter[str] = Counter()
    for day, value in facts:
        tally.count(Measure.CENTS_ACCRUED, day, value)
        for period in (day, day[:7], ALL_TIME):
            by_period[period] += value
    rows = tally.rolled_up()
    assert {period: rows["total", period, "cents_accrued", ""] for period in by_period} == by_period


@pytest.mark.parametrize("day", ["2018-11", "6/11/2018", ""])
def test_a_day_that_is_none_is_the_callers_mistake(day: str) -> None:
    with pytest.raises(ValueError, match="written like"):
        Tally(PLACE).count(Measure.REFUSALS, day)


def test_tallies_add_to_what_stands_there_shard_by_shard(tmp_path: Path) -> None:
    rig = IntakeRig(tmp_path)
    tally = Tally(PLACE)
    tally.count(Measure.REFUSALS, "2018-11-06", 2)
    with writing(rig.engine) as connection:
        for shard in (0, 0, 1):
            add(connection, tally, shard)
    totals = [row for row in rig.rows(counters) if row.dimension == "total" and row.period == ALL_TIME]
    assert sorted((row.shard, row.value) for row in totals) == [(0, 4), (1, 2)]
    rig.close()


def test_nothing_counted_writes_nothing(tmp_path: Path) -> None:
    rig = IntakeRig(tmp_path)
    with writing(rig.engine) as connection:
        add(connection, Tally(PLACE), 0)
    assert rig.count(counters) == 0
    rig.close()
