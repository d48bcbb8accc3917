"""What central tells a terminal about its place: made from the registry, signed by the answer key, named by an ETag."""

from __future__ import annotations

import json
from dataclasses import dataclass
from datetime import datetime
from typing import Any

from cryptography.hazmat.primitives.asymmetric.ed25519 import Ed25519PrivateKey
from msgspec.structs import replace
from sqlalchemy import Connection, Row, bindparam, select

from central.devices.models import devices, offices, operators
from central.devices.registry import DeviceState, find
from central.errors import NotFoundError, NotSignedError, TerminalRevokedError, TerminalUnknownError
from wire.canonical import decode, encode
from wire.configuration import (
    Configuration,
    ConfigurationQuery,
    OperatorEntry,
    Regime,
    open_configuration_query,
    write_configuration,
)
from wire.errors import SignatureError
from wire.identifiers import milliseconds
from wire.records import Channel, SubChannel, sha256
from wire.signing import peek_document

QUERY_LIMIT = 1024  # bytes of a signed question
_ETAG_DIGITS = 32
# Built once: the fleet asks some hundred times a second (docs/opening-hours.md).
_PLACE = (
    select(devices.c.terminal_id, devices.c.channel, devices.c.sub_channel, devices.c.last_seen_ms, offices)
    .join(offices, offices.c.office_id == devices.c.office_id)
    .where(devices.c.terminal_id == bindparam("terminal"))
)
_OPERATORS = (
    select(operators)
    .where(operators.c.office_id == bindparam("office"), operators.c.retired_ms.is_(None))
    .order_by(operators.c.operator_id)
)


@dataclass(frozen=True, slots=True)
class Place:
    """What all configurations of this central have in common; ``proves_contacts``: it can send one-time codes."""

    activation_url: str
    ins_oid: str
    regime: Regime = Regime.OPT_IN
    languages: tuple[str, ...] = ("fr", "en", "ar")
    proves_contacts: bool = True


@dataclass(frozen=True, slots=True, repr=False)
class SignedConfiguration:
    """The document and its ETag (quoted, as in the header)."""

    document: bytes
    etag: str


@dataclass(frozen=True, slots=True, repr=False)
class Answered:
    """The question, when who asks was last heard of, and its configuration: None when it holds the right one."""

    query: ConfigurationQuery
    last_seen_ms: int | None
    signed: SignedConfiguration | None


def sign_for(
    connection: Connection, terminal: str, place: Place, key: Ed25519PrivateKey, *, now: datetime
) -> SignedConfiguration:
    """The configuration of a terminal as it is now.

    Raises:
        NotFoundError: ``terminal_unknown``.
    """
    configuration = _configuration(connection, _row(connection, terminal), place, now)
    return SignedConfiguration(write_configuration(configuration, key), _etag(configuration))


def answer_query(
    connection: Connection, document: bytes, place: Place, key: Ed25519PrivateKey, *, now: datetime
) -> Answered:
    """The question, once it is proved, and the configuration of who asked: signed only when they hold another.

    Steps:

    1. the question names a terminal that has registered;
    2. the signature is that terminal's: an office's operators are nobody else's business;
    3. the terminal is not revoked.

    Not checked: when it was asked. A replayed question gets the same document once more, over TLS, from an address
    that must have recorded it; a terminal whose clock is wrong must still be able to ask.

    Raises:
        TerminalUnknownError, NotSignedError, TerminalRevokedError: steps 1 to 3, in that order.
        FormatError: not a question.
    """
    named = decode(peek_document(document, limit=QUERY_LIMIT).payload, ConfigurationQuery, limit=QUERY_LIMIT)
    device = find(connection, named.terminal)
    if device is None:  # 1
        raise TerminalUnknownError
    try:
        query = open_configuration_query(document, device.verifying_key())  # 2
    except SignatureError:
        raise NotSignedError from None
    if device.state is DeviceState.REVOKED:  # 3
        raise TerminalRevokedError
    row = _row(connection, device.terminal_id)
    configuration = _configuration(connection, row, place, now)
    etag = _etag(configuration)
    signed = None if query.held == etag else SignedConfiguration(write_configuration(configuration, key), etag)
    return Answered(query, row.last_seen_ms, signed)


def _row(connection: Connection, terminal: str) -> Row[Any]:
    row = connection.execute(_PLACE, {"terminal": terminal}).one_or_none()
    if row is None:
        raise NotFoundError("no terminal of this name is known", code="terminal_unknown")
    return row


def _configuration(connection: Connection, row: Row[Any], place: Place, now: datetime) -> Configuration:
    issued = milliseconds(now)
    return Configuration(
        terminal=row.terminal_id,
        office=row.office_id,
        office_name=row.name,
        office_lines=tuple(json.loads(row.lines)),
        channel=Channel(row.channel),
        sub_channel=SubChannel(row.sub_channel),
        operators=_operators(connection, row),
        activation_url=place.activation_url,
        ins_oid=place.ins_oid,
        finess=row.finess,
        help_line=row.help_line,
        regime=place.regime,
        languages=place.languages,
        proves_contacts=place.proves_contacts,
        pre_ticked_emergency=row.pre_ticked_emergency,
        issued_ms=issued,
        version=issued,  # only a changed document is ever sent, so the time of issue grows with each change
    )


def _operators(connection: Connection, office: Row[Any]) -> tuple[OperatorEntry, ...]:
    rows = connection.execute(_OPERATORS, {"office": office.office_id})
    return tuple(
        OperatorEntry(operator=row.operator_id, role=row.role, display_name=row.display_name, pin_hash=row.pin_hash)
        for row in rows
    )


def _etag(configuration: Configuration) -> str:
    # Over everything but the time of issue: unchanged content keeps its name.
    content = encode(replace(configuration, issued_ms=0, version=0))
    return f'"{sha256(content).hex()[:_ETAG_DIGITS]}"'
