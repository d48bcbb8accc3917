"""Serves the person's own screen to a tablet: a second listener, over TLS wherever it is not the loopback.

cheroot, because waitress speaks no TLS. The terminal's own screens stay on waitress and the loopback (decision 0018).
"""

from __future__ import annotations

import contextlib
import logging
import socket
import ssl
import threading
from wsgiref.types import WSGIApplication

from cheroot import wsgi
from cheroot.ssl.builtin import BuiltinSSLAdapter

from kiosk.settings import TabletListen

_THREADS = 4  # one tablet; polls beside a touch
_LONGEST_BODY = 16 * 1024  # bytes
_LONGEST_HEADERS = 16 * 1024  # bytes
_SILENCE_S = 10  # a connection that says nothing is closed
_AGAIN_S = 5.0
_log = logging.getLogger(__name__)


class _Server(wsgi.Server):
    """cheroot's, which would leave its socket open when the address cannot be bound."""

    @staticmethod
    def bind_socket(socket_: socket.socket, bind_addr: tuple[str, int]) -> socket.socket:
        """Bind, or close and say so."""
        try:
            bound: socket.socket = wsgi.Server.bind_socket(socket_, bind_addr)  # type: ignore[no-untyped-call]
        except OSError:
            socket_.close()
            raise
        else:
            return bound


class TabletServer:
    """The listener of one terminal; a thread of its own serves.

    An address that cannot be bound (a network that comes up after the terminal, a port still taken) is tried again
    every ``again_s`` seconds: the counter enrols on its own screen meanwhile.
    """

    def __init__(self, app: WSGIApplication, listen: TabletListen, *, again_s: float = _AGAIN_S) -> None:
        self.listen = listen
        self._again_s = again_s
        self._server = _Server(
            (listen.host, listen.port), app, numthreads=_THREADS, server_name="screen", timeout=_SILENCE_S
        )
        self._server.max_request_body_size = _LONGEST_BODY
        self._server.max_request_header_size = _LONGEST_HEADERS
        if listen.certificate is not None:
            self._server.ssl_adapter = _tls(listen)
        self._is_bound = False
        self._stopped = threading.Event()
        self._thread = threading.Thread(target=self._serve, name="tablet", daemon=True)

    @property
    def port(self) -> int:
        """Where it listens, once started."""
        return int(self._server.bind_addr[1])

    def start(self) -> None:
        """Bind and serve, now where it can be; says so once where it cannot."""
        try:
            self._server.prepare()
            self._is_bound = True
        except OSError as error:
            _log.error("no second screen yet: %s cannot be listened on (%s)", self.listen.host, type(error).__name__)
        self._thread.start()

    def stop(self) -> None:
        """End; harmless twice, and before the start."""
        self._stopped.set()
        self._server.stop()
        if self._thread.is_alive():
            self._thread.join()

    def _serve(self) -> None:
        while not self._is_bound and not self._stopped.wait(self._again_s):
            with contextlib.suppress(OSError):
                self._server.prepare()
                self._is_bound = True
        if self._stopped.is_set():  # perhaps while it was being bound, when there was nothing to stop yet
            self._server.stop()
        elif self._is_bound:
            self._server.serve()


def _tls(listen: TabletListen) -> BuiltinSSLAdapter:
    adapter = BuiltinSSLAdapter(str(listen.certificate), str(listen.key))
    adapter.context.minimum_version = ssl.TLSVersion.TLSv1_2
    return adapter
