"""Somebody who answers at another's address: rubbish, an error, nothing for a long time, half an answer, too much."""

from __future__ import annotations

import contextlib
import enum
import threading
from collections.abc import Iterator
from contextlib import contextmanager
from http.server import BaseHTTPRequestHandler, ThreadingHTTPServer


class Manner(enum.Enum):
    """How it answers."""

    RUBBISH = "rubbish"
    ERROR = "error"
    SLOW = "slow"
    CUT = "cut"
    ENDLESS = "endless"
    ELSEWHERE = "elsewhere"


@contextmanager
def impostor(port: int, manner: Manner) -> Iterator[list[str]]:
    """Serve on a port of loopback; gives the paths that were asked."""
    asked: list[str] = []
    over = threading.Event()

    class Handler(BaseHTTPRequestHandler):
        def do_POST(self) -> None:
            asked.append(self.path)
            self.rfile.read(int(self.headers.get("Content-Length", 0)))
            self._misbehave()

        def do_GET(self) -> None:
            asked.append(self.path)
            self._misbehave()

        def log_message(self, *_: object) -> None:
            """Say nothing."""

        def _misbehave(self) -> None:
            if manner is Manner.SLOW:
                over.wait(40)
                return
            if manner is Manner.ELSEWHERE:
                self.send_response(307)
                self.send_header("Location", "http://127.0.0.1:9/")
                self.send_header("Content-Length", "0")
                self.end_headers()
                return
            self.send_response(503 if manner is Manner.ERROR else 200)
            body = b"\x82\xa7payload\xc4\x03abc" * 3
            length = {Manner.CUT: len(body) * 9, Manner.ENDLESS: 1 << 33}.get(manner, len(body))
            self.send_header("Content-Length", str(length))
            self.end_headers()
            with contextlib.suppress(OSError):  # the other side had enough
                self.wfile.write(body)
                while manner is Manner.ENDLESS and not over.is_set():
                    self.wfile.write(b"\0" * 65536)

    server = ThreadingHTTPServer(("127.0.0.1", port), Handler)
    server.daemon_threads = True
    thread = threading.Thread(target=server.serve_forever, daemon=True)
    thread.start()
    try:
        yield asked
    finally:
        over.set()
        server.shutdown()
        server.server_close()
        thread.join()
