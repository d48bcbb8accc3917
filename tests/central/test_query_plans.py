"""No page reads a large table from end to end: every route a manager may open, by the plans of all it asks."""

from __future__ import annotations

from datetime import date
from http import HTTPStatus

import pytest
from sqlalchemy import Engine, text

from bench.fill.counters import fill_counters
from bench.fill.dossiers import fill
from bench.fill.points import make_points
from central.engine import reading
from central.staff.permissions import Role
from tests.central.plans import Asked, asked_of, case_at, pages_of, scans
from tests.central.web_site import CentralSite

POINT = make_points(3, seed=1)[0].place
ARGUMENTS = {
    "office_id": POINT.office,
    "terminal_id": POINT.terminal,
    "region": POINT.region,
    "departement": POINT.departement,
}


@pytest.fixture
def site(site: CentralSite) -> CentralSite:
    fill(site.engine, dossiers=30, points=3)
    assert fill_counters(site.engine, dossiers=200, points=3, until=date(2018, 11, 9), first_shard=1) > 0
    for role in Role:
        site.manager(role.name.replace("_", "-"), POINT.region if role is Role.REGIONAL_MANAGER else None, role=role)
    return site


@pytest.mark.parametrize("role", list(Role), ids=lambda role: role.value)
def test_no_page_reads_a_large_table_from_end_to_end(site: CentralSite, role: Role) -> None:
    engine: Engine = site.app.extensions["central"]
    browser = site.browser()
    arguments = ARGUMENTS | {"case_id": case_at(site.engine, POINT.office)}
    with asked_of(engine) as heard:
        assert browser.sign_in(role.name.replace("_", "-")).status_code == HTTPStatus.SEE_OTHER
        for page in pages_of(site.app, role, arguments):
            answer = browser.get(page)
            is_refused = role is Role.OUTSIDER and "?" in page and answer.status_code == HTTPStatus.FORBIDDEN
            assert is_refused or answer.status_code in {HTTPStatus.OK, HTTPStatus.FOUND}, (page, answer.status_code)
    assert heard
    assert scans(engine, heard) == []


@pytest.mark.parametrize(
    ("statement", "table"),
    [
        ("SELECT count(*) FROM dossiers", "dossiers"),
        ("SELECT sum(value) FROM counters WHERE member = 'T-1'", "counters"),
        ("SELECT state FROM accounts WHERE activated_on = '2021-06-30'", "accounts"),
        ("SELECT max(received_ms) FROM records JOIN devices USING (terminal_id)", "records"),
    ],
)
def test_a_page_that_did_would_be_found(site: CentralSite, statement: str, table: str) -> None:
    with asked_of(site.engine) as heard, reading(site.engine) as connection:
        connection.execute(text(statement))
    assert [found.partition(":")[0] for found in scans(site.engine, heard)] == [table]


def test_what_asks_by_the_key_is_no_scan(site: CentralSite) -> None:
    by_key = "SELECT value FROM counters WHERE dimension = 'total' AND period = 'all' AND measure = 'refusals'"
    with asked_of(site.engine) as heard, reading(site.engine) as connection:
        connection.execute(text(by_key))
    assert heard == [Asked(by_key, heard[0].parameters)]
    assert scans(site.engine, heard) == []
