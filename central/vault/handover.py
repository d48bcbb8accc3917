"""What central hands over, taken in: recognised, opened, kept or put aside, and answered item by item.

Order matters as little as it can. Words on emergency access carry their time and merge to the same result in any order
(:mod:`central.vault.decisions`). A request for a new code may arrive before its dossier. Other changes wait for their
dossier and are then taken in the order in which they first came, which is central's.
"""

from __future__ import annotations

import logging
from collections.abc import Callable
from dataclasses import dataclass
from datetime import datetime, timedelta

from sqlalchemy import Connection, Engine, delete, func, insert, select

from central.engine import in_transaction
from central.vault import changes, decisions, keyring, openings
from central.vault.audit import Tag
from central.vault.contacts import ContactBook, Ways
from central.vault.errors import ItemRefusedError, ItemTooEarlyError
from central.vault.keys import VaultKeys
from central.vault.models import awaited, quarantine, records
from central.vault.parts import open_change, open_part
from central.vault.trust_file import TrustFile
from central.vault.work import Work
from central.vault.wraps import Bound
from wire.canonical import WireStruct, encode
from wire.errors import FormatError, IdentifierError
from wire.failpoints import Failpoint, Reach, pass_by
from wire.handover import (
    HAND_OVER_COUNT,
    HandOver,
    HandOverAction,
    HandOverAnswer,
    HandOverItem,
    HandOverOutcome,
    HandOverResult,
    open_hand_over,
    write_hand_over_answer,
)
from wire.identifiers import DossierId, RecordId, milliseconds, terminal_id
from wire.records import sha256
from wire.trust import KeyUse
from wire.vault_parts import VaultPart

_log = logging.getLogger("central.vault.handover")


@dataclass(frozen=True, slots=True)
class HandOverParts:
    """What the desk works with. ``ways``: what can be sent from here; ``guard_delay``: see settings."""

    engine: Engine
    keys: VaultKeys
    trust: TrustFile
    clock: Callable[[], datetime]
    ways: Ways
    guard_delay: timedelta


class HandOverDesk:
    """Takes in requests; one instance a process, used by all its threads."""

    def __init__(self, parts: HandOverParts, reach: Reach = pass_by) -> None:
        self._parts = parts
        self._reach = reach

    def receive(self, document: bytes) -> bytes:
        """Central's request, settled and answered with the vault's signature.

        Steps:

        1. not longer than the limit, and signed by the hand-over key of the trust bundle;
        2. not more items than the limit;
        3. in one transaction, item by item, oldest first: refusals noted by their time; recognised by record id; else
           opened and carried out; what cannot be is put aside;
        4. the answer is signed, and names the request by its hash.

        Not checked: whether the request is fresh (a replay changes nothing), and whether central's word on who
        enrolled where is true: the vault sees only that the part was sealed for that record and terminal.

        Raises:
            SignatureError, FormatError: steps 1 and 2; nothing was kept. TrustError: no bundle is valid now.
        """
        parts = self._parts
        now = parts.clock()
        bundle = parts.trust.current(now)
        request = open_hand_over(document, bundle.verifying_key(KeyUse.HAND_OVER))  # 1
        if len(request.items) > HAND_OVER_COUNT:  # 2
            raise FormatError(f"a hand-over has at most {HAND_OVER_COUNT} items", code="hand_over_count")
        book = ContactBook(parts.keys.contact_key())

        def settle(conn: Connection) -> tuple[HandOverResult, ...]:
            work = Work(conn, milliseconds(now), bundle, book, parts.ways, parts.guard_delay)
            results = _Intake(work, parts.keys).settle(request)
            self._reach(Failpoint.VAULT_BEFORE_COMMIT)
            return results

        results = in_transaction(parts.engine, settle)  # 3
        self._reach(Failpoint.VAULT_AFTER_COMMIT)
        answer = HandOverAnswer(request_digest=sha256(document), server_ms=milliseconds(now), results=results)
        return write_hand_over_answer(answer, parts.keys.answer)  # 4


