"""Managers who come by the identity provider, and those who try what it does not vouch for."""

from __future__ import annotations

from collections.abc import Iterator
from pathlib import Path
from typing import Any

import pytest
from werkzeug.test import TestResponse

from central.engine import in_transaction
from central.errors import SetupError
from central.staff import service
from central.staff.provider.settings import ProviderSettings, provider_settings
from tests.central.web_site import Browser, CentralSite, Clock
from tests.fakes.identity_provider import CLIENT, SECRET, IdentityProvider, identity_provider

SUBJECT = "rpps-899700000001"
START, BACK = "/connexion/fournisseur", "/connexion/fournisseur/retour"


@pytest.fixture
def provider() -> Iterator[IdentityProvider]:
    with identity_provider(Clock()) as running:
        yield running


@pytest.fixture
def site(tmp_path: Path, provider: IdentityProvider) -> Iterator[CentralSite]:
    """A central whose managers may come by the provider; one was prepared."""
    central = CentralSite(tmp_path / "programme", second_factor=True)
    provider.clock = central.clock
    central.provider = ProviderSettings(
        issuer=provider.issuer, client_id=CLIENT, client_secret=SECRET, acr_values=("eidas2", "eidas3")
    )
    central.manager("RESP-11", "11")
    prepare(central, "RESP-11", SUBJECT)
    yield central
    central.close()


def prepare(site: CentralSite, name: str, subject: str | None) -> None:
    in_transaction(site.engine, lambda c: service.map_to_claim(c, name, subject, now=site.clock.now, shards=1))


def come(browser: Browser, provider: IdentityProvider) -> TestResponse:
    """There and back, as a browser is led."""
    return browser.get(f"{BACK}?{provider.authorize(browser.get(START).location or '')}")


def test_who_was_prepared_comes_in_without_a_password(site: CentralSite, provider: IdentityProvider) -> None:
    browser = site.browser()
    assert 'content="0;url=/"' in come(browser, provider).text
    assert browser.get("/").location == "/tableau"
    assert "Île-de-France" in browser.get("/tableau").text
    assert site.audit_tags()[-1] == "manager:signed_in"


def test_the_provider_is_asked_with_pkce_state_nonce_and_level(site: CentralSite, provider: IdentityProvider) -> None:
    come(site.browser(), provider)
    [asked] = provider.asked
    assert asked["redirect_uri"] == "http://localhost/connexion/fournisseur/retour"
    assert (asked["scope"], asked["acr_values"]) == ("openid", "eidas2 eidas3")
    assert len({asked["state"], asked["nonce"], asked["code_challenge"]}) == 3


def test_the_way_is_offered_on_the_sign_in_page(site: CentralSite) -> None:
    assert f'href="{START}"' in site.browser().get("/connexion").text


def test_the_cookie_of_the_way_comes_back_from_elsewhere_and_goes_nowhere_else(site: CentralSite) -> None:
    cookie = site.browser().get(START).headers["Set-Cookie"]
    assert all(word in cookie for word in ("HttpOnly", "SameSite=Lax", f"Path={START}", "Max-Age=600"))


LIES: dict[str, dict[str, Any]] = {
    "another audience": {"aud": "another-service"},
    "two audiences, another authorized party": {"aud": [CLIENT, "another"], "azp": "another"},
    "another issuer": {"iss": "http://127.0.0.1:1"},
    "another nonce": {"nonce": "planted"},
    "no nonce": {"nonce": None},
    "run out": {"exp": 1},
    "of another access token": {"at_hash": "AAAAAAAAAAAAAAAAAAAAAA"},
    "a lower level": {"acr": "eidas1"},
    "no level": {"acr": None},
    "nobody prepared": {"sub": "rpps-000000000000"},
    "no name": {"sub": ""},
    "a name that is none": {"sub": [SUBJECT]},
    "another provider's description": {"described": "http://127.0.0.1:1"},
}


@pytest.mark.parametrize("lie", LIES)
def test_a_token_that_does_not_hold_opens_nothing(site: CentralSite, provider: IdentityProvider, lie: str) -> None:
    browser = site.browser()
    query = provider.authorize(browser.get(START).location or "")
    provider.lies = LIES[lie]
    assert browser.get(f"{BACK}?{query}").status_code == 403
    assert browser.get("/tableau").status_code == 302
    assert "manager:signed_in" not in site.audit_tags()


@pytest.mark.parametrize("signature", ["another", "secret", "nothing"])
def test_a_token_of_another_signature_opens_nothing(
    site: CentralSite, provider: IdentityProvider, signature: str
) -> None:
    provider.signs_with = signature
    assert come(site.browser(), provider).status_code == 403


