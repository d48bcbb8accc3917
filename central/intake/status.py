"""The question "has this person a dossier?", answered to a known terminal, now and then, and never silently."""

from __future__ import annotations

from dataclasses import dataclass
from datetime import datetime

from sqlalchemy import Connection, Engine, delete, func, select

from central.audit import service as audit
from central.audit.service import AuditEntry
from central.audit.tags import AuditTag
from central.db import shard_of
from central.devices import registry
from central.devices.asking import FRESHNESS_MS, asked_by
from central.devices.registry import Device
from central.engine import in_transaction, insert_into, reading
from central.enrolments.fingerprint import fingerprint
from central.enrolments.persons import standings
from central.enrolments.standing import DossierState
from central.errors import NonceUsedError, TooManyError
from central.intake.models import status_nonces
from central.keys import CentralKeys
from central.turns import take_turns
from wire.canonical import decode
from wire.identifiers import milliseconds, moment
from wire.signing import peek_document
from wire.status import STATUS_LIMIT, PersonStatus, StatusQuery, open_query, unseal_query, write_status

_WORDS = {DossierState.CREATED: PersonStatus.ACTIVE, DossierState.CLOSED: PersonStatus.CLOSED}


@dataclass(frozen=True, slots=True)
class StatusLimits:
    """How many questions a terminal may ask, and how long central remembers that one was asked.

    A counter has a customer every few minutes; ``per_window`` leaves room for ten at once. A question whose own time
    is further than ``freshness_ms`` from central's is refused, so nonces need not be kept for ever.
    """

    per_window: int = 60
    window_ms: int = 15 * 60 * 1000
    freshness_ms: int = FRESHNESS_MS


class StatusDesk:
    """Answers status questions."""

    def __init__(self, engine: Engine, keys: CentralKeys, *, shards: int, limits: StatusLimits | None = None) -> None:
        self._engine = engine
        self._keys = keys
        self._shards = shards
        self._limits = limits or StatusLimits()

    def answer(self, document: bytes, *, now: datetime) -> bytes:
        """The signed word for a signed question.

        Steps:

        1. the terminal named is known and not revoked;
        2. its signature holds;
        3. the question is of today, by the terminal's clock: an old one, replayed, is refused;
        4. in one transaction: this nonce was not used by this terminal, and it has not asked too often; the asking is
           audited under the person's keyed fingerprint before the word leaves;
        5. the question opens with the intake key and names a number.

        Not checked: that the card is really in the reader (only the terminal can know).

        Raises:
            FormatError, SealError, IdentifierError: not a question. TerminalUnknownError, TerminalRevokedError: 1.
            NotSignedError: 2. NonceUsedError: 3 and 4. TooManyError: 4.
        """
        now_ms = milliseconds(now)
        named = decode(peek_document(document, limit=STATUS_LIMIT).payload, StatusQuery, limit=STATUS_LIMIT).terminal
        with reading(self._engine) as connection:
            device, query = asked_by(  # 1 to 3
                connection,
                named,
                lambda key: open_query(document, key),
                now_ms=now_ms,
                freshness_ms=self._limits.freshness_ms,
            )
        person = fingerprint(unseal_query(query, self._keys.intake), self._keys.person_index)  # 5
        status, copies = in_transaction(
            self._engine, lambda connection: self._look_up(connection, device, query.nonce, person, now_ms)
        )
        return write_status(query, status, self._keys.answer, at=moment(now_ms), copies=copies)

    def _look_up(
        self, connection: Connection, device: Device, nonce: bytes, person: bytes, now_ms: int
    ) -> tuple[PersonStatus, int]:  # 4
        self._use(connection, device.terminal_id, nonce, now_ms)
        registry.touch(connection, device.terminal_id, seen_ms=now_ms)
        standing = standings(connection, [person]).get(person)
        status = PersonStatus.NONE if standing is None else _WORDS[standing.state]
        entry = AuditEntry(AuditTag.PERSON_STATUS_ASKED, person, f"terminal:{device.terminal_id}", status.value)
        audit.append(connection, shard_of(device.terminal_id.encode(), self._shards), [entry], at_ms=now_ms)
        return status, 0 if standing is None else standing.copies

    def _use(self, connection: Connection, terminal_id: str, nonce: bytes, now_ms: int) -> None:
        take_turns(connection, terminal_id.encode())  # questions of one terminal one at a time
        mine = status_nonces.c.terminal_id == terminal_id
        # Twice the freshness: a clock may be a day off to either side.
        connection.execute(
            delete(status_nonces).where(mine & (status_nonces.c.asked_ms < now_ms - 2 * self._limits.freshness_ms))
        )
        insert = insert_into(connection, status_nonces).on_conflict_do_nothing()
        fresh = connection.execute(insert, {"terminal_id": terminal_id, "nonce": nonce, "asked_ms": now_ms})
        if not fresh.rowcount:
            raise NonceUsedError("this question was asked before")
        asked = connection.scalar(
            select(func.count()).where(mine & (status_nonces.c.asked_ms > now_ms - self._limits.window_ms))
        )
        if (asked or 0) > self._limits.per_window:
            raise TooManyError("this terminal has asked too often; come back in a quarter of an hour")
