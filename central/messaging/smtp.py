"""E-mails over SMTP: one connection a message, encrypted unless the server is on this very machine."""

from __future__ import annotations

import contextlib
import smtplib
import ssl
from collections.abc import Callable
from datetime import datetime
from email.headerregistry import Address
from email.message import EmailMessage
from email.policy import SMTP
from email.utils import format_datetime, make_msgid

from central.messaging.errors import NotSentError
from central.messaging.recipients import mailbox
from central.messaging.routes import MailSecurity
from central.messaging.settings import MailSettings


class SmtpMail:
    """A mail server. Safe for threads: nothing is shared between two messages."""

    def __init__(
        self, settings: MailSettings, tls: ssl.SSLContext, *, clock: Callable[[], datetime], timeout_s: float
    ) -> None:
        self._settings = settings
        self._tls = tls
        self._clock = clock
        self._timeout_s = timeout_s  # of each exchange; the whole is bounded by the caller's Deadline

    def send(self, to: str, subject: str, body: str) -> None:
        """Hand one e-mail over.

        Raises:
            NotSentError: ``recipient``, ``silent``, ``unreachable`` or ``refused``.
        """
        message = write_email(self._settings.sender, to, subject, body, at=self._clock())
        try:
            with contextlib.closing(self._connect()) as server:
                if self._settings.user is not None and self._settings.password is not None:
                    server.login(self._settings.user, self._settings.password)
                server.send_message(message, self._settings.sender)
                with contextlib.suppress(smtplib.SMTPException, OSError):
                    server.quit()  # the message is taken on: a server that will not say goodbye changes nothing
        except smtplib.SMTPRecipientsRefused as error:
            raise NotSentError("the mail server does not take this recipient", code="recipient") from error
        except smtplib.SMTPResponseException as error:
            # What the server said may quote the address: neither it nor the cause is kept.
            raise NotSentError(f"the mail server answered {error.smtp_code}", code="refused") from None
        except (smtplib.SMTPException, OSError) as error:
            if _is_late(error):
                raise NotSentError("the mail server does not answer in time", code="silent") from None
            raise NotSentError(f"the mail server cannot be used ({type(error).__name__})", code="unreachable") from None

    def _connect(self) -> smtplib.SMTP:
        route = self._settings.route
        if route.security is MailSecurity.TLS:
            return smtplib.SMTP_SSL(route.host, route.port, timeout=self._timeout_s, context=self._tls)
        server = smtplib.SMTP(route.host, route.port, timeout=self._timeout_s)
        if route.security is MailSecurity.STARTTLS:
            try:
                server.starttls(context=self._tls)  # raises when the server does not offer it: never goes on in clear
            except BaseException:
                server.close()
                raise
        return server


def _is_late(error: Exception) -> bool:
    # smtplib tells a time-out while it reads as a lost connection.
    return isinstance(error, TimeoutError) or isinstance(error.__context__, TimeoutError)


def write_email(sender: str, to: str, subject: str, body: str, *, at: datetime) -> EmailMessage:
    """A message of plain text with the headers that keep it out of the junk folder and away from auto-repliers.

    Raises:
        NotSentError: ``recipient``: not one plain address (a line break would begin a header of the caller's making).
    """
    recipient = mailbox(to)
    if recipient is None:
        raise NotSentError("this is no address that an e-mail can go to", code="recipient")
    message = EmailMessage(policy=SMTP)
    message["From"] = Address(addr_spec=sender)
    message["To"] = Address(addr_spec=recipient)
    message["Subject"] = " ".join(subject.split())
    message["Date"] = format_datetime(at)
    message["Message-ID"] = make_msgid(domain=sender.rpartition("@")[2])
    message["Auto-Submitted"] = "auto-generated"  # RFC 3834: no out-of-office answers, please
    message.set_content(body, cte="base64")
    return message
