"""The messenger a service works with, made from its settings."""

from __future__ import annotations

import ssl
from collections.abc import Callable
from datetime import datetime
from pathlib import Path

from central.messaging.deadline import AT_ONCE, Deadline
from central.messaging.errors import MessagingSetupError, NotSentError
from central.messaging.ports import Messenger
from central.messaging.settings import MessagingSettings
from central.messaging.sms import HttpSmsGateway
from central.messaging.smtp import SmtpMail


class RoutedMessenger(Messenger):
    """E-mails by SMTP, text messages by a gateway, each within one deadline; what has no route is not sent."""

    def __init__(self, mail: SmtpMail | None, sms: HttpSmsGateway | None, deadline: Deadline) -> None:
        self._mail = mail
        self._sms = sms
        self._deadline = deadline

    @property
    def has_email(self) -> bool:
        """A mail server is set."""
        return self._mail is not None

    @property
    def has_sms(self) -> bool:
        """A gateway is set."""
        return self._sms is not None

    def send_email(self, to: str, subject: str, body: str) -> None:
        """By SMTP."""
        mail = self._mail
        if mail is None:
            raise NotSentError("no mail server is set", code="no_route")
        self._deadline.run(lambda: mail.send(to, subject, body))

    def send_sms(self, to: str, body: str) -> None:
        """By the gateway."""
        sms = self._sms
        if sms is None:
            raise NotSentError("no gateway for text messages is set", code="no_route")
        self._deadline.run(lambda: sms.send(to, body))

    def close(self) -> None:
        """Close the gateway's pool; mail holds no connection."""
        if self._sms is not None:
            self._sms.close()


def messenger_from(settings: MessagingSettings, *, clock: Callable[[], datetime], at_once: int = AT_ONCE) -> Messenger:
    """The messenger of these settings; ``clock`` (aware UTC) dates the e-mails.

    ``at_once``: messages that may be under way together; one more is refused at once (``busy``).

    Raises:
        MessagingSetupError: ``authorities``: their file cannot be read.
    """
    tls, timeout_s = _tls(settings.authorities), settings.deadline_s
    mail = None if settings.mail is None else SmtpMail(settings.mail, tls, clock=clock, timeout_s=timeout_s)
    sms = None if settings.sms is None else HttpSmsGateway(settings.sms, tls, timeout_s=timeout_s)
    return RoutedMessenger(mail, sms, Deadline(settings.deadline_s, at_once=at_once))


def _tls(authorities: Path | None) -> ssl.SSLContext:
    try:
        return ssl.create_default_context(cafile=authorities)
    except OSError as error:  # ssl.SSLError is one
        raise MessagingSetupError("the file of authorities cannot be read", code="authorities") from error
