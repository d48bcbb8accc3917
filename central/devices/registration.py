"""A terminal takes its place in the fleet: a ticket's token and a proof of its new key, once.

What the terminal gets back: its name, the trust bundle (signed by the root), its configuration (signed by central).
"""

from __future__ import annotations

from datetime import datetime

from sqlalchemy import Connection, select, update

from central.audit.service import AuditEntry, append
from central.audit.tags import AuditTag
from central.db import shard_of
from central.devices.models import devices
from central.devices.registry import DeviceState
from central.devices.tickets import IssuedTicket, look_up, mark_used
from central.errors import TerminalRevokedError, TicketError
from wire.identifiers import milliseconds
from wire.registration import RegistrationRequest


def register(connection: Connection, request: RegistrationRequest, *, now: datetime, shards: int) -> str:
    """Give the terminal its place and return its name; ``request`` comes from ``open_request``, which checks the proof.

    Steps, in one writing transaction:

    1. the token was issued here;
    2. the terminal it was issued for was not revoked since;
    3. the token is unused; or it was used by this very key, is not expired, and nothing was ever heard of the terminal
       since: its answer was lost on the way, and it gets the same place again;
    4. the token is not expired;
    5. the place has no key yet: a key, once set, is never changed (another machine needs another place);
    6. key, ticket and audit are written together.

    Not checked: who carries the machine; the ticket is a bearer's, so it is short-lived and dies with its first use.

    Raises:
        TicketError: ``token_unknown``, ``token_used``, ``token_expired``.
        TerminalRevokedError: step 2.
    """
    ticket = look_up(connection, request.token, now=now)  # 1
    device = connection.execute(select(devices).where(devices.c.terminal_id == ticket.terminal_id)).one()
    if device.state == DeviceState.REVOKED.value:  # 2
        raise TerminalRevokedError
    if ticket.used:  # 3
        if device.public_key == request.device_public and device.last_seen_ms is None and not ticket.expired:
            return ticket.terminal_id
        raise TicketError("this ticket was used already: ask for a new one", code="token_used")
    if ticket.expired:  # 4
        raise TicketError("this ticket is too old: ask for a new one", code="token_expired")
    if device.public_key is not None:  # 5
        raise TicketError("this place has its terminal already", code="token_used")
    _settle(connection, ticket, request, now, shards)  # 6
    return ticket.terminal_id


def _settle(
    connection: Connection, ticket: IssuedTicket, request: RegistrationRequest, now: datetime, shards: int
) -> None:
    connection.execute(
        update(devices)
        .where(devices.c.terminal_id == ticket.terminal_id)
        .values(public_key=request.device_public, state=DeviceState.REGISTERED.value, registered_ms=milliseconds(now))
    )
    mark_used(connection, request.token, now=now)
    name = ticket.terminal_id
    entry = AuditEntry(AuditTag.TERMINAL_REGISTERED, name.encode(), f"terminal:{name}")
    append(connection, shard_of(name.encode(), shards), [entry], at_ms=milliseconds(now))
