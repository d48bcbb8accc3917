"""Where messages go: ``smtp://``, ``smtps://`` and ``https://`` addresses, read with one rule for what may be in clear.

A password or a token is never part of an address: addresses end up in logs and process lists.
"""

from __future__ import annotations

import enum
import ipaddress
import re
from dataclasses import dataclass
from urllib.parse import SplitResult, urlsplit

from central.messaging.errors import MessagingSetupError
from wire.addresses import service_address
from wire.errors import ServiceAddressError

_PORTS = {"smtp": 587, "smtps": 465}  # submission with STARTTLS, submission over TLS (RFC 6409, RFC 8314)
_FIELD_NAME = re.compile(r"[A-Za-z][A-Za-z0-9_-]{0,63}")


class MailSecurity(enum.Enum):
    """How the line to the mail server is kept from others."""

    TLS = "tls"  # from the first byte
    STARTTLS = "starttls"  # demanded before anything is said
    PLAIN = "plain"  # to this very machine only


@dataclass(frozen=True, slots=True)
class MailRoute:
    """A mail server."""

    host: str
    port: int
    security: MailSecurity

    @classmethod
    def parse(cls, text: str) -> MailRoute:
        """Read ``smtps://host[:port]`` (TLS) or ``smtp://host[:port]`` (STARTTLS; in clear on this machine only).

        Not checked: that somebody answers there.

        Raises:
            MessagingSetupError: ``smtp_url``.
        """
        parts = _split(text)
        if parts is None or parts.scheme not in _PORTS or not parts.hostname or _carries_more(parts):
            raise MessagingSetupError("a mail server is smtps://host:port or smtp://host:port", code="smtp_url")
        try:
            port = parts.port or _PORTS[parts.scheme]
        except ValueError as error:
            raise MessagingSetupError("the mail server's port is none", code="smtp_url") from error
        if parts.scheme == "smtps":
            security = MailSecurity.TLS
        else:
            security = MailSecurity.PLAIN if _is_loopback(parts.hostname) else MailSecurity.STARTTLS
        return cls(parts.hostname, port, security)


@dataclass(frozen=True, slots=True)
class SmsFields:
    """The names under which a gateway wants number, text and sender in its JSON; they differ between providers."""

    to: str = "to"
    body: str = "message"
    sender: str = "sender"

    @classmethod
    def parse(cls, text: str) -> SmsFields:
        """Read ``to,message,sender``: three names in this order.

        Raises:
            MessagingSetupError: ``sms_fields``.
        """
        names = tuple(part.strip() for part in text.split(","))
        if len(names) != 3 or len(set(names)) != 3 or not all(map(_FIELD_NAME.fullmatch, names)):  # noqa: PLR2004 - as said
            raise MessagingSetupError("the gateway's fields are three names: number,text,sender", code="sms_fields")
        return cls(*names)


def sms_address(text: str) -> str:
    """The gateway's address: https anywhere, http on this machine only.

    Raises:
        MessagingSetupError: ``sms_url``.
    """
    try:
        return service_address(text)
    except ServiceAddressError as error:
        raise MessagingSetupError("the gateway is reached by https, by http on this machine", code="sms_url") from error


def _split(text: str) -> SplitResult | None:
    try:
        return urlsplit(text)
    except ValueError:  # a bracket too few in an IPv6 address
        return None


def _carries_more(parts: SplitResult) -> bool:
    return bool(parts.username or parts.password or parts.query or parts.fragment or parts.path.strip("/"))


def _is_loopback(host: str) -> bool:
    try:
        return ipaddress.ip_address(host).is_loopback
    except ValueError:
        return host == "localhost"
