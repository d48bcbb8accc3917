"""The tablet's listener, for real on the loopback: TLS, limits, and an end that leaves nothing."""

from __future__ import annotations

import contextlib
import http.client
import socket
import ssl
import threading
from collections.abc import Iterator
from pathlib import Path

import pytest

from kiosk.app import create_tablet_app
from kiosk.enrolment.steps import JourneyKind, Step
from kiosk.settings import TabletListen
from kiosk.tablet_server import TabletServer
from tests.fakes.enrolment_rig import EnrolmentRig
from tests.fakes.http_central import self_signed
from tests.waiting import wait_until

HOST = "127.0.0.1"


@pytest.fixture
def served(tmp_path: Path) -> Iterator[tuple[TabletServer, ssl.SSLContext]]:
    authority, _ = self_signed(tmp_path, "tablet")
    both = tmp_path / "tablet-both.pem"
    rig = EnrolmentRig(JourneyKind.COUNTER)
    rig.go(Step.ATTRACT)
    app = create_tablet_app(rig.session, secret_key=b"tests", hosts=(HOST,), is_secure=True)
    server = TabletServer(app, TabletListen(HOST, 0, (HOST,), both, both))
    server.start()
    yield server, ssl.create_default_context(cafile=str(authority))
    server.stop()


def test_the_page_is_served_over_tls_with_a_secure_cookie(served: tuple[TabletServer, ssl.SSLContext]) -> None:
    server, trust = served
    connection = http.client.HTTPSConnection(HOST, server.port, context=trust, timeout=10)
    connection.request("GET", "/patient")
    answer = connection.getresponse()
    assert answer.status == 200
    assert b'data-step="pairing"' in answer.read()
    assert "Secure" in str(answer.getheader("Set-Cookie"))
    connection.close()


def test_who_does_not_trust_the_certificate_gets_nothing(served: tuple[TabletServer, ssl.SSLContext]) -> None:
    server, _ = served
    connection = http.client.HTTPSConnection(HOST, server.port, timeout=10)
    with pytest.raises(ssl.SSLCertVerificationError):
        connection.request("GET", "/patient")
    connection.close()


def test_nothing_is_served_in_clear(served: tuple[TabletServer, ssl.SSLContext]) -> None:
    server, _ = served
    with socket.create_connection((HOST, server.port), timeout=10) as line:
        line.sendall(b"GET /patient HTTP/1.1\r\nHost: 127.0.0.1\r\nConnection: close\r\n\r\n")
        answer = b""
        with contextlib.suppress(ConnectionResetError):
            answer = line.recv(1 << 16)
    assert b"pairing" not in answer
    assert not answer.startswith(b"HTTP/1.1 200")


def test_a_body_beyond_the_limit_is_refused(served: tuple[TabletServer, ssl.SSLContext]) -> None:
    server, trust = served
    connection = http.client.HTTPSConnection(HOST, server.port, context=trust, timeout=10)
    connection.putrequest("POST", "/patient/relier")
    connection.putheader("Content-Length", str(10**9))
    connection.endheaders()
    assert connection.getresponse().status == 413
    connection.close()


def test_stopping_frees_the_port_and_leaves_no_thread(tmp_path: Path) -> None:
    before = set(threading.enumerate())
    rig = EnrolmentRig(JourneyKind.COUNTER)
    app = create_tablet_app(rig.session, secret_key=b"tests", hosts=(HOST,), is_secure=False)
    server = TabletServer(app, TabletListen(HOST, 0, (HOST,)))
    server.start()
    port = server.port
    server.stop()
    server.stop()
    assert wait_until(lambda: set(threading.enumerate()) <= before)  # cheroot's own helper ends a moment later
    with pytest.raises(OSError, match="refused"):
        socket.create_connection((HOST, port), timeout=5)


def on_port(port: int) -> TabletServer:
    rig = EnrolmentRig(JourneyKind.COUNTER)
    app = create_tablet_app(rig.session, secret_key=b"tests", hosts=(HOST,), is_secure=False)
    return TabletServer(app, TabletListen(HOST, port, (HOST,)), again_s=0.02)


def answers(port: int) -> bool:
    connection = http.client.HTTPConnection(HOST, port, timeout=10)
    try:
        connection.request("GET", "/patient")
        return connection.getresponse().status == 200
    except OSError:
        return False
    finally:
        connection.close()


def test_a_taken_port_is_said_once_and_served_as_soon_as_it_is_free(caplog: pytest.LogCaptureFixture) -> None:
    with socket.create_server((HOST, 0)) as taken:
        port = taken.getsockname()[1]
        server = on_port(port)
        server.start()
        assert not wait_until(lambda: len(caplog.messages) > 1, timeout_s=0.2)
    assert wait_until(lambda: answers(port))
    server.stop()
    assert [message.split(":")[0] for message in caplog.messages] == ["no second screen yet"]


def test_stopping_ends_the_waiting_for_a_taken_port() -> None:
    before = set(threading.enumerate())
    with socket.create_server((HOST, 0)) as taken:
        server = on_port(taken.getsockname()[1])
        server.start()
        server.stop()
    assert set(threading.enumerate()) <= before
