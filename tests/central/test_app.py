"""The assembled central: which doors are open, and that all others are closed."""

from __future__ import annotations

import re
import subprocess
import sys
import uuid
from pathlib import Path

import pytest

from central.app import OPEN_ENDPOINTS, SIGNED_ENDPOINTS, create_app
from central.errors import SetupError
from central.settings import CentralSettings
from central.staff.provider.settings import ProviderSettings
from tests.central.web_site import HALL, CentralSite
from tests.fakes.databases import empty_database_in
from wire import homes
from wire.errors import TrustError

OPEN_ROUTES = {
    "/api/v1/openapi.json GET",
    "/connexion GET",
    "/connexion POST",
    "/connexion/authentificateur GET",
    "/connexion/authentificateur POST",
    "/connexion/code GET",
    "/connexion/code POST",
    "/connexion/fournisseur GET",
    "/connexion/fournisseur/retour GET",
    "/connexion/mot-de-passe GET",
    "/connexion/mot-de-passe POST",
    "/healthz GET",
    "/metrics GET",
    "/readyz GET",
    "/static/<path:filename> GET",
    "/static/htmx.js GET",
    "/v1/batches POST",
    "/v1/configuration POST",
    "/v1/office-figures POST",
    "/v1/proofs POST",
    "/v1/registrations POST",
    "/v1/status POST",
    "/v1/trust GET",
}
CLOSED_ROUTES = {
    "/ GET",
    "/api/v1/counts GET",
    "/api/v1/indicator-2.8.4 GET",
    "/api/v1/series GET",
    "/api/v1/silent-points GET",
    "/bornes GET",
    "/bornes/<terminal_id> GET",
    "/compte GET",
    "/controles GET",
    "/controles/<uuid:case_id> GET",
    "/controles/<uuid:case_id>/decision POST",
    "/deconnexion POST",
    "/deconnexion/partout POST",
    "/enregistrement GET",
    "/enregistrement POST",
    "/exports GET",
    "/exports/bornes.csv GET",
    "/exports/bornes.xlsx GET",
    "/exports/comptes.csv GET",
    "/exports/comptes.xlsx GET",
    "/exports/indicateur.csv GET",
    "/exports/indicateur.xlsx GET",
    "/exports/serie.csv GET",
    "/exports/serie.xlsx GET",
    "/indicateur GET",
    "/points/<office_id> GET",
    "/releves GET",
    "/releves/<office_id> GET",
    "/releves/<office_id>/csv GET",
    "/releves/<office_id>/pdf GET",
    "/tableau GET",
    "/tableau/vivant GET",
    "/tableau/courbe.svg GET",
    "/deploiement GET",
    "/points-a-suivre GET",
    "/points-a-suivre/vivant GET",
}


PROVIDER = ProviderSettings(
    issuer="https://identite.example", client_id="central", client_secret="s" * 32, acr_values=("eidas2",)
)


@pytest.fixture(autouse=True)
def _provider(request: pytest.FixtureRequest) -> None:
    """Every door there can be: those of the identity provider stand only where one is set."""
    if "site" in request.fixturenames:
        request.getfixturevalue("site").provider = PROVIDER


def routes(central: CentralSite, *, opened: bool) -> set[str]:
    return {
        f"{rule.rule} {method}"
        for rule in central.app.url_map.iter_rules()
        for method in (rule.methods or set()) - {"HEAD", "OPTIONS"}
        if (rule.endpoint in OPEN_ENDPOINTS) is opened
    }


def test_the_open_doors_are_exactly_these(site: CentralSite) -> None:
    assert routes(site, opened=True) == OPEN_ROUTES


def test_the_closed_doors_are_exactly_these(site: CentralSite) -> None:
    assert routes(site, opened=False) == CLOSED_ROUTES


def test_no_name_on_the_open_list_is_of_a_door_that_is_gone(site: CentralSite) -> None:
    assert set(site.app.view_functions) >= OPEN_ENDPOINTS | SIGNED_ENDPOINTS


def test_only_machines_with_signed_bodies_are_excused_from_the_forms_token() -> None:
    assert set(SIGNED_ENDPOINTS) == {
        "devices.registrations",
        "devices.configuration",
        "intake.batches",
        "intake.office_figures",
        "intake.status",
        "proofs.proofs",
    }


