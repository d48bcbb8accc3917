from __future__ import annotations

from collections.abc import Callable

from werkzeug.test import TestResponse

from central.vault.app import OPEN_ENDPOINTS
from central.vault.models import attempts
from tests.central.vault.site import PASSPHRASE, VaultSite, csrf_of, state_of
from wire.codes import ActivationCode, Locator

ADDRESSES = {
    "/ GET",
    "/activation GET",
    "/activation POST",
    "/activation/code GET",
    "/activation/code POST",
    "/healthz GET",
    "/metrics GET",
    "/opposition/<token> GET",
    "/opposition/<token> POST",
    "/readyz GET",
    "/static/<path:filename> GET",
    "/v1/events POST",
    "/v1/hand-over POST",
}


def test_the_addresses_are_these_and_no_others_and_each_is_named_as_open(site: VaultSite) -> None:
    rules = list(site.app.url_map.iter_rules())
    methods = {(rule.rule, method) for rule in rules for method in (rule.methods or set()) - {"HEAD", "OPTIONS"}}
    assert {f"{rule} {method}" for rule, method in methods} == ADDRESSES
    assert {rule.endpoint for rule in rules} == OPEN_ENDPOINTS


def test_an_address_added_later_is_closed(site: VaultSite) -> None:
    site.app.add_url_rule("/dossiers", "dossiers", lambda: "everything")
    assert site.app.test_client().get("/dossiers").status_code == 401


def test_the_bare_address_leads_to_the_page(site: VaultSite) -> None:
    assert site.app.test_client().get("/").headers["Location"] == "/activation"


def test_a_foreign_page_cannot_post_the_form(site: VaultSite) -> None:
    _, enrolment = site.opened_dossier()
    answer = site.activate_slip(enrolment, **{"Sec-Fetch-Site": "cross-site"})
    assert (answer.status_code, site.count(attempts)) == (403, 0)


def test_a_post_without_the_token_is_refused(site: VaultSite) -> None:
    answer = site.app.test_client().post("/activation", headers={"Sec-Fetch-Site": "same-origin"})
    assert (answer.status_code, state_of(answer)) == (403, "error")


def test_a_call_under_another_name_is_refused(site: VaultSite) -> None:
    assert site.app.test_client().get("/activation", headers={"Host": "evil.example"}).status_code == 400


def test_the_page_has_a_strict_policy_and_is_not_stored(site: VaultSite) -> None:
    answer = site.app.test_client().get("/activation")
    policy = answer.headers["Content-Security-Policy"]
    assert "default-src 'self'" in policy
    assert "unsafe" not in policy
    assert answer.headers["Cache-Control"] == "no-store"
    assert answer.headers["Referrer-Policy"] == "same-origin"


def field_of(answer: TestResponse, name: str) -> str:
    start = answer.text.index(f'id="{name}"')
    return answer.text[answer.text.rindex("<", 0, start) : answer.text.index(">", start)]


def test_code_and_passphrase_are_never_rendered_back(site: VaultSite) -> None:
    _, enrolment = site.opened_dossier()
    wrong = ActivationCode.new().grouped()
    for answer in (
        site.activate(enrolment.locator.grouped(), wrong),
        site.activate(enrolment.locator.grouped(), wrong, "court-mais-unique"[:11]),
        site.activate_slip(enrolment),
    ):
        assert wrong not in answer.text
        assert enrolment.code.grouped() not in answer.text
        assert PASSPHRASE not in answer.text


def test_the_locator_is_kept_and_escaped(site: VaultSite) -> None:
    answer = site.activate('"><script>', ActivationCode.new().grouped())
    assert 'value="&#34;&gt;&lt;script&gt;"' in field_of(answer, "locator") + ">"
    assert "<script>" not in answer.text


def test_a_mistake_is_announced_and_tied_to_its_field(site: VaultSite) -> None:
    answer = site.activate("AB", ActivationCode.new().grouped())
    field = field_of(answer, "locator")
    assert 'aria-invalid="true"' in field
    assert "locator-problem" in field
    assert 'role="alert"' in answer.text
    assert "aria-invalid" not in field_of(answer, "code")


def test_every_field_has_its_label(site: VaultSite) -> None:
    page = site.app.test_client().get("/activation").text
    for name in ("locator", "code", "passphrase", "passphrase_again"):
        assert f'<label for="{name}">' in page


def test_the_last_try_is_said_in_the_singular(site: VaultSite) -> None:
    _, enrolment = site.opened_dossier()
    for _time in range(4):
        answer = site.activate(enrolment.locator.grouped(), ActivationCode.new().grouped())
    assert "Il vous reste 1 essai</strong>" in answer.text


def test_the_help_line_is_said_where_a_new_code_is_needed(make_site: Callable[..., VaultSite]) -> None:
    site = make_site(help_line="00 00 00")
    _, enrolment = site.opened_dossier()
    site.clock.pass_by(days=43)
    assert "00 00 00" in site.activate_slip(enrolment).text


def test_only_a_trusted_proxy_is_believed_about_addresses(make_site: Callable[..., VaultSite]) -> None:
    site = make_site(address_tries=1)
    said = [
        state_of(site.activate(Locator.new().grouped(), ActivationCode.new().grouped(), **{"X-Forwarded-For": address}))
        for address in ("203.0.113.1", "203.0.113.2")
    ]
    assert said == ["not_yet_transmitted", "throttled"]


def test_a_page_of_a_closed_session_says_what_to_do(site: VaultSite) -> None:
    client = site.app.test_client()
    form = {"csrf": csrf_of(client)}
    client.delete_cookie("central-vault-app")
    answer = client.post("/activation", data=form, headers={"Sec-Fetch-Site": "same-origin"})
    assert "rechargez" in answer.text


def test_health_is_open(site: VaultSite) -> None:
    assert site.app.test_client().get("/healthz").json == {"status": "ok"}
