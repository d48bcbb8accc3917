"""Three hundred visits with random faults on one terminal, then everything is counted; ``scripts/soak`` plays 5,000."""

from __future__ import annotations

from pathlib import Path

import pytest

from tests.scenarios.soak import run
from tests.scenarios.soak_measures import Allowance, Sample, growth

VISITS = 300


@pytest.mark.timeout(600)
def test_everybody_is_enrolled_or_told_why_and_nothing_grows(tmp_path: Path, seed: int) -> None:
    soak = run(VISITS, seed, tmp_path)
    assert soak.wrong == []
    assert sum(soak.endings.values()) == VISITS
    assert len(soak.faults) > 10, "the lots are not drawn"


@pytest.mark.parametrize("grown", ["resident_kib", "blocks", "threads", "descriptors", "wal_bytes"])
def test_what_grows_beyond_its_allowance_is_named(grown: str) -> None:
    before = dict.fromkeys(Sample.__dataclass_fields__, 0)
    after = {**before, grown: getattr(Allowance(), grown) + 1}
    assert growth([Sample(**before), Sample(**before)]) == []
    (told,) = growth([Sample(**before), Sample(**after)])
    assert told.startswith(grown)


def test_what_the_tracer_itself_takes_is_no_growth() -> None:
    before = dict.fromkeys(Sample.__dataclass_fields__, 0)
    traced = {**before, "traced": 1, "resident_kib": Allowance().resident_kib + 1}
    assert growth([Sample(**before), Sample(**before), Sample(**traced)]) == []
