"""Who asks, and whether this very question was asked before: what stands before any work on a proof."""

from __future__ import annotations

from dataclasses import dataclass

from sqlalchemy import Connection, Engine, delete, func, select

from central.devices import registry
from central.devices.asking import FRESHNESS_MS, asked_by
from central.engine import insert_into, reading
from central.errors import NonceUsedError, TooManyError
from central.proofs.models import proof_nonces
from central.turns import take_turns
from wire.canonical import decode
from wire.proofs import PROOF_LIMIT, ProofRequest, open_request
from wire.signing import peek_document


@dataclass(frozen=True, slots=True)
class QuestionLimits:
    """A counter has a customer every few minutes, each with at most two contacts, three tries and some mistakes.

    A question whose own time is further than ``freshness_ms`` from central's is refused, so that nonces need not be
    kept for ever; a day, because a terminal's clock may be wrong and its person cannot help it.
    """

    per_window: int = 120
    window_ms: int = 15 * 60 * 1000
    freshness_ms: int = FRESHNESS_MS


def open_question(engine: Engine, document: bytes, limits: QuestionLimits, *, now_ms: int) -> ProofRequest:
    """A terminal's question, still sealed.

    Steps: 1. it is a question; 2. to 4. as :func:`central.devices.asking.asked_by`.

    Not checked here: the nonce (:func:`use`, in the transaction of what is done), and the sealed part.

    Raises:
        FormatError: 1. TerminalUnknownError, TerminalRevokedError, NotSignedError, NonceUsedError: 2 to 4.
    """
    named = decode(peek_document(document, limit=PROOF_LIMIT).payload, ProofRequest, limit=PROOF_LIMIT).terminal
    with reading(engine) as connection:
        _, request = asked_by(
            connection,
            named,
            lambda key: open_request(document, key),
            now_ms=now_ms,
            freshness_ms=limits.freshness_ms,
        )
    return request


def use(connection: Connection, request: ProofRequest, limits: QuestionLimits, *, now_ms: int) -> None:
    """Spend the question's nonce and note that the terminal was heard of; questions of one terminal at a time.

    Raises:
        NonceUsedError: asked before. TooManyError: the terminal asks more often than a counter can.
    """
    take_turns(connection, request.terminal.encode())
    mine = proof_nonces.c.terminal_id == request.terminal
    # Twice the freshness: a clock may be a day off to either side.
    connection.execute(delete(proof_nonces).where(mine & (proof_nonces.c.asked_ms < now_ms - 2 * limits.freshness_ms)))
    insert = insert_into(connection, proof_nonces).on_conflict_do_nothing()
    row = {"terminal_id": request.terminal, "nonce": request.nonce, "asked_ms": now_ms}
    if not connection.execute(insert, row).rowcount:
        raise NonceUsedError("this question was asked before")
    asked = connection.scalar(select(func.count()).where(mine & (proof_nonces.c.asked_ms > now_ms - limits.window_ms)))
    if (asked or 0) > limits.per_window:
        raise TooManyError("this terminal has asked too often; come back in a quarter of an hour")
    registry.touch(connection, request.terminal, seen_ms=now_ms)
