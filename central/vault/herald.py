"""Sends the notices that are due, and lets the guard's delay run from the moment somebody was told."""

from __future__ import annotations

import logging
from collections.abc import Callable
from dataclasses import dataclass
from datetime import datetime, timedelta

from sqlalchemy import Connection, Engine

from central.engine import in_transaction, reading
from central.messaging.errors import NotSentError
from central.messaging.ports import Messenger
from central.vault import audit, destruction, keyring, notices, objections, slips, wording
from central.vault.audit import Tag
from central.vault.contacts import Address, ContactBook
from central.vault.errors import NoticeError
from central.vault.keyring import Dossier
from central.vault.keys import VaultKeys
from central.vault.models import NoticeKind, SlipState
from central.vault.notices import Notice
from central.vault.settings import VaultSettings
from central.vault.wording import Message
from wire.errors import WireError
from wire.identifiers import milliseconds, moment

AT_ONCE = 20  # in one round: each may take a messenger's whole deadline
_HOPELESS = frozenset({"recipient", "no_route"})
_log = logging.getLogger("central.vault.herald")


@dataclass(frozen=True, slots=True)
class HeraldParts:
    """What the herald works with; ``link``: from a token to the address of the page of objection."""

    engine: Engine
    keys: VaultKeys
    messenger: Messenger
    settings: VaultSettings
    clock: Callable[[], datetime]
    link: Callable[[str], str]


class Herald:
    """Rounds of notices. One that is cut after a sending sends that notice again: twice is better than never."""

    def __init__(self, parts: HeraldParts) -> None:
        self._parts = parts
        self._book = ContactBook(parts.keys.contact_key())

    def round(self) -> int:
        """Send what is due now; how many were tried."""
        now_ms = milliseconds(self._parts.clock())
        with reading(self._parts.engine) as conn:
            found = notices.due(conn, now_ms=now_ms, limit=AT_ONCE)
        for notice in found:
            self._settle(notice)
        return len(found)

    def _settle(self, notice: Notice) -> None:
        try:
            to, message = self._compose(notice)
            wording.send(self._parts.messenger, to, message)
        except NotSentError as error:
            _log.warning("a notice was not sent: %s", error.code)
            give_up = error.code in _HOPELESS or notice.tries + 1 >= notices.TRIES
            self._in_transaction(lambda conn, now_ms: self._not_sent(conn, notice, now_ms, give_up=give_up))
        except NoticeError as error:
            _log.error("a notice cannot be sent: %s", error.code)
            self._in_transaction(lambda conn, now_ms: self._not_sent(conn, notice, now_ms, give_up=True))
        else:
            self._in_transaction(lambda conn, now_ms: self._sent(conn, notice, now_ms))

    def _compose(self, notice: Notice) -> tuple[Address, Message]:
        with reading(self._parts.engine) as conn:
            dossier = keyring.find(conn, notice.dossier_id)
            slip = slips.of_record(conn, notice.record_id)
            has_delay = slips.was_used(conn, notice.dossier_id)
        if dossier is None:
            raise NoticeError("the dossier of a notice is not here")
        try:
            to = notices.address_of(self._book.open(notice.sealed, dossier.bound))
        except WireError as error:
            raise NoticeError("the address of a notice does not open") from error
        if notice.kind is NoticeKind.CONTACT_REPLACED:
            return to, wording.contact_replaced(notice.language)
        if notice.kind in {NoticeKind.CLOSED, NoticeKind.DELETION}:
            return to, _closed(notice, dossier)
        link = self._parts.link(objections.token(notice.record_id, self._parts.keys.objection_key()))
        waits = slip is not None and slip.state is SlipState.WAITING_GUARD and has_delay
        due = max(slip.due_ms or 0, self._due_ms()) if waits and slip is not None else None
        return to, wording.new_code(notice.language, link, None if due is None else moment(due))

    def _due_ms(self) -> int:
        delay = self._parts.settings.guard_delay
        return milliseconds(self._parts.clock()) + delay // timedelta(milliseconds=1)

    def _sent(self, conn: Connection, notice: Notice, now_ms: int) -> None:
        """The notice is gone from here; where the account is or was somebody's, their time to object begins now."""
        if not notices.settle(conn, notice):
            return
        audit.write_entry(conn, Tag.NOTICE_SENT, at_ms=now_ms, dossier=notice.dossier_id, record=notice.record_id)
        slip = slips.of_record(conn, notice.record_id)
        if slip is None or slip.state is not SlipState.WAITING_GUARD:
            return
        if slips.was_used(conn, notice.dossier_id):
            slips.postpone(conn, slip, max(slip.due_ms or 0, self._due_ms()))

    def _not_sent(self, conn: Connection, notice: Notice, now_ms: int, *, give_up: bool) -> None:
        if not give_up:
            notices.put_off(conn, notice, now_ms=now_ms)
        elif notices.settle(conn, notice):
            audit.write_entry(conn, Tag.NOTICE_FAILED, at_ms=now_ms, dossier=notice.dossier_id, record=notice.record_id)

    def _in_transaction(self, work: Callable[[Connection, int], None]) -> None:
        in_transaction(self._parts.engine, lambda conn: work(conn, milliseconds(self._parts.clock())))


def _closed(notice: Notice, dossier: Dossier) -> Message:
    if dossier.destroy_due_ms is None:  # opened again, which drops such notices; or by an older version
        raise NoticeError("a closing is told of a dossier that has no end")
    until = destruction.promised_until(dossier.destroy_due_ms)
    return wording.closed(notice.language, until, is_deleted=notice.kind is NoticeKind.DELETION)
