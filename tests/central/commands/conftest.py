"""The commands as they are typed, over one central; and a vault beside it."""

from __future__ import annotations

from collections.abc import Callable, Iterator
from pathlib import Path

import pytest

from central import __main__ as command_line
from tests.central.vault.pair import Pair, paired
from tests.central.web_site import CentralSite

Run = Callable[..., tuple[int, str, str]]


@pytest.fixture
def run(site: CentralSite, monkeypatch: pytest.MonkeyPatch, capsys: pytest.CaptureFixture[str]) -> Iterator[Run]:
    """Run a command over the site's database, or over ``database``."""

    def command(*arguments: str, database: str | None = None) -> tuple[int, str, str]:
        monkeypatch.setenv("CENTRAL_DATABASE", database or site.settings.database)
        code = command_line.main([*arguments, "--home", str(site.home)])
        out, err = capsys.readouterr()
        return code, out, err

    return command


@pytest.fixture
def pair(site: CentralSite, tmp_path: Path) -> Iterator[Pair]:
    with paired(site, tmp_path) as pair:
        yield pair
