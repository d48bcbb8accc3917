"""A holder's first visit: locator, code and a passphrase make the account theirs.

``judge`` decides and touches nothing; :class:`ActivationDesk` brings it what it decides by and carries out what it
said, all in one writing transaction, so that no race gives a try too many.
"""

from __future__ import annotations

import enum
from collections.abc import Callable, Sequence
from dataclasses import dataclass, field
from datetime import datetime, timedelta

from sqlalchemy import Connection, Engine

from central.engine import in_transaction, reading
from central.vault import challenges, keyring, second_factor, slips, takeover, throttle
from central.vault.contacts import ContactBook, Ways
from central.vault.errors import WrapError
from central.vault.keys import VaultKeys
from central.vault.models import SlipState
from central.vault.settings import VaultSettings
from central.vault.slips import SlipOnFile
from central.vault.throttle import SubjectKind
from central.vault.wraps import PassphraseKey, code_matches, derive_passphrase_key
from wire.codes import ActivationCode, Locator
from wire.identifiers import DossierId, RecordId, TerminalId, milliseconds, moment


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
    VOID = "void"  # a newer slip took its place, or the dossier was closed
    OBJECTED = "objected"  # the holder said that they had not asked for it
    SECOND_FACTOR = "second_factor"  # the code is right; a one-time code stands between


@dataclass(frozen=True, slots=True, repr=False)
class Attempt:
    """What was typed, and the address it came from (:func:`central.vault.throttle.caller`)."""

    locator: Locator
    code: ActivationCode
    passphrase: str
    address: str


@dataclass(frozen=True, slots=True)
class Reply:
    """What the page says.

    ``tries_left`` comes with WRONG_CODE, ``wait`` with THROTTLED, ``valid_from`` with WAITING_GUARD: not before then
    (None: at the guard's next round), ``session`` with SECOND_FACTOR: its secret, for the browser alone.
    """

    verdict: Verdict
    tries_left: int | None = None
    wait: timedelta | None = None
    valid_from: datetime | None = None
    session: str | None = field(default=None, repr=False)


@dataclass(frozen=True, slots=True)
class SlipRules:
    """How long a code lives once it is good, and which wrong try locks it."""

    life: timedelta
    wrong_tries: int


@dataclass(frozen=True, slots=True, repr=False)
class Judgement:
    """``slip``: whose code it was, when right; ``missed``: the live slips on which a wrong try counts."""

    verdict: Verdict
    slip: SlipOnFile | None = None
    missed: tuple[SlipOnFile, ...] = ()
    tries_left: int | None = None
    due_ms: int | None = None


_DECOY = SlipOnFile(
    record_id=RecordId(bytes.fromhex("00000000000070008000000000000000")),
    terminal=TerminalId("DECOY"),
    dossier_id=DossierId(bytes(16)),
    code_public=bytes(32),
    state=SlipState.LIVE,
    wrong_tries=0,
    received_ms=0,
    live_ms=0,
    due_ms=None,
)
_WORDS = {
    SlipState.USED: Verdict.USED,
    SlipState.LOCKED: Verdict.LOCKED,
    SlipState.WAITING_GUARD: Verdict.WAITING_GUARD,
    SlipState.LIVE: Verdict.EXPIRED,
    SlipState.VOID: Verdict.VOID,
    SlipState.OBJECTED: Verdict.OBJECTED,
    SlipState.FAILED: Verdict.UNUSABLE,
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
    live = tuple(slip for slip in found if slip.state is SlipState.LIVE and (slip.live_ms or 0) > oldest_ms)  # 2
    right = [slip for slip in live or (_DECOY,) if matches(slip)]
    if not found:
        return Judgement(Verdict.NOT_YET_TRANSMITTED)  # 1
    if not live:
        return Judgement(_WORDS[found[-1].state], due_ms=found[-1].due_ms)  # 3
    if right:
        return Judgement(Verdict.ACTIVATED, right[0])  # 4
    left = rules.wrong_tries - 1 - max(slip.wrong_tries for slip in live)  # 5
    if left <= 0:
        return Judgement(Verdict.LOCKED, missed=live)
    return Judgement(Verdict.WRONG_CODE, missed=live, tries_left=left)


class ActivationDesk:
    """Takes visits; one instance a process, used by all its threads."""

    def __init__(
        self, engine: Engine, keys: VaultKeys, ways: Ways, settings: VaultSettings, clock: Callable[[], datetime]
    ) -> None:
        self._engine = engine
        self._keys = keys
        self._ways = ways
        self._book = ContactBook(keys.contact_key())
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
        6. a right code opens the patient's wraps, whose keys must be the dossier's, and seals them to the passphrase's;
        7. with a contact that can be reached a one-time code stands between (:mod:`central.vault.second_factor`);
        8. else those wraps come into force: the code's are deleted, the slip is used, the account active.

        Not promised: equal times to the microsecond: a known locator writes a row more than an unknown one. Not
        checked: without a contact, that who holds the slip is the person; how good the passphrase is beyond its length.
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
        throttle.forget(conn, now_ms=now_ms)
        for name in names:
            throttle.note(conn, name, window=self._settings.window, now_ms=now_ms)
        found = slips.with_locator(conn, attempt.locator)
        said = judge(  # 4
            found, lambda slip: code_matches(attempt.code, slip.code_public, slip.record_id), self._rules, now_ms=now_ms
        )
        for slip in said.missed:
            self._count(conn, slip, now_ms)  # 5
        if said.slip is None:
            valid_from = None if said.due_ms is None or said.due_ms <= now_ms else moment(said.due_ms)
            return Reply(said.verdict, said.tries_left, valid_from=valid_from)
        return self._take_over(conn, said.slip, attempt.code, key, now_ms)

    def _count(self, conn: Connection, slip: SlipOnFile, now_ms: int) -> None:
        slips.count_wrong(conn, slip)
        if slip.wrong_tries + 1 >= self._rules.wrong_tries:
            takeover.lock(conn, slip, SlipState.LOCKED, now_ms=now_ms)

    def _take_over(
        self, conn: Connection, slip: SlipOnFile, code: ActivationCode, key: PassphraseKey, now_ms: int
    ) -> Reply:
        try:
            pending = takeover.seal_all(conn, slip, code, key)  # 6
        except WrapError:
            takeover.lock(conn, slip, SlipState.LOCKED, now_ms=now_ms)
            return Reply(Verdict.UNUSABLE)
        dossier = keyring.find(conn, slip.dossier_id)
        offer = None if dossier is None else second_factor.offer_for(conn, self._book, self._ways, dossier)
        if offer is None:
            takeover.come_into_force(conn, slip, pending, now_ms=now_ms)  # 8
            return Reply(Verdict.ACTIVATED)
        session = challenges.begin(  # 7
            conn, slip.dossier_id, slip.record_id, pending, is_required=offer.is_required, now_ms=now_ms
        )
        return Reply(Verdict.SECOND_FACTOR, session=session)

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
