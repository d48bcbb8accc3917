from __future__ import annotations

from collections.abc import Iterator

import pytest

from tests.town.town import Town, copy_of


@pytest.fixture(scope="module")
def town(founded_town: Town, tmp_path_factory: pytest.TempPathFactory) -> Iterator[Town]:
    """A town of this module's own; nothing runs yet."""
    own = copy_of(founded_town, tmp_path_factory.mktemp("town") / "town")
    yield own
    own.stop()
