"""The link against real sockets: a small HTTP server on loopback that answers what each test hands it."""

from __future__ import annotations

import contextlib
import datetime as dt
import ipaddress
import ssl
import threading
from collections.abc import Iterator
from http.server import BaseHTTPRequestHandler, ThreadingHTTPServer
from pathlib import Path

import pytest
from cryptography import x509
from cryptography.hazmat.primitives.asymmetric import ec
from cryptography.hazmat.primitives.hashes import SHA256
from cryptography.hazmat.primitives.serialization import Encoding, NoEncryption, PrivateFormat
from cryptography.x509.oid import NameOID

from provisioning.central_link import HttpCentralLink
from provisioning.errors import CentralRefusedError, RegistrationError, TicketError
from wire.trust import BUNDLE_LIMIT


class Answering(ThreadingHTTPServer):
    daemon_threads = True
    status = 200
    body = b"the bundle"
    headers: tuple[tuple[str, str], ...] = ()

    def __init__(self) -> None:
        super().__init__(("127.0.0.1", 0), _Handler)
        self.heard: list[tuple[str, str, bytes]] = []

    def handle_error(self, *_: object) -> None:
        """A refused handshake or a client that hangs up is what some tests want."""


class _Handler(BaseHTTPRequestHandler):
    server: Answering

    def do_GET(self) -> None:
        body = self.rfile.read(int(self.headers.get("Content-Length", 0)))
        self.server.heard.append((self.command, self.path, body))
        self.send_response(self.server.status)
        for name, value in self.server.headers:
            self.send_header(name, value)
        self.send_header("Content-Length", str(len(self.server.body)))
        self.end_headers()
        with contextlib.suppress(OSError):
            self.wfile.write(self.server.body)

    do_POST = do_GET  # noqa: N815 - the name http.server looks for

    def log_message(self, *_: object) -> None:
        pass


@contextlib.contextmanager
def serving(context: ssl.SSLContext | None = None) -> Iterator[Answering]:
    server = Answering()
    if context:
        server.socket = context.wrap_socket(server.socket, server_side=True, do_handshake_on_connect=False)
    thread = threading.Thread(target=server.serve_forever, kwargs={"poll_interval": 0.01})
    thread.start()
    try:
        yield server
    finally:
        server.shutdown()
        thread.join()
        server.server_close()


@contextlib.contextmanager
def linked(address: str, authorities: Path | None = None) -> Iterator[HttpCentralLink]:
    link = HttpCentralLink(address, authorities)
    try:
        yield link
    finally:
        link.close()


@pytest.fixture
def central() -> Iterator[Answering]:
    with serving() as server:
        yield server


@pytest.fixture
def address(central: Answering) -> str:
    return f"http://127.0.0.1:{central.server_port}"


@pytest.fixture(scope="module")
def certificate(tmp_path_factory: pytest.TempPathFactory) -> Path:
    """A certificate for 127.0.0.1 that vouches for itself, with its key, as one PEM file."""
    key = ec.generate_private_key(ec.SECP256R1())
    name = x509.Name([x509.NameAttribute(NameOID.COMMON_NAME, "central of a test")])
    now = dt.datetime.now(dt.UTC)
    made = (
        x509.CertificateBuilder()
        .subject_name(name)
        .issuer_name(name)
        .public_key(key.public_key())
        .serial_number(x509.random_serial_number())
        .not_valid_before(now - dt.timedelta(hours=1))
        .not_valid_after(now + dt.timedelta(hours=1))
        .add_extension(x509.SubjectAlternativeName([x509.IPAddress(ipaddress.ip_address("127.0.0.1"))]), critical=False)
        .add_extension(x509.BasicConstraints(ca=True, path_length=0), critical=True)
        .sign(key, SHA256())
    )
    path = tmp_path_factory.mktemp("tls") / "central.pem"
    path.write_bytes(
        made.public_bytes(Encoding.PEM) + key.private_bytes(Encoding.PEM, PrivateFormat.PKCS8, NoEncryption())
    )
    return path


@pytest.fixture
def secure_central(certificate: Path) -> Iterator[Answering]:
    context = ssl.SSLContext(ssl.PROTOCOL_TLS_SERVER)
    context.load_cert_chain(certificate)
    with serving(context) as server:
        yield server


def test_the_two_questions_go_to_their_addresses_with_their_bytes(central: Answering, address: str) -> None:
    with linked(address + "/") as link:
        assert (link.trust_bundle(), link.register(b"request")) == (b"the bundle", b"the bundle")
    assert central.heard == [("GET", "/v1/trust", b""), ("POST", "/v1/registrations", b"request")]


@pytest.mark.parametrize("code", ["token_unknown", "token_used", "token_expired", "terminal_revoked"])
def test_each_refusal_of_a_ticket_keeps_its_code_and_says_what_to_do(
    central: Answering, address: str, code: str
) -> None:
    central.status, central.body = 403, b'{"code": "%s", "message": "x"}' % code.encode()
    with linked(address) as link, pytest.raises(CentralRefusedError, match="ticket") as refusal:
        link.register(b"request")
    assert refusal.value.code == code


