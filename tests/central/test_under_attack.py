"""Every address of central and of the vault under what an attacker tries first; generated from the apps' own routes.

One site a test and all its doors in turn: a new route is tried without anybody remembering to.
"""

from __future__ import annotations

import logging
import re
from collections.abc import Callable, Iterator
from dataclasses import dataclass
from pathlib import Path

import pytest
from flask import Flask
from flask.testing import FlaskClient
from werkzeug.test import TestResponse

from central.app import OPEN_ENDPOINTS, SIGNED_ENDPOINTS
from central.staff.permissions import PERMISSIONS, Role
from central.staff.provider.settings import ProviderSettings
from central.vault import views as vault_views
from tests.central.vault.site import VaultSite
from tests.central.web_site import HALL, Browser, CentralSite

CANARY = "CANARI 255081416802538 canari@exemple.fr"
TERMINAL = "HALL-75-01-A"
ARGUMENTS = {
    "office_id": HALL.office,
    "terminal_id": TERMINAL,
    "region": "11",
    "departement": "75",
    "case_id": "00000000-0000-0000-0000-000000000009",
    "filename": "central.css",
    "token": "canari",
}
METHODS = {"GET", "POST", "PUT", "PATCH", "DELETE", "TRACE", "CANARI"}
SAME_ORIGIN = {"Sec-Fetch-Site": "same-origin"}
LEAVING = {"staff.sign_out", "staff.sign_out_everywhere"}
PROVIDER = ProviderSettings(
    issuer="https://identite.example", client_id="central", client_secret="s" * 32, acr_values=("eidas2",)
)


@dataclass(frozen=True)
class Route:
    """One method of one address."""

    endpoint: str
    method: str
    path: str

    def __str__(self) -> str:
        return f"{self.method} {self.path}"


def routes(app: Flask) -> list[Route]:
    found = [
        Route(rule.endpoint, method, re.sub(r"<(?:\w+:)?(\w+)>", lambda name: ARGUMENTS[name[1]], rule.rule))
        for rule in app.url_map.iter_rules()
        for method in (rule.methods or set()) - {"HEAD", "OPTIONS"}
    ]
    return sorted(found, key=str)


def closed(app: Flask) -> list[Route]:
    """The ways out come last: whoever left is sent to the sign-in anyway."""
    behind = [route for route in routes(app) if route.endpoint not in OPEN_ENDPOINTS]
    return sorted(behind, key=lambda route: route.endpoint in LEAVING)


def forms(app: Flask, signed: frozenset[str]) -> list[Route]:
    return [route for route in routes(app) if route.method == "POST" and route.endpoint not in signed]


@pytest.fixture
def central(site: CentralSite) -> CentralSite:
    """With every door there can be, and somebody of every role."""
    site.provider = PROVIDER
    site.fleet(HALL)
    site.ticket(TERMINAL)
    for role in Role:
        site.manager(role.name.replace("_", "-"), "11" if role is Role.REGIONAL_MANAGER else None, role=role)
    return site


@pytest.fixture
def vault(tmp_path: Path) -> Iterator[VaultSite]:
    made = VaultSite(tmp_path / "a-vault")
    yield made
    made.close()


@pytest.fixture(params=["central", "vault"])
def app(request: pytest.FixtureRequest) -> Flask:
    found: Flask = request.getfixturevalue(request.param).app
    return found


def signed_in(site: CentralSite, endpoint: str) -> Browser:
    """Somebody who may open it."""
    role = min(PERMISSIONS[endpoint], key=lambda one: one.value)
    browser = site.browser()
    assert browser.sign_in(role.name.replace("_", "-")).status_code == 303
    return browser


def everybody(site: CentralSite) -> Callable[[str], Browser]:
    """One session a role, for tests that leave none."""
    browsers: dict[frozenset[Role], Browser] = {}

    def of(endpoint: str) -> Browser:
        allowed = PERMISSIONS[endpoint]
        if allowed not in browsers:
            browsers[allowed] = signed_in(site, endpoint)
        return browsers[allowed]

    return of


