from __future__ import annotations

from collections.abc import Iterator
from pathlib import Path

import pytest

from tests.central.web_site import CentralSite


@pytest.fixture
def site(tmp_path: Path) -> Iterator[CentralSite]:
    """A migrated central with keys of its own; its connections are closed at the end."""
    central = CentralSite(tmp_path / "programme")
    yield central
    central.close()
