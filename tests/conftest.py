"""What every test shares: where the vectors lie, and a fixed present."""

from __future__ import annotations

import json
from datetime import UTC, datetime
from pathlib import Path
from typing import TYPE_CHECKING, Any

import pytest

if TYPE_CHECKING:
    from tests.town.town import Town

VECTORS = Path(__file__).parent / "vectors"


def load_vectors(name: str) -> Any:
    return json.loads((VECTORS / name).read_text(encoding="utf-8"))


@pytest.fixture
def now() -> datetime:
    """The present of pure tests: the day the DMP was launched nationally."""
    return datetime(2018, 11, 6, 9, 30, tzinfo=UTC)


@pytest.fixture(scope="session")
def vectors() -> Any:
    """Load published vectors by their path under tests/vectors."""
    return load_vectors


@pytest.fixture(scope="session")
def founded_town(tmp_path_factory: pytest.TempPathFactory) -> Town:
    """Central, vault and two terminals, registered, nothing running: copy it (``tests.town.town.copy_of``)."""
    from tests.town.town import found  # noqa: PLC0415 - only who needs processes pays for it

    return found(tmp_path_factory.mktemp("founded") / "town")
