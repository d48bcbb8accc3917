"""The rows behind the codes: what may be sent, what was typed, what is proved, and when all of it is forgotten."""

from __future__ import annotations

import hmac
from collections.abc import Iterable, Sequence
from dataclasses import dataclass
from typing import Any

from sqlalchemy import ColumnElement, Connection, Row, bindparam, delete, func, select, update

from central.lookups import Lookup
from central.proofs.codes import ProofSecret
from central.proofs.models import contact_proofs
from wire.identifiers import RecordId
from wire.proofs import ContactKind, ProofOutcome

_MINUTE_MS = 60_000
_DAY_MS = 24 * 60 * _MINUTE_MS

Claim = tuple[ContactKind, bytes, str]
"""What a record says it has proved: which contact, under which proof, what address."""

_PROVED = Lookup(
    select(contact_proofs.c.proof_id, contact_proofs.c.contact, contact_proofs.c.address_hash).where(
        contact_proofs.c.terminal_id == bindparam("terminal"), contact_proofs.c.proved_ms.is_not(None)
    ),
    contact_proofs.c.proof_id,
)


@dataclass(frozen=True, slots=True)
class ProofLimits:
    """How long, how often; times in milliseconds.

    ``validity_ms`` and ``tries`` as domain/dmp.md §5 has them (3 to 10 minutes; 3 tries). The others are ours: nobody's
    phone shall be flooded from our counters, and a proof is kept for a record that comes late from a terminal without
    a line; a later one is treated as unproved, and proved at activation.
    """

    validity_ms: int = 10 * _MINUTE_MS
    tries: int = 3
    resend_ms: int = _MINUTE_MS
    per_address: int = 6
    per_terminal: int = 60
    window_ms: int = 60 * _MINUTE_MS
    unproved_kept_ms: int = _DAY_MS
    proved_kept_ms: int = 90 * _DAY_MS


def proved(
    connection: Connection, secret: ProofSecret, claims: Iterable[Claim], *, terminal_id: str
) -> frozenset[Claim]:
    """Those claims that the terminal proved, each its very address: what intake believes, whatever a record says.

    ``secret`` is ``ProofSecret.of(keys)``; proofs and addresses are as records carry them, a batch's in one question.
    """
    made = frozenset(claims)
    proofs = (proof for _, proof, _ in made)
    held = {row.proof_id: row for row in _PROVED.rows(connection, proofs, terminal=terminal_id)}
    return frozenset(claim for claim in made if _bears_out(held.get(claim[1]), secret, claim))


def _bears_out(row: Row[Any] | None, secret: ProofSecret, claim: Claim) -> bool:
    contact, _, address = claim
    return (
        row is not None
        and row.contact == contact.value
        and hmac.compare_digest(row.address_hash, secret.address_hash(contact, address))
    )


def forget_old(connection: Connection, limits: ProofLimits, *, now_ms: int) -> None:
    """Delete what nobody can need any more."""
    age, was_proved = contact_proofs.c.asked_ms, contact_proofs.c.proved_ms.is_not(None)
    connection.execute(delete(contact_proofs).where(~was_proved & (age < now_ms - limits.unproved_kept_ms)))
    connection.execute(delete(contact_proofs).where(was_proved & (age < now_ms - limits.proved_kept_ms)))


def wait_for_address(connection: Connection, address_hash: bytes, limits: ProofLimits, *, now_ms: int) -> int | None:
    """When a code may be sent there again (milliseconds since 1970); None: now."""
    there = contact_proofs.c.address_hash == address_hash
    recent: Sequence[int] = connection.scalars(
        select(contact_proofs.c.asked_ms)
        .where(there & (contact_proofs.c.asked_ms > now_ms - limits.window_ms))
        .order_by(contact_proofs.c.asked_ms.desc())
        .limit(limits.per_address)
    ).all()
    if len(recent) == limits.per_address:
        return recent[-1] + limits.window_ms
    if recent and recent[0] > now_ms - limits.resend_ms:
        return recent[0] + limits.resend_ms
    return None


def is_terminal_busy(connection: Connection, terminal_id: str, limits: ProofLimits, *, now_ms: int) -> bool:
    """Whether a terminal had more codes sent than a counter can need."""
    its = (contact_proofs.c.terminal_id == terminal_id) & (contact_proofs.c.asked_ms > now_ms - limits.window_ms)
    return (connection.scalar(select(func.count()).where(its)) or 0) >= limits.per_terminal


def supersede(connection: Connection, terminal_id: str, address_hash: bytes) -> None:
    """A new code makes the earlier ones of this terminal to this address worthless."""
    here = (contact_proofs.c.terminal_id == terminal_id) & (contact_proofs.c.address_hash == address_hash)
    connection.execute(update(contact_proofs).where(here).values(code_hash=None))


def spend(connection: Connection, proof: RecordId) -> None:
    """The code is of no more use; the row stays, for the throttle."""
    connection.execute(update(contact_proofs).where(_is(proof)).values(code_hash=None))


def forget(connection: Connection, proof: RecordId) -> None:
    """The code never left: asking again must not wait."""
    connection.execute(delete(contact_proofs).where(_is(proof)))


@dataclass(frozen=True, slots=True)
class Verdict:
    """What became of a code that was typed."""

    outcome: ProofOutcome
    tries_left: int | None = None


def judge(
    connection: Connection,
    secret: ProofSecret,
    proof: RecordId,
    code: str,
    *,
    terminal_id: str,
    limits: ProofLimits,
    now_ms: int,
) -> Verdict:
    """Compare a typed code, count the try, note the proof.

    Steps:

    1. the proof is this terminal's, its code was neither used nor spent, and is still valid: else SPENT;
    2. the hashes are compared in constant time;
    3. right: proved, and the code is gone; wrong: one try less, and after the last the code is gone.

    The row is held from step 1 on, so that two guesses at once are two tries.

    Not promised: equal time for a proof that exists and one that does not; its name has 74 random bits.
    """
    row = connection.execute(
        select(contact_proofs).where(_is(proof) & (contact_proofs.c.terminal_id == terminal_id)).with_for_update()
    ).one_or_none()
    if row is None or row.code_hash is None or now_ms >= row.valid_until_ms:  # 1
        return Verdict(ProofOutcome.SPENT)
    if hmac.compare_digest(row.code_hash, secret.code_hash(proof, row.address_hash, code)):  # 2
        connection.execute(update(contact_proofs).where(_is(proof)).values(code_hash=None, proved_ms=now_ms))  # 3
        return Verdict(ProofOutcome.PROVED)
    wrong = row.wrong_tries + 1
    kept = row.code_hash if wrong < limits.tries else None
    connection.execute(update(contact_proofs).where(_is(proof)).values(wrong_tries=wrong, code_hash=kept))
    return Verdict(ProofOutcome.SPENT if kept is None else ProofOutcome.WRONG, tries_left=limits.tries - wrong)


def _is(proof: RecordId) -> ColumnElement[bool]:
    return contact_proofs.c.proof_id == proof.value
