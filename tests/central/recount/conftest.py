from __future__ import annotations

from pathlib import Path

import pytest

from tests.central.intake_rig import (
    busy,  # noqa: F401 - a fixture is found by its name here
    rig,  # noqa: F401 - the same
)


@pytest.fixture
def notes(tmp_path: Path) -> Path:
    return tmp_path / "recount.notes"
