"""Central or the vault behind a real HTTP server in this process, for a browser or a link under test.

cheroot, and not werkzeug's own server: that one leaves a file open when a browser walks away from its page.
"""

from __future__ import annotations

import threading
from collections.abc import Iterator
from contextlib import contextmanager
from wsgiref.types import WSGIApplication

from cheroot import wsgi

_AT_ONCE = 4  # a browser asks for several files of one page


@contextmanager
def served(app: WSGIApplication, port: int = 0) -> Iterator[str]:
    """Where it answers, for the time of the block: ``http://127.0.0.1:port``; without a port, on a free one."""
    server = wsgi.Server(("127.0.0.1", port), app, numthreads=_AT_ONCE, shutdown_timeout=1)
    server.prepare()
    thread = threading.Thread(target=server.serve, daemon=True)
    thread.start()
    try:
        yield f"http://127.0.0.1:{server.bind_addr[1]}"
    finally:
        server.stop()
        thread.join()
