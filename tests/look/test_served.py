"""The server that the looking tests share leaves nothing open, whenever a test ends."""

from __future__ import annotations

import socket
from pathlib import Path
from urllib.parse import urlsplit

from flask import Flask, Response, send_file

from tests.look.served import running

_MORE_THAN_A_SOCKET_HOLDS = 32 * 1024 * 1024


def test_a_picture_that_is_half_sent_when_the_test_ends_is_closed(tmp_path: Path) -> None:
    picture = tmp_path / "picture.svg"
    picture.write_bytes(bytes(_MORE_THAN_A_SOCKET_HOLDS))
    opened = []
    app = Flask(__name__)

    @app.get("/")
    def answer() -> Response:
        file = picture.open("rb")
        opened.append(file)
        return send_file(file, mimetype="image/svg+xml")

    with running(app) as address, socket.create_connection((urlsplit(address).hostname, urlsplit(address).port)) as end:
        end.sendall(b"GET / HTTP/1.1\r\nHost: here\r\n\r\n")
        assert end.recv(15) == b"HTTP/1.1 200 OK"
    assert [file.closed for file in opened] == [True]
