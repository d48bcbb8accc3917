"""Who asks central something: a terminal in use, in a question it signed today."""

from __future__ import annotations

from collections.abc import Callable
from typing import Protocol, TypeVar

from cryptography.hazmat.primitives.asymmetric.ed25519 import Ed25519PublicKey
from sqlalchemy import Connection

from central.devices import registry
from central.devices.registry import Device, DeviceState
from central.errors import NonceUsedError, NotSignedError, TerminalRevokedError, TerminalUnknownError
from wire.errors import SignatureError

FRESHNESS_MS = 24 * 3600 * 1000
"""A day to either side, because a terminal's clock may be wrong and its person cannot help it."""


class Dated(Protocol):
    """A question that says when it was asked, by the terminal's clock."""

    @property
    def asked_ms(self) -> int:
        """Milliseconds since 1970."""


Question = TypeVar("Question", bound=Dated)


def asked_by(
    connection: Connection,
    named: str,
    open_with: Callable[[Ed25519PublicKey], Question],
    *,
    now_ms: int,
    freshness_ms: int = FRESHNESS_MS,
) -> tuple[Device, Question]:
    """The terminal and its question.

    Steps:

    1. the terminal named is registered and not revoked;
    2. ``open_with`` finds the question signed by that terminal's key;
    3. it is of today, by the terminal's clock: an old one, replayed, is refused.

    Not checked: whether it was asked before (a nonce, where it matters), and what is sealed in it.

    Raises:
        TerminalUnknownError, TerminalRevokedError: 1. NotSignedError: 2. NonceUsedError: ``query_stale``: 3.
    """
    device = registry.find(connection, named)
    if device is None:  # 1
        raise TerminalUnknownError
    if device.state is DeviceState.REVOKED:
        raise TerminalRevokedError
    try:
        question = open_with(device.verifying_key())  # 2
    except SignatureError as error:
        raise NotSignedError from error
    if abs(now_ms - question.asked_ms) > freshness_ms:  # 3
        raise NonceUsedError("the question is not of today: set the terminal's clock", code="query_stale")
    return device, question
