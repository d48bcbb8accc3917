"""The settings of messages, the same for central (prefix ``CENTRAL_``) and for the vault (prefix ``VAULT_``).

SMTP_URL            ``smtps://host[:465]``, or ``smtp://host[:587]`` (STARTTLS; in clear to this machine only)
SMTP_USER           who we are to the mail server; nothing: no login
SMTP_PASSWORD_FILE  file with the password, readable by its user only
MAIL_FROM           the sender's address; needed with SMTP_URL
SMS_URL             the gateway's https address, which takes a JSON POST (central/messaging/sms.py)
SMS_TOKEN_FILE      file with the bearer token, readable by its user only; needed unless the gateway is on this machine
SMS_SENDER          what the phone shows as the sender; nothing: the gateway's own
SMS_FIELDS          names of number, text and sender in the gateway's JSON; default ``to,message,sender``
MESSAGE_AUTHORITIES PEM file of the authorities both servers are trusted by; nothing: the system's
MESSAGE_DEADLINE    seconds within which a message has left or not, 1 to 10; default 3.5
"""

from __future__ import annotations

import re
import stat
from collections.abc import Mapping
from dataclasses import dataclass, field
from pathlib import Path

from central.messaging.errors import MessagingSetupError
from central.messaging.recipients import mailbox
from central.messaging.routes import MailRoute, SmsFields, sms_address

_OTHERS = stat.S_IRWXG | stat.S_IRWXO
# The terminal waits 5 seconds for its answer: what is left is for the line and for central's own work.
DEADLINE_S = 3.5
_DEADLINE = re.compile(r"\d{1,2}(\.\d{1,2})?")
_LONGEST_DEADLINE_S = 10.0


@dataclass(frozen=True, slots=True, kw_only=True)
class MailSettings:
    """A mail server and who we are to it."""

    route: MailRoute
    sender: str
    user: str | None = None
    password: str | None = field(default=None, repr=False)


@dataclass(frozen=True, slots=True, kw_only=True)
class SmsSettings:
    """A gateway and who we are to it."""

    url: str
    token: str | None = field(default=None, repr=False)
    sender: str | None = None
    fields: SmsFields = field(default_factory=SmsFields)


@dataclass(frozen=True, slots=True, kw_only=True)
class MessagingSettings:
    """Both ways out; None: that kind of message is not sent here."""

    mail: MailSettings | None = None
    sms: SmsSettings | None = None
    authorities: Path | None = None
    deadline_s: float = DEADLINE_S


NO_MESSAGES = MessagingSettings()
"""Nothing is set: nothing is sent."""


def messaging_settings(environ: Mapping[str, str], prefix: str) -> MessagingSettings:
    """Read the settings that begin with ``prefix``; the caller's settings module hands in the environment.

    Raises:
        MessagingSetupError: a value that cannot be used; its sentence names the setting, never the value.
    """
    authorities = environ.get(f"{prefix}MESSAGE_AUTHORITIES")
    return MessagingSettings(
        mail=_mail(environ, prefix),
        sms=_sms(environ, prefix),
        authorities=Path(authorities) if authorities else None,
        deadline_s=_deadline(environ.get(f"{prefix}MESSAGE_DEADLINE") or str(DEADLINE_S), prefix),
    )


def _mail(environ: Mapping[str, str], prefix: str) -> MailSettings | None:
    url = environ.get(f"{prefix}SMTP_URL")
    if not url:
        return None
    sender = environ.get(f"{prefix}MAIL_FROM", "")
    if mailbox(sender) is None:
        raise MessagingSetupError(f"{prefix}MAIL_FROM is the sender's address, needed with {prefix}SMTP_URL")
    user = environ.get(f"{prefix}SMTP_USER") or None
    password = _secret(environ, f"{prefix}SMTP_PASSWORD_FILE")
    if (user is None) != (password is None):
        raise MessagingSetupError(f"{prefix}SMTP_USER and {prefix}SMTP_PASSWORD_FILE go together")
    return MailSettings(route=MailRoute.parse(url), sender=sender, user=user, password=password)


def _sms(environ: Mapping[str, str], prefix: str) -> SmsSettings | None:
    url = environ.get(f"{prefix}SMS_URL")
    if not url:
        return None
    token = _secret(environ, f"{prefix}SMS_TOKEN_FILE")
    if token is None and not url.startswith("http://"):
        raise MessagingSetupError(f"{prefix}SMS_TOKEN_FILE is needed with {prefix}SMS_URL")
    return SmsSettings(
        url=sms_address(url),
        token=token,
        sender=environ.get(f"{prefix}SMS_SENDER") or None,
        fields=SmsFields.parse(environ.get(f"{prefix}SMS_FIELDS") or "to,message,sender"),
    )


def _secret(environ: Mapping[str, str], name: str) -> str | None:
    given = environ.get(name)
    if not given:
        return None
    path = Path(given)
    try:
        mode, text = path.stat().st_mode, path.read_text(encoding="utf-8").strip()
    except (OSError, ValueError) as error:
        raise MessagingSetupError(f"the file of {name} cannot be read") from error
    if mode & _OTHERS:
        raise MessagingSetupError(f"the file of {name} may be read by others: chmod 600", code="secret_mode")
    if not text or not text.isprintable():
        raise MessagingSetupError(f"the file of {name} holds no secret on one line")
    return text


def _deadline(text: str, prefix: str) -> float:
    if not _DEADLINE.fullmatch(text) or not 1 <= float(text) <= _LONGEST_DEADLINE_S:
        raise MessagingSetupError(f"{prefix}MESSAGE_DEADLINE is a number of seconds from 1 to 10")
    return float(text)