class _Intake:
    """One request within its transaction."""

    def __init__(self, work: Work, keys: VaultKeys) -> None:
        self._work = work
        self._conn = work.conn
        self._keys = keys
        self._known: dict[bytes, bytes] = {}

    def settle(self, request: HandOver) -> tuple[HandOverResult, ...]:
        ids = [item.record_id for item in request.items]
        found = self._conn.execute(select(records.c.record_id, records.c.digest).where(records.c.record_id.in_(ids)))
        self._known = {row.record_id: row.digest for row in found}
        return tuple(self._settle_one(item) for item in request.items)

    def _settle_one(self, item: HandOverItem) -> HandOverResult:
        def result(outcome: HandOverOutcome, code: str | None = None) -> HandOverResult:
            return HandOverResult(record_id=item.record_id, outcome=outcome, code=code)

        try:
            with self._conn.begin_nested():
                try:
                    outcome = self._take(item)
                except ItemRefusedError as error:
                    self._put_aside(item, error.code)
                    return result(HandOverOutcome.REFUSED, error.code)
                except ItemTooEarlyError as error:
                    self._await(item)
                    return result(HandOverOutcome.LATER, error.code)
        except Exception as error:  # noqa: BLE001 - whatever one terminal put into one item must not stop all the others
            # The savepoint has undone this item alone; the class says enough, the text may quote what was written.
            _log.error("item left for later: %s", type(error).__name__)
            return result(HandOverOutcome.LATER, "internal")
        if outcome is HandOverOutcome.KEPT:
            self._known[item.record_id] = _digest(item)
        return result(outcome)

    def _take(self, item: HandOverItem) -> HandOverOutcome:
        """Note the refusals, recognise, open, carry out. Everything that may refuse comes before what writes."""
        try:
            dossier, bound = DossierId(item.dossier_id), Bound(RecordId(item.record_id), terminal_id(item.terminal))
        except IdentifierError as error:
            raise ItemRefusedError("the item names no record, dossier or terminal", code=error.code) from error
        # Also of an item that is then put aside, or of a replay: central's word that someone refused is never lost,
        # and by its time an old one never undoes what was granted since.
        self._decide(dossier, decisions.flagged(item))
        known = self._known.get(item.record_id)
        if known is not None and known != _digest(item):
            raise ItemRefusedError("this record came before with another content", code="id_conflict")
        if known is not None:
            return HandOverOutcome.ALREADY
        self._carry_out(item, dossier, bound)
        self._record(item)
        return HandOverOutcome.KEPT

    def _carry_out(self, item: HandOverItem, dossier: DossierId, bound: Bound) -> None:
        if item.action is HandOverAction.MAKE:
            openings.make_dossier(self._work, dossier, bound)
        elif item.action is HandOverAction.CHANGE:
            self._change(item, dossier, bound)
        else:
            part = open_part(item.vault, self._keys.vault, bound)
            if item.action is HandOverAction.OPEN:
                openings.open_dossier(self._work, item, dossier, bound, part)
            else:
                self._request_code(item, dossier, bound, part)

    def _change(self, item: HandOverItem, dossier: DossierId, bound: Bound) -> None:
        change = open_change(item.vault, self._keys.vault, bound, item.kind)
        found = keyring.find(self._conn, dossier)
        if found is None:
            raise ItemTooEarlyError("its dossier has not arrived", code="dossier_unknown")
        if self._waits_behind(dossier, bound.record_id):
            raise ItemTooEarlyError("an earlier change of this dossier has not been taken", code="change_order")
        if found.is_destroyed:
            raise ItemRefusedError("its dossier was destroyed", code="dossier_destroyed")
        changes.apply(self._work, item, found, bound, change)

    def _request_code(self, item: HandOverItem, dossier: DossierId, bound: Bound, part: VaultPart) -> None:
        """A second enrolment: its wraps are of another key and are not kept; its slip waits, its refusals count.

        Its contact is kept where none is known (a dossier that opened by itself), and replaces none: that takes a
        change of contact, of which the one before is told. Of a dossier that was destroyed nothing is kept any more.

        Raises:
            ItemRefusedError: ``dossier_destroyed``.
        """
        found = keyring.find(self._conn, dossier)
        if found is not None and found.is_destroyed:
            raise ItemRefusedError("its dossier was destroyed", code="dossier_destroyed")
        self._decide(dossier, decisions.absent(item, part))
        if part.locator is not None and part.code_public is not None:
            changes.request_code(self._work, dossier, bound, part.locator, part.code_public)
        if found is not None and part.contact is not None:
            changes.complete_contact(self._work, found, bound.record_id, part.contact, part.language)

    def _decide(self, dossier: DossierId, words: decisions.Words) -> None:
        turns = decisions.merge(self._conn, dossier, words, now_ms=self._work.now_ms)
        decisions.carry_out(self._conn, dossier, turns, self._work.trust, now_ms=self._work.now_ms)

    def _record(self, item: HandOverItem) -> None:
        digest = _digest(item)
        self._conn.execute(
            insert(records).values(
                record_id=item.record_id,
                digest=digest,
                dossier_id=item.dossier_id,
                action=item.action.value,
                received_ms=self._work.now_ms,
            )
        )
        self._await_no_longer(item)
        if self._conn.execute(delete(quarantine).where(quarantine.c.digest == digest)).rowcount:
            self._work.write(Tag.RECORD_RELEASED, DossierId(item.dossier_id), RecordId(item.record_id))

    def _put_aside(self, item: HandOverItem, code: str) -> None:
        """Keep an item that cannot be kept as what it is; the same one again is no second one."""
        digest = _digest(item)
        self._await_no_longer(item)
        if self._conn.execute(select(quarantine.c.digest).where(quarantine.c.digest == digest)).first():
            return
        self._conn.execute(
            insert(quarantine).values(digest=digest, code=code, item=encode(item), received_ms=self._work.now_ms)
        )
        self._work.write(Tag.RECORD_QUARANTINED, None, None)

    def _await(self, item: HandOverItem) -> None:
        """Remember the place of a change that came too early: central sends it again on its own time."""
        of_dossier = awaited.c.dossier_id == item.dossier_id
        if self._conn.execute(select(awaited).where(of_dossier, awaited.c.record_id == item.record_id)).first():
            return
        last = self._conn.execute(select(func.max(awaited.c.place)).where(of_dossier)).scalar() or 0
        self._conn.execute(insert(awaited).values(dossier_id=item.dossier_id, place=last + 1, record_id=item.record_id))

    def _waits_behind(self, dossier: DossierId, record: RecordId) -> bool:
        """Whether another change of this dossier stands before it."""
        rows = self._conn.execute(
            select(awaited.c.record_id).where(awaited.c.dossier_id == dossier.value).order_by(awaited.c.place).limit(1)
        )
        first = rows.scalar()
        return first is not None and first != record.value

    def _await_no_longer(self, item: HandOverItem) -> None:
        of_item = (awaited.c.dossier_id == item.dossier_id, awaited.c.record_id == item.record_id)
        self._conn.execute(delete(awaited).where(*of_item))


class _Content(WireStruct, frozen=True):
    """What makes an item the same: not the flags and times, which central may learn between two sendings."""

    record_id: bytes
    action: HandOverAction
    dossier_id: bytes
    terminal: str
    vault: bytes
    break_glass_refused: bool = False
    centre_15_refused: bool = False


def _digest(item: HandOverItem) -> bytes:
    """Names an item's content, in the form of the first version: what was kept then is recognised now."""
    return sha256(
        encode(
            _Content(
                record_id=item.record_id,
                action=item.action,
                dossier_id=item.dossier_id,
                terminal=item.terminal,
                vault=item.vault,
            )
        )
    )
