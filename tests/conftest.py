"""What every test shares: where the vectors lie, and a fixed present."""

from __future__ import annotations

import json
from datetime import UTC, datetime
from pathlib import Path
from typing import Any

import pytest

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
