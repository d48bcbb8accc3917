"""What is read from an enrolment to judge an office by: times, marks and names of operators; no identity is kept.

The administrative part is opened once, by the scan and not at intake, where every microsecond counts. Of a contact only
a keyed fingerprint stays (HMAC-SHA-256 under the person-index key, cut to 16 bytes, with a domain of its own): two
dossiers with the same address have the same mark, and from a mark nobody without the key finds the address.
"""

from __future__ import annotations

import hmac
import re

import msgspec

from wire.facts import EnrolmentFacts

_DOMAIN = b"dmp-contact-mark-v1"
_BYTES = 16
_NOT_DIALLED = re.compile(r"[^0-9]")
_FRENCH_PREFIX = re.compile(r"^(?:0033|33|0)")


class Signal(msgspec.Struct, frozen=True, gc=False, kw_only=True):
    """One enrolment: ``opens`` when it opened the dossier, ``earns`` when that was booked."""

    dossier_id: bytes
    record_id: bytes
    office_id: str
    terminal_id: str
    operator_id: str
    made_ms: int
    opens: bool
    earns: bool
    reading_s: int | None = None
    email_mark: bytes | None = None
    mobile_mark: bytes | None = None
    activated: bool = False


def email_mark(address: str | None, key: bytes) -> bytes | None:
    """The mark of an e-mail address; letters in capitals or not make no difference."""
    return None if address is None else _mark(b"e", address.strip().casefold(), key)


def mobile_mark(number: str | None, key: bytes) -> bytes | None:
    """The mark of a telephone number, however it is written; French ones with or without the country."""
    if number is None:
        return None
    return _mark(b"m", _FRENCH_PREFIX.sub("", _NOT_DIALLED.sub("", number)), key)


def reading_seconds(facts: EnrolmentFacts) -> int | None:
    """From the moment the notice was shown to the last answer, by the terminal's own clock; None when it went back."""
    last = max((answer.answered_ms for answer in facts.answers), default=facts.notice.shown_ms)
    seconds = (last - facts.notice.shown_ms) // 1000
    return seconds if seconds >= 0 else None


def _mark(kind: bytes, text: str, key: bytes) -> bytes:
    return hmac.digest(key, _DOMAIN + kind + text.encode(), "sha256")[:_BYTES]
