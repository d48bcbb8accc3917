from __future__ import annotations

from collections.abc import Callable
from datetime import timedelta
from typing import Any

import pytest
from werkzeug.test import TestResponse

from central.api import accounts
from central.engine import in_transaction
from central.staff.permissions import Role
from tests.central.web_site import CentralSite

Issue = Callable[..., str]
Ask = Callable[..., TestResponse]


@pytest.fixture
def issue(site: CentralSite) -> Issue:
    """A service account's token."""

    def make(role: Role = Role.NATIONAL, region: str | None = None, *, name: str = "PROGRAM", days: int = 30) -> str:
        return in_transaction(
            site.engine,
            lambda connection: accounts.issue(
                connection, name, role, region, lasts=timedelta(days=days), now=site.clock.now, shards=1
            ),
        )

    return make


@pytest.fixture
def ask(site: CentralSite) -> Ask:
    """A question with a token."""

    def get(path: str, token: str | None, **query: Any) -> TestResponse:
        headers = {} if token is None else {"Authorization": f"Bearer {token}"}
        return site.app.test_client().get(f"/api/v1/{path}", headers=headers, query_string=query)

    return get