def is_shut(answer: TestResponse) -> bool:
    return (answer.status_code, answer.location) in {(302, "/connexion"), (401, None)}


def token_of(client: FlaskClient, page: str) -> str:
    found = re.search(r'name="csrf" value="([^"]+)"', client.get(page).text)
    assert found is not None, page
    return found[1]


def test_no_address_answers_to_a_method_it_does_not_name(app: Flask) -> None:
    client, named = app.test_client(), routes(app)
    answered = []
    for path in {route.path for route in named}:
        for method in METHODS - {route.method for route in named if route.path == path}:
            answer = client.open(path, method=method)
            # An address may be a pattern of another route as well; who is not let in learns nothing either.
            if answer.status_code not in {401, 403, 405} or CANARY[:6] in answer.text:
                answered.append((method, path, answer.status_code))
    assert answered == []


def attacks(token: str) -> Iterator[tuple[str, dict[str, str], dict[str, str]]]:
    """Name, headers and form of posts that come from somebody else's page, or bear no token of ours."""
    yield "no token", SAME_ORIGIN, {}
    yield "a made-up token", SAME_ORIGIN, {"csrf": "x" * len(token)}
    yield "another site", {"Sec-Fetch-Site": "cross-site"}, {"csrf": token}
    yield "a neighbouring site", {"Sec-Fetch-Site": "same-site"}, {"csrf": token}
    yield "typed by a user agent", {"Sec-Fetch-Site": "none"}, {"csrf": token}
    yield "a foreign origin", {"Origin": "https://evil.example"}, {"csrf": token}
    yield "an origin of null", {"Origin": "null"}, {"csrf": token}
    yield "no word of where from", {}, {"csrf": token}


def test_central_no_form_takes_what_is_not_from_our_own_page(central: CentralSite) -> None:
    taken = []
    for route in forms(central.app, SIGNED_ENDPOINTS):
        is_open = route.endpoint in OPEN_ENDPOINTS
        browser = central.browser() if is_open else signed_in(central, route.endpoint)
        token = token_of(browser.client, "/connexion" if is_open else "/compte")
        before = central.audit_tags()
        for name, headers, fields in attacks(token):
            answer = browser.client.post(route.path, headers=headers, data=fields)
            if answer.status_code != 403 or central.audit_tags() != before:
                taken.append((str(route), name, answer.status_code))
    assert taken == []


def test_the_vault_no_form_takes_what_is_not_from_our_own_page(vault: VaultSite) -> None:
    client, taken = vault.app.test_client(), []
    token = token_of(client, "/activation")
    for route in forms(vault.app, vault_views.SIGNED_ENDPOINTS):
        for name, headers, fields in attacks(token):
            answer = client.post(route.path, headers=headers, data=fields)
            if answer.status_code != 403:
                taken.append((str(route), name, answer.status_code))
    assert taken == []


@pytest.mark.parametrize("away", [{"minutes": 16}, {"hours": 11}], ids=["idle", "a day"])
def test_an_expired_session_opens_no_door(central: CentralSite, away: dict[str, float]) -> None:
    browsers = [(route, signed_in(central, route.endpoint)) for route in closed(central.app)]
    central.clock.pass_by(**away)
    assert [str(route) for route, browser in browsers if not is_shut(opened(browser, route))] == []


def test_a_session_that_is_used_all_day_ends_after_ten_hours(central: CentralSite) -> None:
    browser = signed_in(central, "staff.account")
    while central.clock.now.hour < 18:
        central.clock.pass_by(minutes=10)
        assert browser.get("/compte").status_code == 200
    for _ in range(7):
        central.clock.pass_by(minutes=10)
        last = browser.get("/compte")
    assert is_shut(last)


def test_a_cookie_that_was_kept_from_before_the_sign_out_opens_no_door(central: CentralSite) -> None:
    let_in = []
    for route in closed(central.app):
        browser = signed_in(central, route.endpoint)
        kept = browser.client.get_cookie("central-app")
        assert kept is not None
        browser.post("/deconnexion", "/compte")
        thief = central.browser()
        thief.client.set_cookie("central-app", kept.value)
        if not is_shut(opened(thief, route)):
            let_in.append(str(route))
    assert let_in == []


