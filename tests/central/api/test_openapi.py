"""The document says what the API does: schemathesis asks whatever it allows, and what it does not."""

from __future__ import annotations

import json
from collections.abc import Callable, Iterator
from dataclasses import replace
from pathlib import Path

import pytest
import schemathesis
from hypothesis import given, settings
from schemathesis import GenerationMode
from schemathesis.schemas import BaseSchema

from central.api.openapi import OPERATIONS, document
from central.app import create_app
from central.engine import in_transaction
from central.published.service import import_series, shipped
from central.staff.permissions import Role
from tests.central.web_site import HALL, CentralSite

DOCUMENT = Path(__file__).parents[3] / "docs" / "openapi.json"
Issue = Callable[..., str]
EXAMPLES = 15  # of each operation; thousands were asked while it was written


@pytest.fixture
def api(site: CentralSite) -> Iterator[BaseSchema]:
    """The document as served and the app behind it, with something to tell, and calls enough."""
    site.fleet(HALL)
    site.registered("HALL-75-01-A", HALL.office)
    series, sources = shipped()
    in_transaction(
        site.engine,
        lambda connection: import_series(connection, series, sources, by="command", now=site.clock.now, shards=1),
    )
    app = create_app(replace(site.settings, api_per_minute=10_000), clock=site.clock, passwords=site.passwords)
    yield schemathesis.openapi.from_wsgi("/api/v1/openapi.json", app, config=schemathesis.Config())
    app.extensions["central"].dispose()


# What is asked is the same on every database; how it is read, test_views tells on each.
@pytest.mark.only_on("sqlite")
@pytest.mark.parametrize("mode", GenerationMode, ids=lambda mode: mode.value)
@pytest.mark.parametrize("role", [Role.NATIONAL, Role.OUTSIDER], ids=lambda role: role.value)
def test_whatever_is_asked_is_answered_as_the_document_says(
    api: BaseSchema, issue: Issue, role: Role, mode: GenerationMode
) -> None:
    headers = {"Authorization": f"Bearer {issue(role)}"}

    def ask(case: schemathesis.Case) -> None:
        case.call_and_validate(headers=headers)

    asked = [found.ok() for found in api.get_all_operations()]
    for operation in asked:
        try_out = given(case=operation.as_strategy(generation_mode=mode))
        settings(max_examples=EXAMPLES, deadline=None, database=None)(try_out(ask))()
    assert len(asked) == len(OPERATIONS)


def test_the_document_in_docs_is_the_one_that_is_served(site: CentralSite) -> None:
    """Made again by ``python -m central openapi > docs/openapi.json``."""
    served = site.app.test_client().get("/api/v1/openapi.json").json
    assert json.loads(DOCUMENT.read_text(encoding="utf-8")) == served == document()
