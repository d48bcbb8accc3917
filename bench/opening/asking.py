"""A terminal asks central something: timed, counted, and believed only when what came back verifies."""

from __future__ import annotations

import time
from collections.abc import Awaitable, Callable
from dataclasses import dataclass
from random import Random
from typing import TypeVar

import msgspec
from cryptography.hazmat.primitives.asymmetric.ed25519 import Ed25519PublicKey

from bench.opening.line import Line, LineError, Reply
from bench.opening.tally import Request, Tally
from kiosk.sync.errors import AnswerError
from wire.errors import WireError
from wire.trust import TrustBundle

T = TypeVar("T")

OK, NOT_MODIFIED = 200, 304


@dataclass(frozen=True, slots=True)
class Surroundings:
    """What all terminals share. ``clocks``: how many times faster than the wall's their clocks run."""

    line: Line
    tally: Tally
    root: Ed25519PublicKey
    trust: TrustBundle
    chance: Random
    clocks: float
    lost_answers: float

    def clock_s(self) -> float:
        """The terminals' monotonic clock."""
        return time.monotonic() * self.clocks


class _Problem(msgspec.Struct):
    code: str = ""


class Asker:
    """One terminal's way to central. While ``is_down`` nothing goes out and nothing comes back."""

    def __init__(self, around: Surroundings) -> None:
        self._around = around
        self.is_down = False

    async def ask(self, request: Request, exchange: Callable[[Line], Awaitable[Reply]]) -> Reply | None:
        """What central answered, 200 or 304; None when it did not, or refused."""
        tally = self._around.tally
        if self.is_down:
            tally.line_down += 1
            return None
        started = time.monotonic()
        try:
            reply = await exchange(self._around.line)
        except LineError as error:
            tally.failed(request, error.code)
            return None
        if reply.status not in {OK, NOT_MODIFIED}:
            tally.failed(request, f"HTTP {reply.status} {_code_of(reply)}".rstrip())
            return None
        tally.took(request, reply.status, time.monotonic() - started)
        return reply

    def believe(self, request: Request, opening: Callable[[], T]) -> T | None:
        """What ``opening`` gives; None when the answer is not central's, or contradicts itself."""
        try:
            return opening()
        except (WireError, AnswerError) as error:
            self._around.tally.failed(request, f"not believed: {error.code}")
            return None


def _code_of(reply: Reply) -> str:
    try:
        return msgspec.json.decode(reply.body, type=_Problem).code
    except msgspec.DecodeError:
        return ""
