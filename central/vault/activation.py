"""A holder's first visit: locator, code and a passphrase make the account theirs.

``judge`` decides and touches nothing; :class:`ActivationDesk` brings it what it decides by and carries out what it
said, all in one writing transaction, so that no race gives a try too many.
"""

from __future__ import annotations

import enum
from collections.abc import Callable, Sequence
from dataclasses import dataclass
from datetime import datetime, timedelta

from sqlalchemy import Connection, Engine, delete, insert, select, update

from central.engine import in_transaction, reading
from central.vault import audit, events, throttle
from central.vault.audit import Tag
from central.vault.errors import WrapError
from central.vault.keys import VaultKeys
from central.vault.models import AccountState, SlipState, WrapRole, dossiers, slips, wraps
from central.vault.settings import VaultSettings
from central.vault.throttle import SubjectKind
from central.vault.wraps import (
    Bound,
    PassphraseKey,
    PassphraseWrap,
    code_matches,
    derive_passphrase_key,
    open_with_code,
    wrap_for_passphrase,
)
from wire.codes import ActivationCode, Locator
from wire.handover import VaultEventKind
from wire.identifiers import DossierId, RecordId, TerminalId, milliseconds


class Verdict(enum.Enum):
    """What a visit came to; each is told apart on the page."""

    ACTIVATED = "activated"
    WRONG_CODE = "wrong_code"
    LOCKED = "locked"
    EXPIRED = "expired"
    USED = "used"
    WAITING_GUARD = "waiting_guard"
    NOT_YET_TRANSMITTED = "not_yet_transmitted"
    THROTTLED = "throttled"
    UNUSABLE = "unusable"  # the code is right and its wrap opens nothing: the terminal was at fault


@dataclass(frozen=True, slots=True, repr=False)
class Attempt:
    """What was typed, and the address it came from (:func:`central.vault.throttle.caller`)."""

    locator: Locator
    code: ActivationCode
    passphrase: str
    address: str


@dataclass(frozen=True, slots=True)
class Reply:
    """What the page says: ``tries_left`` with WRONG_CODE, ``wait`` with THROTTLED."""

    verdict: Verdict
    tries_left: int | None = None
    wait: timedelta | None = None


@dataclass(frozen=True, slots=True, repr=False)
class SlipOnFile:
    """A slip as the vault has it."""

    record_id: RecordId
    dossier_id: DossierId
    code_public: bytes
    state: SlipState
    wrong_tries: int
    received_ms: int


@dataclass(frozen=True, slots=True)
class SlipRules:
    """How long a code lives after its arrival, and which wrong try locks it."""

    life: timedelta
    wrong_tries: int


@dataclass(frozen=True, slots=True, repr=False)
class Judgement:
    """``slip``: whose code it was, when right; ``missed``: the live slips on which a wrong try counts."""

    verdict: Verdict
    slip: SlipOnFile | None = None
    missed: tuple[SlipOnFile, ...] = ()
    tries_left: int | None = None


_DECOY = SlipOnFile(
    RecordId(bytes.fromhex("00000000000070008000000000000000")),
    DossierId(bytes(16)),
    bytes(32),
    SlipState.LIVE,
    0,
    0,
)
_WORDS = {
    SlipState.USED: Verdict.USED,
    SlipState.LOCKED: Verdict.LOCKED,
    SlipState.WAITING_GUARD: Verdict.WAITING_GUARD,
    SlipState.LIVE: Verdict.EXPIRED,
}


