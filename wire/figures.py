"""What a counter may know of its own office: this month's openings and what they earned. No person, no dossier."""

from __future__ import annotations

from cryptography.hazmat.primitives.asymmetric.ed25519 import Ed25519PrivateKey, Ed25519PublicKey

from wire.canonical import WireStruct, decode, encode
from wire.errors import ChainError
from wire.identifiers import TerminalId
from wire.records import sha256
from wire.signing import SigningPurpose, open_document, sign_document

FIGURES_LIMIT = 2048  # bytes of a query or of an answer


class FiguresQuery(WireStruct, frozen=True):
    """The signed question of a terminal about its own office."""

    terminal: str
    asked_ms: int
    version: int = 1


class OfficeFigures(WireStruct, frozen=True):
    """The month now running in France (``month``: ``YYYY-MM``), whole cents, as the ledger stands at ``server_ms``."""

    terminal: str
    query_digest: bytes
    month: str
    openings: int
    cents_accrued: int
    cents_held: int
    server_ms: int
    version: int = 1


def write_figures_query(query: FiguresQuery, key: Ed25519PrivateKey) -> bytes:
    """Sign the question."""
    return sign_document(SigningPurpose.FIGURES_QUERY, encode(query), key)


def open_figures_query(document: bytes, key: Ed25519PublicKey) -> FiguresQuery:
    """The question, once the terminal's signature holds."""
    payload = open_document(SigningPurpose.FIGURES_QUERY, document, key, limit=FIGURES_LIMIT)
    return decode(payload, FiguresQuery, limit=FIGURES_LIMIT)


def write_figures(figures: OfficeFigures, key: Ed25519PrivateKey) -> bytes:
    """Sign with central's answer key."""
    return sign_document(SigningPurpose.FIGURES_ANSWER, encode(figures), key)


def open_figures(document: bytes, key: Ed25519PublicKey, *, query: bytes, terminal: TerminalId) -> OfficeFigures:
    """The figures, once they are central's and answer this very question.

    Raises:
        ChainError: ``answer_other``: an answer to another question.
    """
    payload = open_document(SigningPurpose.FIGURES_ANSWER, document, key, limit=FIGURES_LIMIT)
    figures = decode(payload, OfficeFigures, limit=FIGURES_LIMIT)
    if figures.terminal != terminal or figures.query_digest != sha256(query):
        raise ChainError("this answers another question", code="answer_other")
    return figures
