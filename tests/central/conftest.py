from __future__ import annotations

from collections.abc import Iterator
from pathlib import Path

import pytest

from tests.central.web_site import CentralSite
from tests.fakes import postgres
from tests.fakes.databases import announce_run, on_postgresql


def pytest_configure(config: pytest.Config) -> None:
    postgres.choose_binaries(config.getoption("--postgresql-bin"))
    announce_run(on_postgresql_alone=config.getoption("--database") == "postgresql")


def pytest_generate_tests(metafunc: pytest.Metafunc) -> None:
    """Every test here runs on the database of ``--database``; marked ``only_on``, on that one or not at all."""
    chosen: str = metafunc.config.getoption("--database")
    databases = ["sqlite", "postgresql"] if chosen == "both" else [chosen]
    if mark := metafunc.definition.get_closest_marker("only_on"):
        databases = [name for name in mark.args if name in databases]
    names: list[object] = list(databases) if chosen == "both" else [pytest.HIDDEN_PARAM for _ in databases]
    metafunc.parametrize("database", databases, indirect=True, ids=names)  # type: ignore[arg-type]


def pytest_collection_modifyitems(config: pytest.Config, items: list[pytest.Item]) -> None:
    """A test of the other database is left out, not skipped: nothing is missing."""
    chosen = config.getoption("--database")
    marks = [(item, item.get_closest_marker("only_on")) for item in items]
    others = [item for item, mark in marks if mark is not None and chosen not in {"both", *mark.args}]
    if others:
        config.hook.pytest_deselected(items=others)
        items[:] = [item for item in items if item not in set(others)]


@pytest.fixture(autouse=True)
def database(request: pytest.FixtureRequest) -> Iterator[str]:
    """Which kind of database this test's central and vault have."""
    with on_postgresql(request.param == "postgresql"):
        yield request.param


@pytest.fixture
def site(tmp_path: Path) -> Iterator[CentralSite]:
    """A migrated central with keys of its own; its connections are closed at the end."""
    central = CentralSite(tmp_path / "programme")
    yield central
    central.close()
