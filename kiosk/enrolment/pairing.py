"""How the counter and one browser come to know each other: a short code read off one screen and typed on the other.

Steps (decision 0018):

1. the operator asks for a code: six digits from the system's randomness, shown on the counter's screen only;
2. it lives five minutes, and five wrong tries end it; then another one must be asked for;
3. the right one is spent at once, and the browser that typed it gets a token of 256 random bits;
4. a new token ends the old one; so do ``unpair`` and the end of the counter session. All of it is in memory only.

Not checked: which device types the code, or that its line is private (the app listens beyond loopback over TLS only).
Whoever reaches the page can use up a code's tries, never guess it: 5 of a million. No clock and no chance of its own.
"""

from __future__ import annotations

import hmac
import secrets
from collections.abc import Callable
from dataclasses import dataclass, replace

from kiosk.enrolment.errors import PairingError

CODE_DIGITS = 6
CODE_LIVES_S = 5 * 60.0
TRIES = 5
_TOKEN_BYTES = 32


def new_code() -> str:
    """Six digits, each alike."""
    return f"{secrets.randbelow(10**CODE_DIGITS):0{CODE_DIGITS}d}"


def new_token() -> str:
    """What the paired browser keeps in its cookie."""
    return secrets.token_urlsafe(_TOKEN_BYTES)


@dataclass(frozen=True, slots=True, repr=False)
class _Offer:
    """A code on the counter's screen; ``until`` in seconds of the monotonic clock."""

    code: str
    until: float
    tries_left: int = TRIES


class Pairing:
    """The binding of one browser to this counter; not thread-safe, the stage's lock is around it."""

    def __init__(self, make_code: Callable[[], str] = new_code, make_token: Callable[[], str] = new_token) -> None:
        self._make_code = make_code
        self._make_token = make_token
        self._offer: _Offer | None = None
        self._token: str | None = None

    @property
    def is_paired(self) -> bool:
        """Whether some browser is bound."""
        return self._token is not None

    @property
    def code(self) -> str | None:
        """The code now shown, None when there is none."""
        return None if self._offer is None else self._offer.code

    def offer(self, now: float) -> None:
        """Show a new code; one that was shown before dies."""
        self._offer = _Offer(self._make_code(), now + CODE_LIVES_S)

    def withdraw(self) -> None:
        """Take the code off the screen."""
        self._offer = None

    def expire(self, now: float) -> bool:
        """Take a code away whose time is over; whether there was one."""
        if self._offer is None or now < self._offer.until:
            return False
        self._offer = None
        return True

    def pair(self, typed: str, now: float) -> str:
        """The token for the browser that typed the code; whoever was bound before no longer is.

        Raises:
            PairingError: ``pairing_none`` when no code is shown (any more), ``pairing_wrong`` for another code.
        """
        self.expire(now)
        offer = self._offer
        if offer is None:
            raise PairingError("no code is shown", code="pairing_none")
        digits = "".join(typed.split())
        if not hmac.compare_digest(digits.encode(), offer.code.encode()):
            left = offer.tries_left - 1
            self._offer = replace(offer, tries_left=left) if left else None
            raise PairingError("not the code shown", code="pairing_wrong" if left else "pairing_none")
        self._offer = None
        self._token = self._make_token()
        return self._token

    def knows(self, token: str) -> bool:
        """Whether this is the browser that is bound now."""
        return self._token is not None and hmac.compare_digest(token.encode(), self._token.encode())

    def unpair(self) -> None:
        """End the binding, and any code that is shown."""
        self._offer, self._token = None, None
