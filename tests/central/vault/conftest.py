from __future__ import annotations

from collections.abc import Callable, Iterator
from pathlib import Path

import pytest

from tests.central.vault.site import VaultSite
from tests.fakes.messenger import FakeMessenger


@pytest.fixture
def make_site(tmp_path: Path) -> Iterator[Callable[..., VaultSite]]:
    """Build vaults with settings of one's own; their connections are closed at the end."""
    built: list[VaultSite] = []

    def make(**changes: object) -> VaultSite:
        reach, messenger = changes.pop("reach", None), changes.pop("messenger", None)
        folder = tmp_path / f"programme-{len(built)}"
        site = VaultSite(folder, changes=changes)
        if reach is not None:
            site.reach = reach  # type: ignore[assignment]
        if messenger is not None:
            site.messenger = messenger  # type: ignore[assignment]
        built.append(site)
        return site

    yield make
    for site in built:
        site.close()


@pytest.fixture
def site(make_site: Callable[..., VaultSite]) -> VaultSite:
    """A vault with the shipped limits and a cheap Argon2."""
    return make_site()


@pytest.fixture
def post(make_site: Callable[..., VaultSite]) -> VaultSite:
    """The same with e-mail and text messages."""
    return make_site(messenger=FakeMessenger())
