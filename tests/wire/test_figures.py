from __future__ import annotations

import pytest
from cryptography.hazmat.primitives.asymmetric.ed25519 import Ed25519PrivateKey

from wire.errors import ChainError, SignatureError
from wire.figures import (
    FiguresQuery,
    OfficeFigures,
    open_figures,
    open_figures_query,
    write_figures,
    write_figures_query,
)
from wire.identifiers import TerminalId
from wire.records import sha256

TERMINAL = TerminalId("T-PHARM-1")
KEY, CENTRAL = Ed25519PrivateKey.generate(), Ed25519PrivateKey.generate()
QUERY = write_figures_query(FiguresQuery(terminal=TERMINAL, asked_ms=1), KEY)


def figures(query: bytes = QUERY, terminal: str = TERMINAL) -> bytes:
    told = OfficeFigures(
        terminal=terminal,
        query_digest=sha256(query),
        month="2026-11",
        openings=3,
        cents_accrued=300,
        cents_held=0,
        server_ms=2,
    )
    return write_figures(told, CENTRAL)


def test_the_question_is_the_terminal_s() -> None:
    assert open_figures_query(QUERY, KEY.public_key()).terminal == TERMINAL
    with pytest.raises(SignatureError):
        open_figures_query(QUERY, CENTRAL.public_key())


def test_the_answer_is_central_s_and_to_this_question() -> None:
    assert open_figures(figures(), CENTRAL.public_key(), query=QUERY, terminal=TERMINAL).cents_accrued == 300


def test_an_answer_to_another_question_or_terminal_is_not_taken() -> None:
    other = write_figures_query(FiguresQuery(terminal=TERMINAL, asked_ms=9), KEY)
    for answer in (figures(other), figures(terminal="T-PHARM-2")):
        with pytest.raises(ChainError):
            open_figures(answer, CENTRAL.public_key(), query=QUERY, terminal=TERMINAL)


def test_a_signed_question_does_not_pass_for_its_answer() -> None:
    with pytest.raises(SignatureError):
        open_figures(QUERY, KEY.public_key(), query=QUERY, terminal=TERMINAL)
