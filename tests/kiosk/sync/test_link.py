"""The link against real HTTP servers on loopback: limits, deadlines, TLS, and an environment that lies."""

from __future__ import annotations

import subprocess
import time
from collections.abc import Iterator
from http.server import BaseHTTPRequestHandler
from pathlib import Path

import pytest

from kiosk.sync.errors import LinkError, RefusedError
from kiosk.sync.link import Fetched, HttpCentralLink, LinkLimits, tls_context
from tests.fakes.http_central import HttpCentral, reply, running, self_signed
from wire.batch import ANSWER_LIMIT

SHORT = LinkLimits(connect_s=0.5, exchange_s=0.6, status_s=0.3)


@pytest.fixture
def server() -> Iterator[HttpCentral]:
    with running() as central:
        yield central


@pytest.fixture
def link(server: HttpCentral) -> Iterator[HttpCentralLink]:
    made = HttpCentralLink(server.url, limits=SHORT)
    yield made
    made.close()


def code_of(link: HttpCentralLink) -> str:
    with pytest.raises(LinkError) as failed:
        link.submit(b"batch")
    return failed.value.code


def test_bytes_go_there_and_bytes_come_back(server: HttpCentral, link: HttpCentralLink) -> None:
    server.answer = reply(200, b"answer")
    assert link.submit(b"batch") == b"answer"
    assert (server.seen[0].method, server.seen[0].path, server.seen[0].body) == ("POST", "/v1/batches", b"batch")
    assert server.seen[0].headers["Content-Type"] == "application/octet-stream"


def test_nothing_but_fixed_paths_is_in_an_address(server: HttpCentral, link: HttpCentralLink) -> None:
    server.answer = reply(200, b"x")
    link.status(b"sealed question")
    link.configuration(b"question")
    link.trust('"e"')
    assert [seen.path for seen in server.seen] == ["/v1/status", "/v1/configuration", "/v1/trust"]


def test_documents_come_with_their_etag_and_304_means_unchanged(server: HttpCentral, link: HttpCentralLink) -> None:
    server.answer = reply(200, b"bundle", ETag='"7"')
    fetched = link.trust(None)
    assert isinstance(fetched, Fetched)
    assert (fetched.document, fetched.etag) == (b"bundle", '"7"')
    server.answer = reply(304, ETag='"7"')
    assert link.trust('"7"') is None
    assert server.seen[1].headers["If-None-Match"] == '"7"'


def test_a_problem_gives_its_code(server: HttpCentral, link: HttpCentralLink) -> None:
    server.answer = reply(403, b'{"code": "terminal_revoked", "message": "x"}')
    with pytest.raises(RefusedError) as refused:
        link.submit(b"batch")
    assert (refused.value.status, refused.value.code) == (403, "terminal_revoked")


@pytest.mark.parametrize(
    "body", [b"", b"<html>", b'{"code": 5}', b'{"code": "' + b"x" * 500 + b'"}', b'{"code": "a b\\n"}']
)
def test_a_problem_that_is_none_gives_no_words_of_its_own(
    body: bytes, server: HttpCentral, link: HttpCentralLink
) -> None:
    server.answer = reply(400, body)
    assert code_of(link) == "http"


@pytest.mark.parametrize("status", [500, 502, 204, 206])
def test_another_status_is_no_answer(status: int, server: HttpCentral, link: HttpCentralLink) -> None:
    server.answer = reply(status)
    assert code_of(link) == "http"


def test_a_redirect_is_not_followed(server: HttpCentral, link: HttpCentralLink) -> None:
    server.answer = reply(307, Location="/elsewhere")
    assert code_of(link) == "http"
    assert [seen.path for seen in server.seen] == ["/v1/batches"]


def test_an_answer_longer_than_the_limit_is_not_read_to_its_end(server: HttpCentral, link: HttpCentralLink) -> None:
    sent = 0

    def endless(handler: BaseHTTPRequestHandler) -> None:
        nonlocal sent
        handler.send_response(200)
        handler.end_headers()
        while not server.stopping.is_set() and sent < 50 * ANSWER_LIMIT:
            sent += handler.wfile.write(bytes(16 * 1024))

    server.answer = endless
    assert code_of(link) == "too_long"


def test_a_compressed_answer_is_refused_before_it_can_swell(server: HttpCentral, link: HttpCentralLink) -> None:
    server.answer = reply(200, b"\x1f\x8b", Content_Encoding="gzip")
    assert code_of(link) == "http"
    assert server.seen[0].headers["Accept-Encoding"] == "identity"


