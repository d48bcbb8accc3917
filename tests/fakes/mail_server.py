"""A real mail server on loopback, by aiosmtpd: plain, STARTTLS or TLS, with or without a login."""

from __future__ import annotations

import contextlib
import socket
import ssl
from collections.abc import Iterator
from dataclasses import dataclass, field
from email import message_from_bytes
from email.message import EmailMessage
from email.policy import default
from typing import Any

from aiosmtpd.controller import Controller
from aiosmtpd.smtp import SMTP, AuthResult, Envelope, Session

USER, PASSWORD = "dmp-central", "motdepasse-fictif"


@dataclass
class Taken:
    """One message as it arrived, with how the line was kept and who sent it."""

    recipients: list[str]
    sender: str
    raw: bytes
    encrypted: bool
    logged_in: bool

    @property
    def message(self) -> EmailMessage:
        found = message_from_bytes(self.raw, policy=default)
        assert isinstance(found, EmailMessage)
        return found


@dataclass
class MailServer:
    """``refusal`` is answered to DATA, ``stranger`` to RCPT, when set."""

    port: int = 0
    taken: list[Taken] = field(default_factory=list)
    refusal: str | None = None
    stranger: str | None = None

    async def handle_RCPT(  # noqa: N802 - aiosmtpd's name
        self, _server: SMTP, _session: Session, envelope: Envelope, to: str, _options: Any
    ) -> str:
        if self.stranger is not None:
            return self.stranger
        envelope.rcpt_tos.append(to)
        return "250 ok"

    async def handle_DATA(self, server: SMTP, session: Session, envelope: Envelope) -> str:  # noqa: N802 - aiosmtpd's name
        if self.refusal is not None:
            return self.refusal
        raw, sender = envelope.original_content or b"", envelope.mail_from or ""
        assert server.transport is not None
        encrypted = session.ssl is not None or isinstance(server.transport.get_extra_info("sslcontext"), ssl.SSLContext)
        self.taken.append(Taken(envelope.rcpt_tos, sender, raw, encrypted, bool(session.authenticated)))
        return "250 taken"


@contextlib.contextmanager
def mail_server(
    *, starttls: ssl.SSLContext | None = None, tls: ssl.SSLContext | None = None, login: bool = False
) -> Iterator[MailServer]:
    """Serve until the block ends."""
    server = MailServer(_free_port())

    def check(_server: SMTP, _session: Session, _envelope: Envelope, _mechanism: str, given: Any) -> AuthResult:
        return AuthResult(success=(given.login, given.password) == (USER.encode(), PASSWORD.encode()), handled=False)

    controller = Controller(
        server,
        hostname="127.0.0.1",
        port=server.port,
        ssl_context=tls,
        tls_context=starttls,
        require_starttls=starttls is not None,
        authenticator=check,
        auth_required=login,
    )
    controller.start()
    try:
        yield server
    finally:
        controller.stop()


@contextlib.contextmanager
def silent_server() -> Iterator[int]:
    """A port that takes connections and never says a word."""
    with socket.create_server(("127.0.0.1", 0)) as listening:
        yield listening.getsockname()[1]


def _free_port() -> int:
    with socket.socket() as probe:
        probe.bind(("127.0.0.1", 0))
        return int(probe.getsockname()[1])
