"""What everything that looks at the terminal's pages starts from: the app on a loopback port, chromium, the layouts."""

from __future__ import annotations

import threading
from collections.abc import Iterator
from contextlib import contextmanager
from pathlib import Path

from waitress.server import create_server

from kiosk.app import create_app
from tests.fakes.enrolment_rig import EnrolmentRig

LAYOUTS = {"portrait": (1080, 1920), "landscape": (1920, 1080)}
CHROMIUM = "/usr/bin/chromium"
ARGS = ["--no-sandbox", "--disable-gpu", "--disable-background-networking"]
FITS = Path(__file__).with_name("fits.js").read_text(encoding="utf-8")
"""What does not fit on a screen, as a function of the page; its argument says whether the layout is the low one."""


@contextmanager
def served(rig: EnrolmentRig) -> Iterator[str]:
    """The app over this rig on a free loopback port."""
    app = create_app(rig.session, secret_key=b"look")
    server = create_server(app, host="127.0.0.1", port=0, threads=4)
    thread = threading.Thread(target=server.run, daemon=True)
    thread.start()
    try:
        yield f"http://127.0.0.1:{server.effective_port}/"
    finally:
        server.close()
        thread.join(5)
