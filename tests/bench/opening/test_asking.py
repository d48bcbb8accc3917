"""A simulated terminal asks: what it counts, and what it takes for an answer."""

from __future__ import annotations

import asyncio
from collections.abc import Awaitable, Callable
from random import Random
from typing import Any

import pytest
from cryptography.hazmat.primitives.asymmetric.ed25519 import Ed25519PrivateKey

from bench.opening.asking import Asker, Surroundings
from bench.opening.line import Line, LineError, Reply
from bench.opening.tally import Phase, Request, Tally
from wire.errors import SignatureError


@pytest.fixture
def around() -> Surroundings:
    nobody: Any = None  # no trust bundle is looked at here
    root = Ed25519PrivateKey.generate().public_key()
    return Surroundings(Line("127.0.0.1", 1, connections=1), Tally(), root, nobody, Random(1), 1.0, 0.0)


def exchange(outcome: Reply | LineError) -> Callable[[Line], Awaitable[Reply]]:
    async def exchanged(_line: Line) -> Reply:
        if isinstance(outcome, LineError):
            raise outcome
        return outcome

    return exchanged


def ask(asker: Asker, outcome: Reply | LineError) -> Reply | None:
    async def asked() -> Reply | None:
        return await asker.ask(Request.STATUS, exchange(outcome))

    return asyncio.run(asked())


def test_an_answer_is_timed_under_its_status(around: Surroundings) -> None:
    assert ask(Asker(around), Reply(304, None, b"")) is not None
    assert around.tally.kinds() == [(Phase.BOOT, Request.STATUS, 304)]


@pytest.mark.parametrize(
    ("outcome", "counted"),
    [
        (LineError("timeout"), "timeout"),
        (Reply(503, None, b'{"code": "busy"}'), "HTTP 503 busy"),
        (Reply(502, None, b"<html>"), "HTTP 502"),
    ],
)
def test_what_is_no_answer_is_counted_by_what_it_was(
    around: Surroundings, outcome: Reply | LineError, counted: str
) -> None:
    assert ask(Asker(around), outcome) is None
    assert around.tally.errors == {(Phase.BOOT, Request.STATUS, counted): 1}
    assert around.tally.kinds() == []


def test_while_the_line_is_down_nothing_goes_out(around: Surroundings) -> None:
    asker = Asker(around)
    asker.is_down = True
    assert ask(asker, Reply(200, None, b"")) is None
    assert (around.tally.line_down, around.tally.kinds(), around.tally.errors) == (1, [], {})


def test_an_answer_that_does_not_verify_is_an_error(around: Surroundings) -> None:
    def opening() -> str:
        raise SignatureError("no", code="signature")

    assert Asker(around).believe(Request.BATCH, opening) is None
    assert around.tally.errors == {(Phase.BOOT, Request.BATCH, "not believed: signature"): 1}
