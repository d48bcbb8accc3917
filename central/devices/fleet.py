"""What the operator of the fleet does by command: offices, operators, tickets, revocation. Each act is audited.

``actor`` of all of them is ``command``: who may run commands on central's machine is the machine's own business.
"""

from __future__ import annotations

import json
from collections.abc import Sequence
from dataclasses import dataclass
from datetime import datetime

from cryptography.hazmat.primitives.asymmetric.ed25519 import Ed25519PublicKey
from sqlalchemy import Connection, insert, select, update

from central.audit.service import AuditEntry, append
from central.audit.tags import AuditTag
from central.db import shard_of
from central.devices import tickets
from central.devices.models import devices, offices, operators
from central.devices.registry import NO_TERMINAL, DeviceState
from central.engine import insert_into
from central.errors import AlreadyThereError, NotFoundError, SetupError
from wire.identifiers import Finess, OfficeId, OperatorId, TerminalId, milliseconds
from wire.records import Channel, SubChannel
from wire.registration import Ticket

_ACTOR = "command"
# Where terminals stand decides by which channel they open (indicator 2.8.4).
_CHANNELS = {"cpam": (Channel.DESK, SubChannel.HALL_TERMINAL), "pharmacy": (Channel.PHARMACY, SubChannel.COUNTER)}
OFFICE_KINDS = tuple(_CHANNELS)
ROLES = ("agent", "pharmacist", "preparer")  # who may attest where: central.enrolments.evidence


@dataclass(frozen=True, slots=True, kw_only=True)
class NewOffice:
    """A CPAM hall or a pharmacy; ``departement`` and ``region`` are INSEE codes, ``lines`` the address as printed.

    ``pre_ticked_emergency``: this pharmacy wants the guide's way of asking (EX_1.1-1050).
    """

    office: OfficeId
    name: str
    kind: str
    lines: Sequence[str]
    departement: str
    region: str
    finess: Finess | None = None
    help_line: str | None = None
    pre_ticked_emergency: bool = False


@dataclass(frozen=True, slots=True, kw_only=True, repr=False)
class NewOperator:
    """Who works at an office: attests, or prepares; ``pin_hash`` is argon2id."""

    operator: OperatorId
    office: OfficeId
    role: str
    display_name: str
    pin_hash: str


