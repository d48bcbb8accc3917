"""What central hands over, taken in: recognised, opened, kept or put aside, and answered item by item.

Order does not matter: refusals of emergency access are kept by dossier, apart from wraps, and only grow. A request
for a new code may so arrive before its dossier, twice, or not at all, and the wraps that remain are the same.
"""

from __future__ import annotations

import logging
from collections.abc import Callable, Iterator
from datetime import datetime

import msgspec
from sqlalchemy import Connection, Engine, delete, insert, select, update

from central.engine import in_transaction
from central.vault import audit
from central.vault.audit import Tag
from central.vault.errors import ItemRefusedError
from central.vault.keys import VaultKeys
from central.vault.models import (
    AccountState,
    SlipState,
    WrapRole,
    dossiers,
    quarantine,
    records,
    refusals,
    slips,
    wraps,
)
from central.vault.trust_file import TrustFile
from central.vault.wraps import Bound, open_part
from wire.canonical import encode
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

_REFUSAL_TAGS = {WrapRole.BREAK_GLASS: Tag.BREAK_GLASS_REFUSED, WrapRole.CENTRE_15: Tag.CENTRE_15_REFUSED}


class HandOverDesk:
    """Takes in requests; one instance a process, used by all its threads."""

    def __init__(
        self,
        engine: Engine,
        keys: VaultKeys,
        trust: TrustFile,
        clock: Callable[[], datetime],
        reach: Reach = pass_by,
    ) -> None:
        self._engine = engine
        self._keys = keys
        self._trust = trust
        self._clock = clock
        self._reach = reach

    def receive(self, document: bytes) -> bytes:
        """Central's request, settled and answered with the vault's signature.

        Steps:

        1. not longer than the limit, and signed by the hand-over key of the trust bundle;
        2. not more items than the limit;
        3. in one transaction, item by item, oldest first: refusals noted; recognised by record id; else opened and
           kept; what cannot be kept is put aside;
        4. the answer is signed, and names the request by its hash.

        Not checked: whether the request is fresh (a replay changes nothing), and whether central's word on who
        enrolled where is true: the vault sees only that the part was sealed for that record and terminal.

        Raises:
            SignatureError, FormatError: steps 1 and 2; nothing was kept. TrustError: no bundle is valid now.
        """
        now = self._clock()
        bundle = self._trust.current(now)
        request = open_hand_over(document, bundle.verifying_key(KeyUse.HAND_OVER))  # 1
        if len(request.items) > HAND_OVER_COUNT:  # 2
            raise FormatError(f"a hand-over has at most {HAND_OVER_COUNT} items", code="hand_over_count")

        def settle(conn: Connection) -> tuple[HandOverResult, ...]:
            results = _Intake(conn, self._keys, milliseconds(now)).settle(request)
            self._reach(Failpoint.VAULT_BEFORE_COMMIT)
            return results

        results = in_transaction(self._engine, settle)  # 3
        self._reach(Failpoint.VAULT_AFTER_COMMIT)
        answer = HandOverAnswer(request_digest=sha256(document), server_ms=milliseconds(now), results=results)
        return write_hand_over_answer(answer, self._keys.answer)  # 4