def test_silence_ends_at_the_deadline(server: HttpCentral, link: HttpCentralLink) -> None:
    server.answer = lambda _handler: server.stopping.wait(5) and None
    began = time.monotonic()
    assert code_of(link) == "timeout"
    assert time.monotonic() - began < 2


def test_a_trickle_ends_at_the_deadline(server: HttpCentral, link: HttpCentralLink) -> None:
    def trickle(handler: BaseHTTPRequestHandler) -> None:
        handler.send_response(200)
        handler.end_headers()
        for _ in range(100):
            handler.wfile.write(b"x")
            server.stopping.wait(0.05)

    server.answer = trickle
    began = time.monotonic()
    assert code_of(link) == "timeout"
    assert time.monotonic() - began < 2


def test_a_body_cut_in_the_middle_is_no_answer(server: HttpCentral, link: HttpCentralLink) -> None:
    def cut(handler: BaseHTTPRequestHandler) -> None:
        handler.send_response(200)
        handler.send_header("Content-Length", "100")
        handler.end_headers()
        handler.wfile.write(b"half")
        handler.close_connection = True

    server.answer = cut
    assert code_of(link) == "unreachable"


def test_nobody_there_is_unreachable_and_not_alive() -> None:
    link = HttpCentralLink("http://127.0.0.1:9", limits=SHORT)
    assert code_of(link) == "unreachable"
    assert not link.alive()
    link.close()


@pytest.mark.parametrize(
    "address", ["http://central.example/", "http://10.0.0.1:8100", "ftp://127.0.0.1/", "127.0.0.1:8100", ""]
)
def test_plain_http_goes_to_this_machine_only(address: str) -> None:
    with pytest.raises(LinkError) as refused:
        HttpCentralLink(address, tls=tls_context(None))
    assert refused.value.code == "address"


def test_https_needs_a_context() -> None:
    with pytest.raises(LinkError):
        HttpCentralLink("https://central.example")


def test_the_pinned_authority_is_believed_and_another_is_not(tmp_path: Path) -> None:
    mine, context = self_signed(tmp_path, "mine")
    other, _ = self_signed(tmp_path, "other")
    with running(context) as server:
        server.answer = reply(200, b"answer")
        believing = HttpCentralLink(server.url, tls=tls_context(mine), limits=SHORT)
        doubting = HttpCentralLink(server.url, tls=tls_context(other), limits=SHORT)
        assert believing.submit(b"batch") == b"answer"
        assert code_of(doubting) == "unreachable"
        believing.close()
        doubting.close()


def test_authorities_of_the_environment_are_not_believed(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    rogue, context = self_signed(tmp_path, "rogue")
    pinned, _ = self_signed(tmp_path, "pinned")
    for name in ("SSL_CERT_FILE", "REQUESTS_CA_BUNDLE", "CURL_CA_BUNDLE"):
        monkeypatch.setenv(name, str(rogue))
    # OpenSSL looks for authorities in a folder by the hash of their names.
    name_hash = subprocess.run(
        ["openssl", "x509", "-in", rogue, "-noout", "-subject_hash"], capture_output=True, text=True, check=True
    )
    (tmp_path / f"{name_hash.stdout.strip()}.0").symlink_to(rogue)
    monkeypatch.setenv("SSL_CERT_DIR", str(tmp_path))
    with running(context) as server:
        server.answer = reply(200, b"answer")
        for authorities in (pinned, None):
            link = HttpCentralLink(server.url, tls=tls_context(authorities), limits=SHORT)
            assert code_of(link) == "unreachable"
            link.close()


def test_proxies_of_the_environment_are_not_used(server: HttpCentral, monkeypatch: pytest.MonkeyPatch) -> None:
    server.answer = reply(200, b"answer")
    with running() as proxy:
        for name in ("HTTP_PROXY", "http_proxy", "HTTPS_PROXY", "https_proxy", "ALL_PROXY", "all_proxy"):
            monkeypatch.setenv(name, proxy.url)
        monkeypatch.setenv("NO_PROXY", "")
        link = HttpCentralLink(server.url, limits=SHORT)
        assert link.submit(b"batch") == b"answer"
        link.close()
        assert proxy.seen == []


def test_authorities_that_cannot_be_read_are_named(tmp_path: Path) -> None:
    with pytest.raises(LinkError) as refused:
        tls_context(tmp_path / "absent.pem")
    assert refused.value.code == "authorities"
