"""Where a service may be reached: one rule for terminals, registration and the hand-over."""

from __future__ import annotations

import ipaddress
from urllib.parse import urlsplit

from wire.errors import ServiceAddressError


def service_address(text: str) -> str:
    """The address of a service, without its last slash: https anywhere, plain http on this very machine only.

    Steps:

    1. scheme and host are there, and nothing that could carry or hide something else: no user, query or fragment;
    2. plain http leads to loopback, by number or as ``localhost``.

    Not checked: that somebody answers there, and who: TLS and our signatures see to that.

    Raises:
        ServiceAddressError: ``address`` (step 1) or ``address_insecure`` (step 2).
    """
    try:
        parts = urlsplit(text)
    except ValueError as error:  # a bracket too few in an IPv6 address
        raise ServiceAddressError("this is no address of a service") from error
    if parts.scheme not in {"http", "https"} or not parts.hostname or parts.username or parts.query or parts.fragment:
        raise ServiceAddressError("this is no address of a service")  # 1
    if parts.scheme == "http" and not _is_loopback(parts.hostname):
        raise ServiceAddressError("plain http leads to another machine", code="address_insecure")  # 2
    return text.rstrip("/")


def _is_loopback(host: str) -> bool:
    try:
        return ipaddress.ip_address(host).is_loopback
    except ValueError:
        return host == "localhost"
