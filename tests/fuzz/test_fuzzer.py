"""The fuzzer itself runs, and finds nothing in its first seconds."""

from __future__ import annotations

import re
import subprocess
from pathlib import Path

import pytest

ROOT = Path(__file__).parents[2]


@pytest.mark.fuzz
def test_some_seconds_of_coverage_guided_fuzzing_find_nothing(tmp_path: Path) -> None:
    run = subprocess.run(
        [ROOT / "scripts/fuzz", "3", str(tmp_path)], capture_output=True, text=True, check=False, timeout=120
    )
    assert run.returncode == 0, run.stderr[-2000:]
    assert list(tmp_path.glob("crash-*")) == []
    executed = re.search(r"number_of_executed_units: (\d+)", run.stderr)
    assert executed is not None
    assert int(executed[1]) > 100
