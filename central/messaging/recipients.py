"""Whether a message can go there at all; above all, that an address cannot carry a second header or recipient."""

from __future__ import annotations

import re

# RFC 5321 §4.1.2 without quoted local parts and address literals: nobody's mailbox needs them, many attacks do.
_LOCAL = re.compile(r"[A-Za-z0-9!#$%&'*+/=?^_`{|}~-]+(\.[A-Za-z0-9!#$%&'*+/=?^_`{|}~-]+)*")
_DOMAIN = re.compile(r"([A-Za-z0-9]([A-Za-z0-9-]{0,61}[A-Za-z0-9])?\.)+[A-Za-z]([A-Za-z0-9-]{0,61}[A-Za-z0-9])?")
_LOCAL_LENGTH = 64
_ADDRESS_LENGTH = 254
_E164 = re.compile(r"\+[1-9][0-9]{6,14}")


def mailbox(address: str) -> str | None:
    """The one plain address this is, its domain in ASCII (``exämple.fr`` becomes ``xn--…``); None when it is none.

    A local part beyond ASCII would need SMTPUTF8 (RFC 6531) all along the way, which few servers promise: None too.
    """
    local, _, domain = address.rpartition("@")
    try:
        domain = domain.encode("idna").decode("ascii")
    except UnicodeError:  # an empty or too long label
        return None
    plain = f"{local}@{domain}"
    is_one = len(local) <= _LOCAL_LENGTH and _LOCAL.fullmatch(local) and _DOMAIN.fullmatch(domain)
    return plain if is_one and len(plain) <= _ADDRESS_LENGTH else None


def is_mobile(number: str) -> bool:
    """Whether this is a number in E.164."""
    return bool(_E164.fullmatch(number))