class _Intake:
    """One request within its transaction."""

    def __init__(self, conn: Connection, keys: VaultKeys, now_ms: int) -> None:
        self._conn = conn
        self._keys = keys
        self._now_ms = now_ms
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
        except Exception as error:  # noqa: BLE001 - whatever one terminal put into one item must not stop all the others
            # The savepoint has undone this item alone; the class says enough, the text may quote what was written.
            _log.error("item left for later: %s", type(error).__name__)
            return result(HandOverOutcome.LATER, "internal")
        if outcome is HandOverOutcome.KEPT:
            self._known[item.record_id] = _digest(item)
        return result(outcome)

    def _take(self, item: HandOverItem) -> HandOverOutcome:
        """Note the refusals, recognise, open, keep. Everything that may refuse comes before what writes."""
        try:
            dossier, bound = DossierId(item.dossier_id), Bound(RecordId(item.record_id), terminal_id(item.terminal))
        except IdentifierError as error:
            raise ItemRefusedError("the item names no record, dossier or terminal", code=error.code) from error
        # Also of an item that is then put aside: central's word that someone refused is never lost.
        self._refuse(dossier, _flagged(item))
        known = self._known.get(item.record_id)
        if known is not None and known != _digest(item):
            raise ItemRefusedError("this record came before with another content", code="id_conflict")
        if known is not None:
            return HandOverOutcome.ALREADY
        part = open_part(item.vault, self._keys.vault, bound)
        if item.action is HandOverAction.OPEN:
            self._open(dossier, bound, part)
        else:
            self._request_code(dossier, bound, part)
        self._record(item)
        return HandOverOutcome.KEPT

    def _open(self, dossier: DossierId, bound: Bound, part: VaultPart) -> None:
        if self._conn.execute(select(dossiers.c.dossier_id).where(dossiers.c.dossier_id == dossier.value)).first():
            raise ItemRefusedError("this dossier was opened by another record", code="dossier_known")
        self._refuse(dossier, _absent(part))
        refused = self._refused(dossier)
        made = dict(_made(part))
        account = AccountState.NONE if part.locator is None else AccountState.TO_ACTIVATE
        self._conn.execute(
            insert(dossiers).values(
                dossier_id=dossier.value,
                record_id=bound.record_id.value,
                terminal=bound.terminal,
                dossier_public=part.dossier_public,
                generation=part.generation,
                generation_due=part.generation + bool(refused & made.keys()),
                account=account.value,
                opened_ms=self._now_ms,
            )
        )
        for role, sealed in made.items():
            if role not in refused:
                self._keep_wrap(dossier, part.generation, role, sealed)
        self._write(Tag.DOSSIER_OPENED, dossier, bound.record_id)
        self._keep_slip(dossier, bound, part, SlipState.LIVE, Tag.ACCOUNT_TO_ACTIVATE)

    def _request_code(self, dossier: DossierId, bound: Bound, part: VaultPart) -> None:
        """A second enrolment: its wraps are of another key and are not kept; its slip waits, its refusals count."""
        self._refuse(dossier, _absent(part))
        self._keep_slip(dossier, bound, part, SlipState.WAITING_GUARD, Tag.CODE_REQUESTED)

    def _keep_slip(self, dossier: DossierId, bound: Bound, part: VaultPart, state: SlipState, tag: Tag) -> None:
        if part.locator is None:
            return
        self._conn.execute(
            insert(slips).values(
                locator=part.locator,
                record_id=bound.record_id.value,
                dossier_id=dossier.value,
                code_public=part.code_public,
                state=state.value,
                wrong_tries=0,
                received_ms=self._now_ms,
            )
        )
        self._write(tag, dossier, bound.record_id)

    def _keep_wrap(self, dossier: DossierId, generation: int, role: WrapRole, sealed: bytes) -> None:
        self._conn.execute(
            insert(wraps).values(
                dossier_id=dossier.value,
                generation=generation,
                role=role.value,
                sealed=sealed,
                made_ms=self._now_ms,
            )
        )

    def _refuse(self, dossier: DossierId, roles: set[WrapRole]) -> None:
        """Note refusals that are new, delete the wraps they refuse, and let new entries ask for a new generation."""
        for role in sorted(roles - self._refused(dossier), key=lambda role: role.value):
            self._conn.execute(
                insert(refusals).values(dossier_id=dossier.value, role=role.value, noted_ms=self._now_ms)
            )
            self._write(_REFUSAL_TAGS[role], dossier, None)
            gone = delete(wraps).where(wraps.c.dossier_id == dossier.value, wraps.c.role == role.value)
            if self._conn.execute(gone).rowcount:
                self._conn.execute(
                    update(dossiers)
                    .where(dossiers.c.dossier_id == dossier.value)
                    .values(generation_due=dossiers.c.generation + 1)
                )

    def _refused(self, dossier: DossierId) -> set[WrapRole]:
        rows = self._conn.execute(select(refusals.c.role).where(refusals.c.dossier_id == dossier.value))
        return {WrapRole(row.role) for row in rows}

    def _record(self, item: HandOverItem) -> None:
        digest = _digest(item)
        self._conn.execute(
            insert(records).values(
                record_id=item.record_id,
                digest=digest,
                dossier_id=item.dossier_id,
                action=item.action.value,
                received_ms=self._now_ms,
            )
        )
        if self._conn.execute(delete(quarantine).where(quarantine.c.digest == digest)).rowcount:
            self._write(Tag.RECORD_RELEASED, DossierId(item.dossier_id), RecordId(item.record_id))

    def _put_aside(self, item: HandOverItem, code: str) -> None:
        """Keep an item that cannot be kept as what it is; the same one again is no second one."""
        digest = _digest(item)
        if self._conn.execute(select(quarantine.c.digest).where(quarantine.c.digest == digest)).first():
            return
        self._conn.execute(
            insert(quarantine).values(digest=digest, code=code, item=encode(item), received_ms=self._now_ms)
        )
        self._write(Tag.RECORD_QUARANTINED, None, None)

    def _write(self, tag: Tag, dossier: DossierId | None, record: RecordId | None) -> None:
        audit.write_entry(self._conn, tag, at_ms=self._now_ms, dossier=dossier, record=record)


def _digest(item: HandOverItem) -> bytes:
    """Names an item's content. The flags are left out: central may learn of a refusal between two sendings."""
    return sha256(encode(msgspec.structs.replace(item, break_glass_refused=False, centre_15_refused=False)))


def _flagged(item: HandOverItem) -> set[WrapRole]:
    flags = {WrapRole.BREAK_GLASS: item.break_glass_refused, WrapRole.CENTRE_15: item.centre_15_refused}
    return {role for role, refused in flags.items() if refused}


def _absent(part: VaultPart) -> set[WrapRole]:
    """The terminal makes no wrap for an access that was refused, so its absence is the refusal."""
    return set(_REFUSAL_TAGS) - dict(_made(part)).keys()


def _made(part: VaultPart) -> Iterator[tuple[WrapRole, bytes]]:
    sealed = {
        WrapRole.RECOVERY: part.wrap_recovery,
        WrapRole.PATIENT: part.wrap_patient,
        WrapRole.BREAK_GLASS: part.wrap_break_glass,
        WrapRole.CENTRE_15: part.wrap_centre_15,
    }
    return ((role, wrap) for role, wrap in sealed.items() if wrap is not None)
