"""The town's mailbox and phone: the demonstration's letterbox, with its mail taken in by a server that others wrote.

aiosmtpd reads SMTP as RFC 5321 has it, not as our client happens to write it.
"""

from __future__ import annotations

import argparse
from pathlib import Path

from aiosmtpd.controller import Controller
from aiosmtpd.smtp import SMTP, Envelope, Session

from scripts.stand.letterbox import Letterbox, WebServer


class Postman:
    """What aiosmtpd calls for each message."""

    def __init__(self, box: Letterbox) -> None:
        self._box = box

    async def handle_DATA(self, _server: SMTP, _session: Session, envelope: Envelope) -> str:  # noqa: N802 - its name
        """One message is in; ``original_content`` are its bytes."""
        for to in envelope.rcpt_tos:
            self._box.drop_mail(to, envelope.original_content or b"")
        return "250 taken"


def main(arguments: list[str]) -> int:
    """Serve until killed."""
    parser = argparse.ArgumentParser()
    parser.add_argument("--home", type=Path, required=True)
    parser.add_argument("--port", type=int, required=True)
    parser.add_argument("--smtp-port", type=int, required=True)
    options = parser.parse_args(arguments)
    box = Letterbox(options.home)
    mail = Controller(Postman(box), hostname="127.0.0.1", port=options.smtp_port)
    mail.start()
    with WebServer(options.port, box) as web:
        web.serve_forever()
    return 0
