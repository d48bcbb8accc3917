"""The one-time ticket that lets a terminal take its place in the fleet. Only the token's hash is stored."""

from __future__ import annotations

from dataclasses import dataclass
from datetime import datetime, timedelta

from cryptography.hazmat.primitives.asymmetric.ed25519 import Ed25519PublicKey
from sqlalchemy import Connection, insert, select, update

from central.devices.models import tickets
from central.errors import TicketError
from wire.identifiers import milliseconds
from wire.registration import Ticket, new_token, token_hash

VALIDITY = timedelta(days=14)  # the machine travels by parcel; a lost sheet of paper must die by itself


@dataclass(frozen=True, slots=True)
class IssuedTicket:
    """A ticket that was found: for which terminal, and whether it was used (then by the key the terminal has)."""

    terminal_id: str
    used: bool
    expired: bool


def issue(connection: Connection, terminal_id: str, *, central: str, root: Ed25519PublicKey, now: datetime) -> Ticket:
    """Write a new ticket for a place in the fleet; the token stands on the ticket and nowhere else.

    Tickets issued before for the same terminal and not yet used die: one place, one live sheet of paper.
    """
    token = new_token()
    connection.execute(
        update(tickets)
        .where(tickets.c.terminal_id == terminal_id, tickets.c.used_ms.is_(None))
        .values(expires_ms=milliseconds(now))
    )
    connection.execute(
        insert(tickets).values(
            token_hash=token_hash(token),
            terminal_id=terminal_id,
            issued_ms=milliseconds(now),
            expires_ms=milliseconds(now + VALIDITY),
        )
    )
    return Ticket(central, token, root.public_bytes_raw())


def look_up(connection: Connection, token: str, *, now: datetime) -> IssuedTicket:
    """The ticket of that token, whatever its state.

    Raises:
        TicketError: ``token_unknown``.
    """
    row = connection.execute(select(tickets).where(tickets.c.token_hash == token_hash(token))).one_or_none()
    if row is None:
        raise TicketError("this ticket was not issued here: check each letter", code="token_unknown")
    return IssuedTicket(row.terminal_id, row.used_ms is not None, milliseconds(now) >= row.expires_ms)


def mark_used(connection: Connection, token: str, *, now: datetime) -> None:
    """The ticket has done its one service."""
    connection.execute(
        update(tickets).where(tickets.c.token_hash == token_hash(token)).values(used_ms=milliseconds(now))
    )