def test_words_of_a_refusal_that_is_not_ours_are_not_repeated(central: Answering, address: str) -> None:
    central.status, central.body = 500, b'{"code": "\\u001b[2J", "message": "1 85 05 78 006 084 91"}'
    with linked(address) as link, pytest.raises(CentralRefusedError) as refusal:
        link.register(b"request")
    assert (refusal.value.code, str(refusal.value)) == ("refused", "central refuses the registration (500)")


def test_a_web_page_instead_of_central_is_said_to_be_no_central(central: Answering, address: str) -> None:
    central.status, central.body = 404, b"<html>"
    with linked(address) as link, pytest.raises(RegistrationError) as refusal:
        link.trust_bundle()
    assert refusal.value.code == "answer"


def test_an_endless_answer_is_cut_at_the_limit(central: Answering, address: str) -> None:
    central.body = bytes(BUNDLE_LIMIT + 1)
    with linked(address) as link, pytest.raises(RegistrationError) as refusal:
        link.trust_bundle()
    assert refusal.value.code == "answer_too_long"


def test_a_redirection_is_not_followed(central: Answering, address: str) -> None:
    central.status, central.headers = 307, (("Location", f"{address}/elsewhere"),)
    with linked(address) as link, pytest.raises(RegistrationError):
        link.register(b"request")
    assert [path for _, path, _ in central.heard] == ["/v1/registrations"]


def test_nobody_at_the_address_is_said_so() -> None:
    with serving() as gone:
        port = gone.server_port
    with linked(f"http://127.0.0.1:{port}") as link, pytest.raises(RegistrationError, match="check network") as refusal:
        link.trust_bundle()
    assert refusal.value.code == "unreachable"


@pytest.mark.parametrize("host", ["192.0.2.7", "central.example", "localhost.example", "[2001:db8::1]", "0.0.0.0"])
def test_plain_http_to_another_machine_is_refused_before_a_byte_is_sent(host: str) -> None:
    with pytest.raises(TicketError) as refusal:
        HttpCentralLink(f"http://{host}:8100")
    assert refusal.value.code == "address_insecure"


@pytest.mark.parametrize("host", ["127.0.0.1", "127.8.8.8", "[::1]", "localhost"])
def test_plain_http_on_this_machine_is_allowed(host: str) -> None:
    HttpCentralLink(f"http://{host}:8100").close()


@pytest.mark.parametrize(
    "address",
    ["ftp://127.0.0.1", "127.0.0.1:8100", "https://", "https://a:b@central.example", "https://c.example/?x", ""],
)
def test_an_address_that_is_none_is_refused(address: str) -> None:
    with pytest.raises(TicketError) as refusal:
        HttpCentralLink(address)
    assert refusal.value.code == "address"


def test_proxies_of_the_environment_are_not_asked(
    central: Answering, address: str, monkeypatch: pytest.MonkeyPatch
) -> None:
    for name in ("HTTP_PROXY", "HTTPS_PROXY", "ALL_PROXY", "http_proxy", "https_proxy", "all_proxy"):
        monkeypatch.setenv(name, "http://127.0.0.1:1")
    for name in ("NO_PROXY", "no_proxy"):
        monkeypatch.delenv(name, raising=False)
    with linked(address) as link:
        assert link.trust_bundle() == b"the bundle"
    assert len(central.heard) == 1


def test_a_certificate_that_only_the_environment_vouches_for_is_refused(
    secure_central: Answering, certificate: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    for name in ("SSL_CERT_FILE", "REQUESTS_CA_BUNDLE", "CURL_CA_BUNDLE"):
        monkeypatch.setenv(name, str(certificate))
    monkeypatch.setenv("SSL_CERT_DIR", str(certificate.parent))
    with linked(f"https://127.0.0.1:{secure_central.server_port}") as link, pytest.raises(RegistrationError):
        link.trust_bundle()
    assert secure_central.heard == []


def test_a_certificate_by_the_named_authority_is_accepted_whatever_the_environment_says(
    secure_central: Answering, certificate: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.setenv("SSL_CERT_FILE", "/dev/null")
    monkeypatch.setenv("REQUESTS_CA_BUNDLE", "/dev/null")
    with linked(f"https://127.0.0.1:{secure_central.server_port}", certificate) as link:
        assert link.trust_bundle() == b"the bundle"


def test_a_certificate_of_another_host_is_refused(secure_central: Answering, certificate: Path) -> None:
    with (
        linked(f"https://localhost:{secure_central.server_port}", certificate) as link,
        pytest.raises(RegistrationError),
    ):
        link.trust_bundle()
    assert secure_central.heard == []


def test_a_list_of_authorities_that_cannot_be_read_is_said_so(tmp_path: Path) -> None:
    with pytest.raises(RegistrationError) as refusal:
        HttpCentralLink("https://central.example", tmp_path / "missing.pem")
    assert refusal.value.code == "authorities"
