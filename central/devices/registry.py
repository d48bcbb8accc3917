"""What intake needs to know of a terminal: who it is, where it stands, and how far its chain has come."""

from __future__ import annotations

import enum
from dataclasses import dataclass

from cryptography.hazmat.primitives.asymmetric.ed25519 import Ed25519PublicKey
from sqlalchemy import Connection, bindparam, select, update

from central.devices.models import devices, offices, operators
from wire.identifiers import TerminalId

NO_TERMINAL = TerminalId("CENTRAL")
"""Stands where a terminal's name would, for what no terminal made. No terminal may be called so."""


class DeviceState(enum.Enum):
    """A terminal's life at central."""

    EXPECTED = "expected"  # a ticket was issued, nobody came yet
    REGISTERED = "registered"
    REVOKED = "revoked"


@dataclass(frozen=True, slots=True)
class Device:
    """A terminal that has registered once; ``last_*`` is the head of its chain, None before its first record."""

    terminal_id: str
    office_id: str
    departement: str
    region: str
    channel: str
    sub_channel: str
    state: DeviceState
    public_key: bytes
    registered_ms: int
    last_sequence: int | None
    last_hash: bytes | None

    def verifying_key(self) -> Ed25519PublicKey:
        """The key that must have signed what comes in this terminal's name."""
        return Ed25519PublicKey.from_public_bytes(self.public_key)


_FIND = (
    select(
        devices.c.terminal_id,
        devices.c.office_id,
        offices.c.departement,
        offices.c.region,
        devices.c.channel,
        devices.c.sub_channel,
        devices.c.state,
        devices.c.public_key,
        devices.c.registered_ms,
        devices.c.last_sequence,
        devices.c.last_hash,
    )
    .join(offices, offices.c.office_id == devices.c.office_id)
    .where(devices.c.terminal_id == bindparam("terminal"))
)
_ADVANCE = (
    update(devices)
    .where(devices.c.terminal_id == bindparam("terminal"))
    .values(
        last_sequence=bindparam("last_sequence"),
        last_hash=bindparam("last_hash"),
        last_seen_ms=bindparam("last_seen_ms"),
    )
)
_OPERATORS = select(operators.c.operator_id, operators.c.role).where(operators.c.office_id == bindparam("office"))


def find(connection: Connection, terminal_id: str) -> Device | None:
    """The terminal of that name, revoked or not; None when it never registered."""
    row = connection.execute(_FIND, {"terminal": terminal_id}).mappings().one_or_none()
    if row is None or row["public_key"] is None or row["registered_ms"] is None:
        return None
    return Device(**{**row, "state": DeviceState(row["state"])})


def advance(connection: Connection, terminal_id: str, *, sequence: int, head: bytes, seen_ms: int) -> None:
    """Move the head of the terminal's chain; the caller has judged that it follows, or has recorded why not."""
    values = {"last_sequence": sequence, "last_hash": head, "last_seen_ms": seen_ms}
    connection.execute(_ADVANCE, {"terminal": terminal_id, **values})


def touch(connection: Connection, terminal_id: str, *, seen_ms: int) -> None:
    """Note that the terminal was heard of."""
    connection.execute(update(devices).where(devices.c.terminal_id == terminal_id).values(last_seen_ms=seen_ms))


def attestors(connection: Connection, office_id: str) -> frozenset[tuple[str, str]]:
    """(operator, role) of everyone who may attest, or once could, at an office.

    Retired ones are among them: a record may have waited on a terminal longer than its operator stayed.
    """
    rows = connection.execute(_OPERATORS, {"office": office_id})
    return frozenset((row.operator_id, row.role) for row in rows)
