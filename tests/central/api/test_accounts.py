"""Who may ask: a token that is told once, belongs to one role and region, ends, and has a number of calls."""

from __future__ import annotations

from collections.abc import Callable
from dataclasses import replace

import pytest
from sqlalchemy import select
from werkzeug.test import TestResponse

from central.api import accounts
from central.api.models import service_accounts, service_calls
from central.app import create_app
from central.engine import in_transaction, reading, writing
from central.errors import AlreadyThereError, NotFoundError, SetupError
from central.staff.permissions import Role
from tests.central.web_site import CentralSite

Issue = Callable[..., str]
Ask = Callable[..., TestResponse]


def test_a_token_opens_the_api(ask: Ask, issue: Issue) -> None:
    assert ask("counts", issue()).status_code == 200


@pytest.mark.parametrize("token", [None, "", "dmp_", "dmp_" + "A" * 43, "x" * 47, "dmp_" + "é" * 43])
def test_no_token_or_a_made_up_one_is_refused_and_told_how(ask: Ask, issue: Issue, token: str | None) -> None:
    issue()
    answer = ask("counts", token)
    assert (answer.status_code, answer.headers["WWW-Authenticate"]) == (401, "Bearer")
    assert answer.content_type == "application/problem+json"


@pytest.mark.only_on("sqlite")  # where one writer keeps out all others
def test_a_made_up_token_waits_for_no_writer(site: CentralSite, ask: Ask) -> None:
    assert site.app  # built before: it writes once
    with writing(site.engine):
        assert ask("counts", "dmp_" + "A" * 43).status_code == 401


def test_a_token_in_the_address_opens_nothing(ask: Ask, issue: Issue) -> None:
    """Addresses are logged."""
    assert ask("counts", None, access_token=issue()).status_code == 401


def test_a_token_opens_no_page(site: CentralSite, issue: Issue) -> None:
    headers = {"Authorization": f"Bearer {issue()}"}
    client = site.app.test_client()
    assert [client.get(path, headers=headers).status_code for path in ("/tableau", "/exports", "/compte")] == [302] * 3


def test_a_wrong_token_beside_a_session_is_refused(site: CentralSite) -> None:
    site.manager("NATIONAL")
    browser = site.browser()
    browser.sign_in("NATIONAL")
    assert browser.get("/api/v1/counts").status_code == 200
    assert browser.get("/api/v1/counts", Authorization="Bearer dmp_wrong").status_code == 401


def test_the_database_holds_no_token(site: CentralSite, issue: Issue) -> None:
    token = issue()
    with reading(site.engine) as connection:
        [row] = connection.execute(select(service_accounts)).all()
    assert token.removeprefix(accounts.TOKEN_PREFIX).encode() not in repr(row).encode()


def test_a_revoked_account_asks_no_more(site: CentralSite, ask: Ask, issue: Issue) -> None:
    token = issue()
    in_transaction(site.engine, lambda connection: accounts.revoke(connection, "PROGRAM", now=site.clock.now, shards=1))
    assert ask("counts", token).status_code == 401
    assert site.audit_tags()[-2:] == ["service:issued", "service:revoked"]


def test_an_account_that_is_not_in_use_cannot_be_revoked(site: CentralSite) -> None:
    with pytest.raises(NotFoundError):
        in_transaction(
            site.engine, lambda connection: accounts.revoke(connection, "NOBODY", now=site.clock.now, shards=1)
        )


def test_a_token_ends(site: CentralSite, ask: Ask, issue: Issue) -> None:
    token = issue(days=2)
    site.clock.pass_by(days=2, seconds=-1)
    assert ask("counts", token).status_code == 200
    site.clock.pass_by(seconds=1)
    assert ask("counts", token).status_code == 401


def test_a_name_in_use_is_not_issued_twice_and_one_that_ended_gets_another_token(
    site: CentralSite, ask: Ask, issue: Issue
) -> None:
    first = issue(days=1)
    with pytest.raises(AlreadyThereError):
        issue()
    site.clock.pass_by(days=1)
    second = issue()
    assert [ask("counts", token).status_code for token in (first, second)] == [401, 200]


@pytest.mark.parametrize(("role", "region"), [(Role.REGIONAL_MANAGER, None), (Role.NATIONAL, "11")])
def test_a_regional_role_has_a_region_and_no_other_has(issue: Issue, role: Role, region: str | None) -> None:
    with pytest.raises(SetupError):
        issue(role, region)


def test_a_role_is_answered_at_its_own_doors_only(ask: Ask, issue: Issue) -> None:
    fleet = issue(Role.FLEET_OPERATOR, name="FLEET")
    officer = issue(Role.BONUS_OFFICER, name="OFFICER")
    paths = ("counts", "series", "indicator-2.8.4", "silent-points")
    assert [ask(path, fleet).status_code for path in paths] == [403, 403, 403, 200]
    assert [ask(path, officer).status_code for path in paths] == [200, 200, 200, 403]


def test_calls_of_a_minute_are_counted_and_the_next_minute_begins_anew(site: CentralSite, issue: Issue) -> None:
    token, other = issue(), issue(name="OTHER")
    app = create_app(replace(site.settings, api_per_minute=2), clock=site.clock, passwords=site.passwords)
    client = app.test_client()

    def ask(token: str) -> TestResponse:
        return client.get("/api/v1/counts", headers={"Authorization": f"Bearer {token}"})

    site.clock.pass_by(seconds=20)
    assert [ask(token).status_code for _ in range(3)] == [200, 200, 429]
    refused = ask(token)
    assert (refused.json["code"], refused.headers["Retry-After"]) == ("too_many", "41")
    assert ask(other).status_code == 200
    site.clock.pass_by(seconds=41)
    assert ask(token).status_code == 200
    app.extensions["central"].dispose()


def test_calls_of_long_ago_are_swept_out(site: CentralSite, ask: Ask, issue: Issue) -> None:
    token = issue()
    for _ in range(3):
        ask("counts", token)
        site.clock.pass_by(hours=2)
    with reading(site.engine) as connection:
        assert len(connection.execute(select(service_calls)).all()) == 1