def test_a_claim_never_makes_a_manager(site: CentralSite, provider: IdentityProvider) -> None:
    provider.subject = "rpps-111111111111"
    provider.lies = {"role": "national", "manager_id": "RESP-11"}
    answer = come(site.browser(), provider)
    assert "Aucun compte" in answer.text
    assert provider.subject not in answer.text


def test_another_browser_cannot_be_brought_in_with_a_way_begun_here(
    site: CentralSite, provider: IdentityProvider
) -> None:
    query = provider.authorize(site.browser().get(START).location or "")
    victim = site.browser()
    assert victim.get(f"{BACK}?{query}").status_code == 403
    victim.get(START)
    assert victim.get(f"{BACK}?{query}").status_code == 403
    assert victim.get("/tableau").status_code == 302


def test_the_answer_serves_once(site: CentralSite, provider: IdentityProvider) -> None:
    browser = site.browser()
    query = provider.authorize(browser.get(START).location or "")
    assert [browser.get(f"{BACK}?{query}").status_code for _ in range(2)] == [200, 403]


def test_a_way_back_after_ten_minutes_is_too_late(site: CentralSite, provider: IdentityProvider) -> None:
    browser = site.browser()
    query = provider.authorize(browser.get(START).location or "")
    site.clock.pass_by(minutes=10, seconds=1)
    assert browser.get(f"{BACK}?{query}").status_code == 403


def test_the_answer_of_another_provider_is_refused(site: CentralSite, provider: IdentityProvider) -> None:
    browser = site.browser()
    query = provider.authorize(browser.get(START).location or "").split("&iss=")[0]
    assert browser.get(f"{BACK}?{query}&iss=https%3A%2F%2Fevil.example").status_code == 403


def test_who_was_refused_there_gets_a_page_here(site: CentralSite, provider: IdentityProvider) -> None:
    browser = site.browser()
    provider.authorize(browser.get(START).location or "")
    answer = browser.get(f"{BACK}?error=access_denied&state={provider.asked[0]['state']}")
    assert (answer.status_code, "Recommencez" in answer.text) == (403, True)


def test_a_barred_or_unmapped_manager_stays_out(site: CentralSite, provider: IdentityProvider) -> None:
    in_transaction(site.engine, lambda c: service.bar(c, "RESP-11", now=site.clock.now, shards=1))
    assert come(site.browser(), provider).status_code == 403
    in_transaction(site.engine, lambda c: service.admit_again(c, "RESP-11", now=site.clock.now, shards=1))
    prepare(site, "RESP-11", None)
    assert come(site.browser(), provider).status_code == 403


def test_a_provider_that_is_down_gets_a_page_and_no_stack(site: CentralSite) -> None:
    with identity_provider(Clock()) as gone:
        address = gone.issuer
    site.provider = ProviderSettings(issuer=address, client_id=CLIENT, client_secret=SECRET, acr_values=("x",))
    answer = site.browser().get(START)
    assert (answer.status_code, "ne répond pas" in answer.text) == (403, True)


def test_no_log_holds_a_code_a_token_or_the_person(
    site: CentralSite, provider: IdentityProvider, caplog: pytest.LogCaptureFixture
) -> None:
    caplog.set_level("INFO", "central")
    come(site.browser(), provider)
    provider.lies = {"sub": "rpps-000000000000"}
    come(site.browser(), provider)
    assert "provider_account" in caplog.text
    assert not [word for word in (SUBJECT, "rpps-000000000000", provider.asked[0]["state"]) if word in caplog.text]


SET = {
    "CENTRAL_OIDC_ISSUER": "https://identite.example/realms/ps",
    "CENTRAL_OIDC_CLIENT_ID": "central",
    "CENTRAL_OIDC_CLIENT_SECRET": "s",
    "CENTRAL_OIDC_ACR": "eidas2, eidas3",
}


def test_without_an_issuer_there_is_no_provider() -> None:
    assert provider_settings({}) is None


def test_the_secret_is_not_in_the_repr() -> None:
    read = provider_settings(SET | {"CENTRAL_OIDC_CLIENT_SECRET": "tres-secret"})
    assert read is not None
    assert read.acr_values == ("eidas2", "eidas3")
    assert "tres-secret" not in repr(read)


@pytest.mark.parametrize("left_out", ["CENTRAL_OIDC_CLIENT_ID", "CENTRAL_OIDC_CLIENT_SECRET", "CENTRAL_OIDC_ACR"])
def test_what_goes_with_an_issuer_must_be_there(left_out: str) -> None:
    with pytest.raises(SetupError, match="CENTRAL_OIDC_ISSUER"):
        provider_settings({name: value for name, value in SET.items() if name != left_out})


def test_an_issuer_over_plain_http_elsewhere_is_refused() -> None:
    with pytest.raises(SetupError, match="plain http"):
        provider_settings(SET | {"CENTRAL_OIDC_ISSUER": "http://identite.example"})
