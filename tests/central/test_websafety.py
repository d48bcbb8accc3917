"""The guard around every page: each test is an attack or a promise."""

from __future__ import annotations

import logging

import pytest
from flask import Flask, Response, request, session
from flask.testing import FlaskClient

from central.websafety import Safety, csrf_token, protect

CANARY = "255081416802538"  # the test NIR that must never come back in an error


def _site(**changes: object) -> Flask:
    app = Flask("guarded")
    app.secret_key = "only for this test"
    app.add_url_rule("/", "home", csrf_token)
    app.add_url_rule("/entrer", "sign_in", lambda: "connexion", methods=["GET", "POST"])
    app.add_url_rule("/inside", "inside", lambda: "secret", methods=["GET", "POST"])
    app.add_url_rule("/v1/signed", "signed", lambda: Response(request.get_data()), methods=["POST"])
    app.add_url_rule("/v1/inside", "machine_inside", lambda: "secret", methods=["GET", "POST"])
    app.add_url_rule("/boom", "boom", _boom)
    choices: dict[str, object] = {
        "open_endpoints": frozenset({"home", "sign_in", "signed", "boom", "static"}),
        "signed_endpoints": frozenset({"signed"}),
        "hosts": frozenset({"localhost"}),
        "https": False,
        "max_body": 1000,
        "is_allowed": lambda _endpoint: session.get("in") is True,
        "sign_in_endpoint": "sign_in",
    }
    protect(app, Safety(**(choices | changes)))  # type: ignore[arg-type]
    return app


def _boom() -> str:
    msg = f"could not insert {CANARY}"
    raise RuntimeError(msg)


@pytest.fixture
def client() -> FlaskClient:
    return _site().test_client()


def _form(client: FlaskClient, path: str, **headers: str) -> int:
    token = client.get("/").text
    return client.post(path, data={"csrf": token}, headers=headers).status_code


def test_a_route_added_later_is_closed() -> None:
    app = _site()
    app.add_url_rule("/forgotten", "forgotten", lambda: "secret")
    answer = app.test_client().get("/forgotten")
    assert answer.status_code == 302
    assert answer.location == "/entrer"


def test_a_closed_page_sends_to_the_sign_in(client: FlaskClient) -> None:
    assert client.get("/inside").location == "/entrer"


def test_a_closed_form_is_refused(client: FlaskClient) -> None:
    assert _form(client, "/inside", **{"Sec-Fetch-Site": "same-origin"}) == 401


def test_a_closed_machine_route_answers_a_problem(client: FlaskClient) -> None:
    answer = client.get("/v1/inside")
    assert answer.status_code == 401
    assert answer.content_type == "application/problem+json"
    assert answer.json == {"code": "sign_in", "message": "Connectez-vous pour voir cette page."}


def test_a_part_of_a_page_tells_htmx_to_go_to_the_sign_in(client: FlaskClient) -> None:
    answer = client.get("/inside", headers={"HX-Request": "true"})
    assert (answer.status_code, answer.headers["HX-Redirect"]) == (401, "/entrer")


def test_a_signed_in_session_passes() -> None:
    client = _site().test_client()
    with client.session_transaction() as held:
        held["in"] = True
    assert client.get("/inside").text == "secret"


def test_a_form_of_our_own_page_passes(client: FlaskClient) -> None:
    assert _form(client, "/entrer", **{"Sec-Fetch-Site": "same-origin"}) == 200


def test_a_form_of_our_own_origin_passes_where_the_browser_sends_no_fetch_metadata(client: FlaskClient) -> None:
    assert _form(client, "/entrer", Origin="http://localhost") == 200


def test_a_form_of_our_own_origin_passes_behind_a_tls_terminator(client: FlaskClient) -> None:
    assert _form(client, "/entrer", Origin="https://localhost") == 200


@pytest.mark.parametrize("site", ["cross-site", "same-site", "none", ""])
def test_a_form_of_another_site_is_refused_even_with_the_token(client: FlaskClient, site: str) -> None:
    assert _form(client, "/entrer", **{"Sec-Fetch-Site": site, "Origin": "http://localhost"}) == 403


@pytest.mark.parametrize("origin", ["http://evil.example", "https://evil.example", "http://localhost:81", "null"])
def test_a_form_of_another_origin_is_refused(client: FlaskClient, origin: str) -> None:
    assert _form(client, "/entrer", Origin=origin) == 403


def test_a_form_that_says_nothing_of_its_origin_is_refused(client: FlaskClient) -> None:
    assert _form(client, "/entrer") == 403


@pytest.mark.parametrize("token", ["", "wrong", "é"])
def test_a_form_with_a_wrong_token_is_refused(client: FlaskClient, token: str) -> None:
    client.get("/")
    answer = client.post("/entrer", data={"csrf": token}, headers={"Sec-Fetch-Site": "same-origin"})
    assert answer.status_code == 403


def test_a_form_without_a_session_is_refused_even_when_the_token_is_empty_too(client: FlaskClient) -> None:
    assert client.post("/entrer", headers={"Sec-Fetch-Site": "same-origin"}).status_code == 403


def test_a_signed_body_of_a_machine_needs_no_token(client: FlaskClient) -> None:
    assert client.post("/v1/signed", data=b"bytes").data == b"bytes"


def test_another_host_name_is_refused(client: FlaskClient) -> None:
    answer = client.get("/", headers={"Host": "evil.example"})
    assert answer.status_code == 400
    assert "evil" not in answer.text


def test_a_body_beyond_the_limit_is_refused(client: FlaskClient) -> None:
    answer = client.post("/v1/signed", data=b"x" * 1001)
    assert (answer.status_code, answer.json) == (413, {"code": "too_long", "message": "La demande est trop longue."})


@pytest.mark.parametrize("path", ["/", "/inside", "/nothing", "/boom", "/v1/inside"])
def test_every_answer_bears_the_security_headers(client: FlaskClient, path: str) -> None:
    headers = client.get(path).headers
    assert "default-src 'self'" in headers["Content-Security-Policy"]
    assert "frame-ancestors 'none'" in headers["Content-Security-Policy"]
    assert "unsafe" not in headers["Content-Security-Policy"]
    assert headers["X-Content-Type-Options"] == "nosniff"
    assert headers["Referrer-Policy"] == "same-origin"
    assert headers["Cache-Control"] == "no-store"


def test_https_alone_brings_hsts_and_a_secure_host_cookie() -> None:
    plain, secure = (_site(https=https).test_client().get("/") for https in (False, True))
    assert "Strict-Transport-Security" not in plain.headers
    assert secure.headers["Strict-Transport-Security"].startswith("max-age=")
    assert secure.headers["Set-Cookie"].startswith("__Host-guarded=")
    assert "; Secure; HttpOnly; Path=/; SameSite=Strict" in secure.headers["Set-Cookie"]


def test_an_error_says_nothing_of_what_failed(client: FlaskClient, caplog: pytest.LogCaptureFixture) -> None:
    with caplog.at_level(logging.DEBUG):
        answer = client.get("/boom")
    assert answer.status_code == 500
    assert CANARY not in answer.text
    assert CANARY not in caplog.text


def test_an_error_leaves_its_class_and_place_in_the_log(client: FlaskClient, caplog: pytest.LogCaptureFixture) -> None:
    client.get("/boom")
    assert "RuntimeError at " in caplog.text
    assert "test_websafety.py" in caplog.text


def test_an_unknown_address_does_not_come_back_in_the_page(client: FlaskClient) -> None:
    answer = client.get(f"/{CANARY}")
    assert answer.status_code == 404
    assert CANARY not in answer.text