class Fleet:
    """The fleet, as changed in one transaction at one instant."""

    def __init__(self, connection: Connection, *, now: datetime, shards: int) -> None:
        self._connection = connection
        self._now = now
        self._shards = shards

    def add_office(self, office: NewOffice) -> None:
        """Take an office into the fleet.

        Raises:
            AlreadyThereError: an office of that name exists.
        """
        if self._exists(select(offices.c.office_id).where(offices.c.office_id == office.office)):
            raise AlreadyThereError("an office of this name exists")
        self._connection.execute(
            insert(offices).values(
                office_id=office.office,
                name=office.name,
                lines=json.dumps(list(office.lines), ensure_ascii=False),
                kind=office.kind,
                finess=None if office.finess is None else office.finess.value,
                departement=office.departement,
                region=office.region,
                help_line=office.help_line,
                pre_ticked_emergency=self._may_pre_tick(office.kind, wanted=office.pre_ticked_emergency),
                created_ms=milliseconds(self._now),
            )
        )
        self._audit(AuditTag.OFFICE_ADDED, office.office)

    def pre_tick(self, office: OfficeId, *, wanted: bool) -> None:
        """Change how a pharmacy asks about the emergency accesses; terminals learn it at their next question.

        Raises:
            NotFoundError: no such office. SetupError: ``pre_ticked``: a hall, where people are alone with the screen.
        """
        self._may_pre_tick(self._office_kind(office), wanted=wanted)
        self._connection.execute(
            update(offices).where(offices.c.office_id == office).values(pre_ticked_emergency=wanted)
        )
        self._audit(AuditTag.OFFICE_CHANGED, office, "pre_ticked" if wanted else "open_question")

    def add_operator(self, operator: NewOperator) -> None:
        """Let someone attest at an office; the same name again replaces role, shown name and PIN.

        Raises:
            NotFoundError: no such office.
        """
        self._office_kind(operator.office)
        values = {
            "role": operator.role,
            "display_name": operator.display_name,
            "pin_hash": operator.pin_hash,
            "created_ms": milliseconds(self._now),
            "retired_ms": None,
        }
        write = insert_into(self._connection, operators).values(
            office_id=operator.office, operator_id=operator.operator, **values
        )
        self._connection.execute(write.on_conflict_do_update(index_elements=["office_id", "operator_id"], set_=values))
        self._audit(AuditTag.OPERATOR_ADDED, operator.operator, operator.office)

    def retire_operator(self, operator: OperatorId, office: OfficeId) -> None:
        """Somebody has left an office: terminals forget their PIN at their next question.

        What they attested stays, and names them. Retiring twice changes nothing and is audited once.

        Raises:
            NotFoundError: nobody of that name attests there.
        """
        named = (operators.c.office_id == office, operators.c.operator_id == operator)
        if not self._exists(select(operators.c.operator_id).where(*named)):
            raise NotFoundError("nobody of this name attests at this office", code="operator_unknown")
        changed = self._connection.execute(
            update(operators).where(*named, operators.c.retired_ms.is_(None)).values(retired_ms=milliseconds(self._now))
        )
        if changed.rowcount:
            self._audit(AuditTag.OPERATOR_RETIRED, operator, office)

    def pin_hashes(self, office: OfficeId, *, besides: OperatorId) -> list[str]:
        """The hashes of the PINs by which others may attest at an office now."""
        found = self._connection.execute(
            select(operators.c.pin_hash).where(
                operators.c.office_id == office,
                operators.c.operator_id != besides,
                operators.c.retired_ms.is_(None),
            )
        )
        return list(found.scalars())

    def issue_ticket(self, terminal: TerminalId, office: OfficeId, *, central: str, root: Ed25519PublicKey) -> Ticket:
        """Make a place for a terminal in an office, and the ticket that takes it.

        Again for a place nobody has taken yet: a new ticket, and the old one dies.

        Raises:
            NotFoundError: no such office.
            AlreadyThereError: the name is central's own; the place is taken, revoked, or in another office.
        """
        channel, sub_channel = _CHANNELS[self._office_kind(office)]
        if terminal == NO_TERMINAL:
            raise AlreadyThereError("this name is central's own")
        row = self._connection.execute(select(devices).where(devices.c.terminal_id == terminal)).one_or_none()
        if row is None:
            self._connection.execute(
                insert(devices).values(
                    terminal_id=terminal,
                    office_id=office,
                    channel=channel.value,
                    sub_channel=sub_channel.value,
                    state=DeviceState.EXPECTED.value,
                )
            )
        elif row.state != DeviceState.EXPECTED.value or row.office_id != office:
            raise AlreadyThereError(
                "this terminal's name is taken. A new machine gets a new name: a key, once set, is never changed"
            )
        self._audit(AuditTag.TERMINAL_TICKET_ISSUED, terminal)
        return tickets.issue(self._connection, terminal, central=central, root=root, now=self._now)

    def revoke(self, terminal: TerminalId) -> None:
        """A terminal is lost or stolen: from now on it is told nothing, and what it sends is kept in quarantine.

        Revoking twice changes nothing and is audited once.

        Raises:
            NotFoundError: no terminal of that name.
        """
        if not self._exists(select(devices.c.terminal_id).where(devices.c.terminal_id == terminal)):
            raise NotFoundError("no terminal of this name is known", code="terminal_unknown")
        changed = self._connection.execute(
            update(devices)
            .where(devices.c.terminal_id == terminal, devices.c.state != DeviceState.REVOKED.value)
            .values(state=DeviceState.REVOKED.value, revoked_ms=milliseconds(self._now))
        )
        if changed.rowcount:
            self._audit(AuditTag.TERMINAL_REVOKED, terminal)

    def _may_pre_tick(self, kind: str, *, wanted: bool) -> bool:
        if wanted and _CHANNELS[kind][1] is not SubChannel.COUNTER:
            raise SetupError("only a pharmacy may tick before the person answers (design.md §6)", code="pre_ticked")
        return wanted

    def _office_kind(self, office: OfficeId) -> str:
        kind = self._connection.execute(select(offices.c.kind).where(offices.c.office_id == office)).scalar()
        if kind is None:
            raise NotFoundError("no office of this name is known", code="office_unknown")
        return str(kind)

    def _exists(self, query: object) -> bool:
        return self._connection.execute(query).first() is not None  # type: ignore[call-overload]

    def _audit(self, tag: AuditTag, subject: str, detail: str | None = None) -> None:
        entry = AuditEntry(tag, subject.encode(), _ACTOR, detail)
        shard = shard_of(subject.encode(), self._shards)
        append(self._connection, shard, [entry], at_ms=milliseconds(self._now))