def test_every_closed_door_stays_closed_without_a_sign_in(site: CentralSite) -> None:
    named = {route: re.sub("<uuid:[^>]+>", str(uuid.UUID(int=9)), route) for route in CLOSED_ROUTES}
    knocked = {route: re.sub("<[^>]+>", "X-1", address).split() for route, address in named.items()}
    client = site.app.test_client()
    answers = {route: client.open(path, method=method) for route, (path, method) in knocked.items()}
    refused = {(302, "/connexion"), (401, None)}
    assert [route for route, answer in answers.items() if (answer.status_code, answer.location) not in refused] == []


def test_a_route_added_by_a_later_feature_is_closed(site: CentralSite) -> None:
    site.app.add_url_rule("/nouveau", "nouveau", lambda: "secret")
    assert site.app.test_client().get("/nouveau").location == "/connexion"


def test_health_is_said_to_anyone(site: CentralSite) -> None:
    answer = site.app.test_client().get("/healthz")
    assert answer.json == {"status": "ok"}


def test_another_host_name_gets_a_page_that_works_without_addresses(site: CentralSite) -> None:
    answer = site.app.test_client().get("/connexion", headers={"Host": "evil.example"})
    assert answer.status_code == 400
    assert "La demande n’a pas pu être lue." in answer.text  # noqa: RUF001 - French


def test_an_unknown_address_gets_our_page(site: CentralSite) -> None:
    answer = site.app.test_client().get("/nulle-part")
    assert answer.status_code == 404
    assert "Cette page n’existe pas." in answer.text  # noqa: RUF001 - French
    assert "/static/central.css" in answer.text


def test_a_body_beyond_the_limit_of_a_batch_is_a_problem_in_json(site: CentralSite) -> None:
    answer = site.app.test_client().post("/v1/batches", data=b"x" * (4 * 1024 * 1024 + 1))
    assert (answer.status_code, answer.json["code"]) == (413, "too_long")


def test_the_script_of_htmx_is_the_one_that_was_reviewed(site: CentralSite) -> None:
    answer = site.app.test_client().get("/static/htmx.js")
    assert answer.content_type.startswith("text/javascript")
    # An upgrade of the package is a visible act: read its notes, then change this line.
    assert re.search(rb'version:"2\.0\.3"', answer.data)


def test_over_https_the_cookie_is_bound_to_the_host_and_the_browser_told_to_stay(tmp_path: Path) -> None:
    central = CentralSite(tmp_path / "programme", public_url="https://central.example")
    answer = central.app.test_client().get("/connexion", headers={"Host": "central.example"})
    assert answer.headers["Set-Cookie"].startswith("__Host-central-app=")
    assert "Strict-Transport-Security" in answer.headers
    central.close()


def test_a_database_of_another_release_is_refused_with_the_command_to_run(site: CentralSite) -> None:
    settings = CentralSettings(home=site.home, database=empty_database_in(site.home))
    with pytest.raises(SetupError, match="run python -m central migrate"):
        create_app(settings, clock=site.clock)


def test_a_bundle_of_another_root_stops_the_start(site: CentralSite, tmp_path: Path) -> None:
    other = CentralSite(tmp_path / "other")
    (site.home / homes.TRUST_BUNDLE).write_bytes((other.home / homes.TRUST_BUNDLE).read_bytes())
    other.close()
    with pytest.raises(TrustError, match="not signed by the programme root"):
        create_app(site.settings, clock=site.clock)


def test_no_page_and_no_log_holds_what_a_person_would_mind(
    site: CentralSite,
    caplog: pytest.LogCaptureFixture,
) -> None:
    canary = "255081416802538"
    site.fleet(HALL)
    site.manager("NATIONAL")
    browser = site.browser()
    browser.sign_in("NATIONAL")
    bodies = [
        browser.get(f"/tableau?nir={canary}").text,
        browser.get(f"/{canary}").text,
        browser.sign_in(canary, canary).text,
        browser.client.post("/v1/batches", data=canary.encode()).text,
        browser.client.post("/v1/registrations", data=canary.encode()).text,
        browser.client.post("/v1/configuration", data=canary.encode()).text,
        browser.client.post("/v1/status", data=canary.encode()).text,
    ]
    assert not [body for body in bodies if canary in body]
    assert canary not in caplog.text


def test_gunicorn_finds_the_app_by_the_environment_alone(site: CentralSite) -> None:
    asked = "from central.wsgi import app; print(app.test_client().get('/healthz').json)"
    environment = {"CENTRAL_HOME": str(site.home), "CENTRAL_DATABASE": site.settings.database}
    done = subprocess.run(
        [sys.executable, "-c", asked],
        env=environment,
        cwd=Path(__file__).parents[2],
        capture_output=True,
        text=True,
        check=False,
        timeout=60,
    )
    assert done.stdout == "{'status': 'ok'}\n", done.stderr