def judge(
    found: Sequence[SlipOnFile], matches: Callable[[SlipOnFile], bool], rules: SlipRules, *, now_ms: int
) -> Judgement:
    """What the slips that bear a locator say to a code; ``found`` is oldest first, almost always one.

    Steps:

    1. without a slip: not yet transmitted;
    2. a slip is live when its state says so and its life is not over; only live ones are asked for their code;
    3. without a live one: the newest slip's state is the answer, and no try is counted;
    4. the first whose code it is wins;
    5. else the try counts on each live one, and the one with the fewest tries left decides what is said.

    ``matches`` is asked at least once (of a decoy), so that a known locator costs what an unknown one does.
    """
    oldest_ms = now_ms - rules.life // timedelta(milliseconds=1)
    live = tuple(slip for slip in found if slip.state is SlipState.LIVE and slip.received_ms > oldest_ms)  # 2
    right = [slip for slip in live or (_DECOY,) if matches(slip)]
    if not found:
        return Judgement(Verdict.NOT_YET_TRANSMITTED)  # 1
    if not live:
        return Judgement(_WORDS[found[-1].state])  # 3
    if right:
        return Judgement(Verdict.ACTIVATED, right[0])  # 4
    left = rules.wrong_tries - 1 - max(slip.wrong_tries for slip in live)  # 5
    if left <= 0:
        return Judgement(Verdict.LOCKED, missed=live)
    return Judgement(Verdict.WRONG_CODE, missed=live, tries_left=left)


class ActivationDesk:
    """Takes visits; one instance a process, used by all its threads."""

    def __init__(self, engine: Engine, keys: VaultKeys, settings: VaultSettings, clock: Callable[[], datetime]) -> None:
        self._engine = engine
        self._keys = keys
        self._settings = settings
        self._clock = clock
        self._rules = SlipRules(settings.code_life, settings.wrong_tries_limit)

    def activate(self, attempt: Attempt) -> Reply:
        """Settle one visit. The form has already refused what is mistyped: that costs no try.

        Steps:

        1. throttled by address or by locator: refused, and not counted (read first without the write lock, so that
           a flood costs neither a lock nor an Argon2);
        2. the passphrase's key is derived, before any word on locator or code: Argon2's time is the same for all,
           and the write lock is not held meanwhile;
        3. in one writing transaction: the throttles again; the try counted on both;
        4. :func:`judge` says what the slips of that locator answer;
        5. a wrong code is counted on its slip; the last try locks the slip, deletes its wrap, tells central;
        6. a right code opens the patient's wrap, whose key must be the dossier's;
        7. that key is sealed to the passphrase's, the code's wrap deleted, the slip used, the account active.

        Not promised: equal times to the microsecond: a known locator writes a row more than an unknown one. Not
        checked: that who holds the slip is the person (a one-time password comes with proved contacts), and how
        good the passphrase is beyond its length.
        """
        now_ms = milliseconds(self._clock())
        names = self._names(attempt)
        with reading(self._engine) as conn:
            wait = self._wait(conn, names, now_ms)  # 1
        if wait is not None:
            return Reply(Verdict.THROTTLED, wait=wait)
        key = derive_passphrase_key(attempt.passphrase, self._keys.pepper, self._settings.kdf)  # 2
        return in_transaction(self._engine, lambda conn: self._settle(conn, attempt, key, names, now_ms))

    def _settle(
        self, conn: Connection, attempt: Attempt, key: PassphraseKey, names: Sequence[bytes], now_ms: int
    ) -> Reply:
        wait = self._wait(conn, names, now_ms)  # 3
        if wait is not None:
            return Reply(Verdict.THROTTLED, wait=wait)
        throttle.forget(conn, window=self._settings.window, now_ms=now_ms)
        for name in names:
            throttle.note(conn, name, now_ms=now_ms)
        found = _find(conn, attempt.locator)
        said = judge(  # 4
            found, lambda slip: code_matches(attempt.code, slip.code_public, slip.record_id), self._rules, now_ms=now_ms
        )
        for slip in said.missed:
            _count(conn, slip, lock=slip.wrong_tries + 1 >= self._rules.wrong_tries, now_ms=now_ms)  # 5
        if said.slip is None:
            return Reply(said.verdict, said.tries_left)
        return Reply(_take_over(conn, said.slip, attempt.code, key, now_ms=now_ms))

    def _names(self, attempt: Attempt) -> tuple[bytes, bytes]:
        key = self._keys.throttle_key()
        return (
            throttle.subject(SubjectKind.ADDRESS, attempt.address, key),
            throttle.subject(SubjectKind.LOCATOR, attempt.locator.value, key),
        )

    def _wait(self, conn: Connection, names: Sequence[bytes], now_ms: int) -> timedelta | None:
        limits = (self._settings.address_tries, self._settings.locator_tries)
        window = self._settings.window
        waits = [
            throttle.wait(conn, name, limit=limit, window=window, now_ms=now_ms)
            for name, limit in zip(names, limits, strict=True)
        ]
        return max((wait for wait in waits if wait is not None), default=None)


