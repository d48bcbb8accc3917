"""A furnished home, an honest central in memory, and the terminal's sync parts between them."""

from __future__ import annotations

from collections.abc import Iterator
from pathlib import Path

import pytest

from tests.fakes.central_simulator import CentralSimulator
from tests.fakes.programme import Programme
from tests.fakes.terminal_rig import TerminalRig


@pytest.fixture
def programme() -> Programme:
    return Programme()


@pytest.fixture
def home(tmp_path: Path, programme: Programme) -> Path:
    return programme.furnish(tmp_path / "home")


@pytest.fixture
def central(programme: Programme) -> CentralSimulator:
    return CentralSimulator(programme)


@pytest.fixture
def rig(home: Path, programme: Programme, central: CentralSimulator) -> Iterator[TerminalRig]:
    terminal = TerminalRig(home, programme, central)
    yield terminal
    terminal.close()
