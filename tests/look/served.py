"""What everything that looks at the terminal's pages starts from: the app on a loopback port, chromium, the layouts."""

from __future__ import annotations

import threading
from collections.abc import Iterator
from contextlib import contextmanager
from pathlib import Path

from flask import Flask
from waitress.server import create_server

from kiosk.app import create_app
from tests.fakes.enrolment_rig import EnrolmentRig

LAYOUTS = {"portrait": (1080, 1920), "landscape": (1920, 1080)}
FITS = Path(__file__).with_name("fits.js").read_text(encoding="utf-8")
"""What does not fit on a screen, as a function of the page; its argument says whether the layout is the low one."""


@contextmanager
def served(rig: EnrolmentRig) -> Iterator[str]:
    """The app over this rig on a free loopback port."""
    with running(create_app(rig.session, secret_key=b"look")) as address:
        yield address


@contextmanager
def running(app: Flask) -> Iterator[str]:
    """This app on a free loopback port; the server is closed by the thread that it runs in.

    Closed by another one, waitress would look once more into sockets that are gone, and fail in its thread. Its own
    ``close_all`` closes sockets only, and leaves the file of a picture open that a browser had half of.
    """
    server, stop = create_server(app, host="127.0.0.1", port=0, threads=4), threading.Event()

    def serve() -> None:
        while not stop.is_set():
            server.asyncore.loop(timeout=1, map=server._map, count=1)
        server.task_dispatcher.shutdown(timeout=2)
        for channel in list(server.active_channels.values()):
            channel.handle_close()
        server.asyncore.close_all(server._map, ignore_all=True)

    thread = threading.Thread(target=serve, daemon=True)
    thread.start()
    try:
        yield f"http://127.0.0.1:{server.effective_port}/"
    finally:
        stop.set()
        server.pull_trigger()  # or it would sleep out its second
        thread.join(5)