def _find(conn: Connection, locator: Locator) -> list[SlipOnFile]:
    rows = conn.execute(
        select(slips).where(slips.c.locator == locator.value).order_by(slips.c.received_ms, slips.c.record_id)
    )
    return [
        SlipOnFile(
            RecordId(row.record_id),
            DossierId(row.dossier_id),
            row.code_public,
            SlipState(row.state),
            row.wrong_tries,
            row.received_ms,
        )
        for row in rows
    ]


def _count(conn: Connection, slip: SlipOnFile, *, lock: bool, now_ms: int) -> None:
    tries = slip.wrong_tries + 1
    conn.execute(update(slips).where(slips.c.record_id == slip.record_id.value).values(wrong_tries=tries))
    if lock:
        _lock(conn, slip, now_ms)


def _lock(conn: Connection, slip: SlipOnFile, now_ms: int) -> None:
    """The code dies with its wrap: not even a copy of the database can be guessed at from here on."""
    _set_states(conn, slip, SlipState.LOCKED, AccountState.LOCKED)
    _drop_patient_wrap(conn, slip)
    events.tell(conn, VaultEventKind.ACCOUNT_LOCKED, slip.dossier_id, at_ms=now_ms)
    audit.write_entry(conn, Tag.ACCOUNT_LOCKED, at_ms=now_ms, dossier=slip.dossier_id, record=slip.record_id)


def _take_over(conn: Connection, slip: SlipOnFile, code: ActivationCode, key: PassphraseKey, *, now_ms: int) -> Verdict:
    """Steps 6 and 7 of :meth:`ActivationDesk.activate`."""
    dossier = conn.execute(select(dossiers).where(dossiers.c.dossier_id == slip.dossier_id.value)).one()
    bound = Bound(RecordId(dossier.record_id), TerminalId(dossier.terminal))
    of_dossier = wraps.c.dossier_id == slip.dossier_id.value
    patient = conn.execute(select(wraps.c.sealed).where(of_dossier, wraps.c.role == WrapRole.PATIENT.value)).scalar()
    try:
        opened = open_with_code(patient or b"", code, bound, dossier.dossier_public)
    except WrapError:
        _lock(conn, slip, now_ms)
        return Verdict.UNUSABLE
    _keep(conn, slip.dossier_id, dossier.generation, wrap_for_passphrase(opened, key, bound), now_ms)
    _drop_patient_wrap(conn, slip)
    _set_states(conn, slip, SlipState.USED, AccountState.ACTIVE)
    events.tell(conn, VaultEventKind.ACCOUNT_ACTIVATED, slip.dossier_id, at_ms=now_ms)
    audit.write_entry(conn, Tag.ACCOUNT_ACTIVATED, at_ms=now_ms, dossier=slip.dossier_id, record=slip.record_id)
    return Verdict.ACTIVATED


def _keep(conn: Connection, dossier: DossierId, generation: int, wrap: PassphraseWrap, now_ms: int) -> None:
    conn.execute(
        insert(wraps).values(
            dossier_id=dossier.value,
            generation=generation,
            role=WrapRole.PASSPHRASE.value,
            sealed=wrap.sealed,
            salt=wrap.salt,
            kdf=wrap.kdf,
            made_ms=now_ms,
        )
    )


def _drop_patient_wrap(conn: Connection, slip: SlipOnFile) -> None:
    conn.execute(
        delete(wraps).where(wraps.c.dossier_id == slip.dossier_id.value, wraps.c.role == WrapRole.PATIENT.value)
    )


def _set_states(conn: Connection, slip: SlipOnFile, state: SlipState, account: AccountState) -> None:
    conn.execute(update(slips).where(slips.c.record_id == slip.record_id.value).values(state=state.value))
    conn.execute(update(dossiers).where(dossiers.c.dossier_id == slip.dossier_id.value).values(account=account.value))