def test_a_cookie_of_another_central_opens_no_door(central: CentralSite, tmp_path: Path) -> None:
    other = CentralSite(tmp_path / "other", clock=central.clock)
    other.manager("NATIONAL", role=Role.NATIONAL)
    signed = other.browser()
    signed.sign_in("NATIONAL")
    cookie = signed.client.get_cookie("central-app")
    assert cookie is not None
    thief = central.browser()
    thief.client.set_cookie("central-app", cookie.value)
    let_in = [str(route) for route in closed(central.app) if not is_shut(opened(thief, route))]
    other.close()
    assert let_in == []


def test_half_a_sign_in_opens_no_door(central: CentralSite) -> None:
    central.second_factor = True
    browser = central.browser()
    assert browser.sign_in("NATIONAL").location == "/connexion/code"
    assert [str(route) for route in closed(central.app) if not is_shut(opened(browser, route))] == []


def opened(browser: Browser, route: Route) -> TestResponse:
    """With whatever token this browser still gets."""
    if route.method == "GET":
        return browser.get(route.path)
    return browser.post(route.path, "/connexion")


def broken(app: Flask, endpoint: str) -> None:
    def fails(**_arguments: object) -> str:
        raise RuntimeError(CANARY)

    app.view_functions[endpoint] = fails


def test_central_no_error_of_ours_shows_what_went_wrong(central: CentralSite, caplog: pytest.LogCaptureFixture) -> None:
    caplog.set_level(logging.DEBUG)
    browser_of, doors = everybody(central), routes(central.app)
    tokens = {"/compte": "", "/connexion": ""}
    visitor, shown = central.browser(), []
    tokens["/connexion"] = token_of(visitor.client, "/connexion")
    held = {route.endpoint: browser_of(route.endpoint) for route in doors if route.endpoint in PERMISSIONS}
    csrf = {endpoint: token_of(browser.client, "/compte") for endpoint, browser in held.items()}
    for route in doors:
        broken(central.app, route.endpoint)
        client = held[route.endpoint].client if route.endpoint in held else visitor.client
        form = {"csrf": csrf.get(route.endpoint, tokens["/connexion"])}
        answer = client.open(
            route.path,
            method=route.method,
            data=form if route.method == "POST" else None,
            headers=SAME_ORIGIN,
            environ_base={"REMOTE_ADDR": "127.0.0.1"},
        )
        if answer.status_code != 500 or is_telling(answer):
            shown.append((str(route), answer.status_code))
    assert shown == []
    assert "CANARI" not in caplog.text


def test_the_vault_no_error_of_ours_shows_what_went_wrong(vault: VaultSite, caplog: pytest.LogCaptureFixture) -> None:
    caplog.set_level(logging.DEBUG)
    client, shown = vault.app.test_client(), []
    token = token_of(client, "/activation")
    for route in routes(vault.app):
        broken(vault.app, route.endpoint)
        form = {"csrf": token} if route.method == "POST" else None
        answer = client.open(route.path, method=route.method, data=form, headers=SAME_ORIGIN)
        if answer.status_code != 500 or is_telling(answer):
            shown.append((str(route), answer.status_code))
    assert shown == []
    assert "CANARI" not in caplog.text


def is_telling(answer: TestResponse) -> bool:
    return any(word in answer.text for word in ("CANARI", "255081416802538", "Traceback", "RuntimeError", ".py"))


def test_what_machines_are_refused_is_a_code_and_a_sentence_of_ours(app: Flask) -> None:
    client, told = app.test_client(), []
    for route in routes(app):
        if not route.path.startswith("/v1/") or route.method != "POST":
            continue
        for body in (b"", CANARY.encode(), CANARY.encode() * 100, b"\x81\xa6header" + CANARY.encode()):
            answer = client.post(route.path, data=body)
            is_ours = answer.content_type == "application/problem+json" and {*answer.json} == {"code", "message"}
            if answer.status_code not in {400, 401, 413} or not is_ours or "CANARI" in answer.text:
                told.append((str(route), answer.status_code, answer.text))
    assert told == []
